// What EventBridge of Alibaba Cloud signs of a request to an HTTP target (its user guide, "Signature algorithm for
// HTTP/HTTPS event targets"): the URL, five headers in their order, and the body, by RSA with SHA-256.

import type { EventBridgeHook } from '../config/hooks.ts';

interface Claimed {
  readonly signature: string;
  readonly before: string;
  readonly certificate: string;
  readonly token: string;
}

const TIME = 'x-eventbridge-signature-timestamp';
const METHOD = 'x-eventbridge-hash-method';
const CERTIFICATE = 'x-eventbridge-signature-url';
const TOKEN = 'x-eventbridge-signature-token';
/** In the order in which they are signed. */
const SIGNED = [TIME, METHOD, 'x-eventbridge-signature-version', CERTIFICATE, TOKEN];

/** Of RSA with 2048 to 4096 bits. */
const SIGNATURE = /^[A-Za-z0-9+/]{342,684}={0,2}$/;
/** Milliseconds of this century and the next. */
const MILLISECONDS = /^[1-9]\d{12}$/;
/** Nothing that could be another host, a query or a path that is looked up in two ways. */
const CERTIFICATE_PATH = /^\/[A-Za-z0-9][A-Za-z0-9._-]{0,127}\.pem$/;

/** The signature as hex, and all that it depends on; undefined for a request that has none in this form. */
export function eventBridgeClaim(
  headers: Readonly<Record<string, string>>,
  { url, region }: EventBridgeHook,
): Claimed | undefined {
  const { 'x-eventbridge-signature-v2': signature = '' } = headers;
  const { [CERTIFICATE]: certificate = '', [TOKEN]: token = '', [METHOD]: method = '' } = headers;
  if (!SIGNATURE.test(signature) || method !== 'SHA256' || token === '') return undefined;
  if (!MILLISECONDS.test(headers[TIME] ?? '') || !isCertificateOf(region, certificate)) return undefined;
  const lines = SIGNED.map((name) => `${name}: ${headers[name] ?? ''}`);
  return {
    signature: Buffer.from(signature, 'base64').toString('hex'),
    before: `${[url, ...lines].join('\n')}\n`,
    certificate,
    token,
  };
}

/** Milliseconds since the epoch. */
export function eventBridgeTime(headers: Readonly<Record<string, string>>): number {
  return Number(headers[TIME]);
}

/** Only the host of the hook's own region gives certificates: whoever names the URL would sign with a key of his own. */
function isCertificateOf(region: string, url: string): boolean {
  const host = `https://${region}-eventbridge.oss-accelerate.aliyuncs.com`;
  return url.startsWith(`${host}/`) && CERTIFICATE_PATH.test(url.slice(host.length));
}

/** Whether the event, a CloudEvent of Alibaba Cloud, says that it is of the account. */
export function isOfAccount(body: Uint8Array, account: string): boolean {
  try {
    const event: unknown = JSON.parse(new TextDecoder().decode(body));
    return (
      typeof event === 'object' &&
      event !== null &&
      'aliyunaccountid' in event &&
      event.aliyunaccountid === account
    );
  } catch {
    return false;
  }
}
