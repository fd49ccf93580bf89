// An SLS endpoint as people write it, and its one spelling. The environment and the configuration share the grammar.
import type { NameRule } from '../text/rule.ts';

export interface Endpoint {
  readonly protocol: 'https:' | 'http:';
  /** Host without project, such as `cn-hangzhou.log.aliyuncs.com`. */
  readonly host: string;
  /** Port, when it is not the scheme's own. */
  readonly port: number | undefined;
}

/** Scheme, host of a region, and port: no project before the host, and from 1 to 65535 without a zero before it. */
export const ENDPOINT: NameRule = {
  pattern:
    /^(?:(https?):\/\/)?(?![^.:/]+\.[^.:/]+\.log\.aliyuncs\.com)(?=[^:/]{1,253}(?:[:/]|$))([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?\/?$/,
  says: 'the host of a region such as cn-hangzhou.log.aliyuncs.com, without a project, or an http(s) URL without path',
};

const PORTS = { 'https:': 443, 'http:': 80 } as const;

/**
 * Reads `cn-hangzhou.log.aliyuncs.com`, `https://host` or `http://host:port`; https is the default.
 * @throws TypeError for anything else: paths, user names, upper case, addresses in brackets.
 */
export function parseEndpoint(text: string): Endpoint {
  const [, scheme, host, digits] = ENDPOINT.pattern.exec(text) ?? [];
  if (host === undefined) throw new TypeError(ENDPOINT.says);
  const protocol = scheme === 'http' ? 'http:' : 'https:';
  const port = digits === undefined ? PORTS[protocol] : Number(digits);
  return { protocol, host, port: port === PORTS[protocol] ? undefined : port };
}

/** The one spelling, by which endpoints are compared: always with the scheme, never with the scheme's own port. */
export function endpointText({ protocol, host, port }: Endpoint): string {
  return `${protocol}//${host}${port === undefined ? '' : `:${port}`}`;
}
