// Endpoints of the services of Alibaba Cloud that an inventory is read from. A request to one of them is signed with an
// AccessKey and may carry a security token, so that it goes to hosts of the documented shape, or where the deployer says.
// Source: endpoint pages of ECS, Auto Scaling and STS; the table of regions in the official SDK of Auto Scaling.

import type { NameRule } from '../text/rule.ts';
import { type Endpoint, endpointText, parseEndpoint } from './endpoint.ts';

export const ALIBABA_SERVICES = ['ecs', 'ess', 'sts'] as const;
export type AlibabaService = (typeof ALIBABA_SERVICES)[number];

/** Two letters come first: `ecs.oss-cn-hangzhou.aliyuncs.com` is a bucket, which can be anybody's. */
export const ALIBABA_REGION: NameRule = {
  pattern: /^[a-z]{2}(?:-[a-z0-9]{1,20}){1,4}$/,
  says: 'a region of Alibaba Cloud such as cn-hangzhou',
};
/** The service, and the region where the host names one. */
const DOCUMENTED = /^(ecs|ess|sts)(?:(?:-vpc)?\.([a-z0-9-]{1,90}))?\.aliyuncs\.com$/;

/** The origin that a secret is bound to for all documented endpoints: they are too many to name each. */
export const ALIBABA_ORIGIN = 'https://ecs.aliyuncs.com';

/** Regions whose Auto Scaling answers at its central endpoint. */
const CENTRAL_ESS: ReadonlySet<string> = new Set([
  'ap-southeast-1',
  'cn-beijing',
  'cn-hangzhou',
  'cn-hangzhou-finance',
  'cn-hongkong',
  'cn-north-2-gov-1',
  'cn-qingdao',
  'cn-shanghai',
  'cn-shanghai-finance-1',
  'cn-shenzhen',
  'cn-shenzhen-finance-1',
  'us-east-1',
  'us-west-1',
]);

/** What the settings of a source say of where its calls go. */
export interface AlibabaPlaces {
  readonly network: 'public' | 'vpc';
  /** As people write them: see `parseEndpoint`. */
  readonly endpoints?: { readonly [Service in AlibabaService]?: string | undefined } | undefined;
}

/** Where calls to a service go for a region. */
export function alibabaEndpoint(
  { network, endpoints }: AlibabaPlaces,
  service: AlibabaService,
  region: string,
): Endpoint {
  const given = endpoints?.[service];
  if (given !== undefined) return parseEndpoint(given);
  if (network === 'vpc') return parseEndpoint(`${service}-vpc.${region}.aliyuncs.com`);
  const isCentral = service === 'ess' && CENTRAL_ESS.has(region);
  return parseEndpoint(isCentral ? 'ess.aliyuncs.com' : `${service}.${region}.aliyuncs.com`);
}

/** Whether an endpoint is one that Alibaba Cloud documents for the service: by https, at the usual port. */
export function isDocumented(service: AlibabaService, { protocol, host, port }: Endpoint): boolean {
  const [, of, region] = DOCUMENTED.exec(host) ?? [];
  const isOfRegion = region === undefined || ALIBABA_REGION.pattern.test(region);
  return protocol === 'https:' && port === undefined && of === service && isOfRegion;
}

/** Origins that a secret has to be bound to before it signs calls to these services. */
export function keyOrigins(places: AlibabaPlaces, services: readonly AlibabaService[]): readonly string[] {
  const origins = services.map((service) => {
    const given = places.endpoints?.[service];
    const endpoint = given === undefined ? undefined : parseEndpoint(given);
    return endpoint === undefined || isDocumented(service, endpoint)
      ? ALIBABA_ORIGIN
      : endpointText(endpoint);
  });
  return [...new Set(origins)];
}
