// What a deployment lets its configuration ask for. Whoever writes the configuration need not be who deploys: neither
// the deployment's secrets nor the function itself, its disk and what listens in it, are theirs to use.

import { type AlibabaEcsSource, servicesOf } from '../../inventory/sources/alibaba-ecs/settings.ts';
import type { SourceConfig } from '../../inventory/sources/settings.ts';
import { ALIBABA_SERVICES, type AlibabaService, isDocumented, keyOrigins } from '../address/alibaba.ts';
import { endpointText, parseEndpoint } from '../address/endpoint.ts';
import { shortened } from '../text/issues.ts';
import { InvalidSyncConfig, type SyncConfig } from './config.ts';
import { boundSecret, type SecretBinding, type SecretNotBound } from './secret-binding.ts';
import { mayBeSameSecret } from './secret-id.ts';

export interface Permitted {
  /** Endpoints that groups may name, as `endpointText` spells them; undefined where no call to SLS is made. */
  readonly endpoints?: ReadonlySet<string> | undefined;
  /** Projects that groups may be in; undefined for any. */
  readonly projects?: ReadonlySet<string> | undefined;
  /** Endpoints of ECS, Auto Scaling and STS that sources may name beside the documented ones, spelled alike. */
  readonly inventoryEndpoints?: ReadonlySet<string> | undefined;
  /** Whether this is the local run: it alone reads `file://`, and asks this machine itself for an inventory. */
  readonly local: boolean;
  /** Which secrets may be sent where; undefined where no inventory is read. */
  readonly secrets?: readonly SecretBinding[] | undefined;
}

/**
 * The configuration itself, if it asks for nothing else.
 * @throws InvalidSyncConfig naming the path of everything that is not permitted
 */
export function checkPermitted(config: SyncConfig, permitted: Permitted): SyncConfig {
  const { endpoints, inventoryEndpoints, projects, local, secrets } = permitted;
  const problems = placed(config).flatMap(({ group, place }) => {
    const found: string[] = [];
    const wrong = (path: string, says: string) => found.push(`${place}.${path}: ${says}`);
    if (projects?.has(group.project) === false) wrong('project', NO_PROJECT);
    if (group.endpoint !== undefined && endpoints?.has(group.endpoint) === false)
      wrong('endpoint', NO_ENDPOINT);
    group.sources.forEach((source, at) => {
      if (source.type === 'alibaba-ecs' && inventoryEndpoints)
        for (const service of unlistedEndpoints(source, inventoryEndpoints))
          wrong(`sources[${at}].endpoints.${service}`, NO_INVENTORY_ENDPOINT);
      if (local) return;
      if (source.type === 'file' && source.url.startsWith('file:')) wrong(`sources[${at}].url`, NO_FILE);
      if (source.type === 'http' && source.allowLoopback) wrong(`sources[${at}].allowLoopback`, NO_LOOPBACK);
    });
    return found;
  });
  if (secrets)
    for (const problem of unboundSecrets(config, secrets))
      problems.push(local ? `${problem}${LOCALLY}` : problem);
  if (problems.length > 0) throw new InvalidSyncConfig(shortened(problems));
  return config;
}

/** Groups and families alike, each with its path. */
function placed({ groups, families }: Pick<SyncConfig, 'groups' | 'families'>) {
  return [
    ...groups.map((group, index) => ({ group, place: `groups[${index}]` })),
    ...families.map((group, index) => ({ group, place: `families[${index}]` })),
  ];
}

const LOCALLY = '; with `npm start`: put it into .cache/local/<port>/secrets.json, and start again';
const NO_PROJECT =
  'is not a project that this deployment serves: name one that the deployer lists in slsProjects (SLS_PROJECTS)';
const NO_ENDPOINT =
  'is not an endpoint of this deployment: name its own, or one that the deployer lists in slsEndpoints (SLS_ENDPOINTS), with the scheme that it has there';
const NO_INVENTORY_ENDPOINT =
  'is neither a documented endpoint of that service nor one that the deployer lists in inventoryEndpoints (SYNC_INVENTORY_ENDPOINTS), with the scheme that it has there';
const NO_FILE = 'is file://, which only the local run reads: use s3://bucket/key';
/** Lambda's runtime API, which hands out the events of others, and the servers of extensions listen there. */
const NO_LOOPBACK = 'is for the local run alone: in a deployed function no inventory is there';

/** The services for which a source names an endpoint that its key may not sign requests to. */
function unlistedEndpoints(
  { endpoints = {} }: Pick<AlibabaEcsSource, 'endpoints'>,
  listed: ReadonlySet<string>,
): readonly AlibabaService[] {
  return ALIBABA_SERVICES.filter((service) => {
    const given = endpoints[service];
    if (given === undefined) return false;
    const endpoint = parseEndpoint(given);
    return !isDocumented(service, endpoint) && !listed.has(endpointText(endpoint));
  });
}

/** What of a configuration asks for a secret that may not go there, a line each, by path. */
export function unboundSecrets(
  { hooks, ...config }: Pick<SyncConfig, 'hooks' | 'groups' | 'families'>,
  bindings: readonly SecretBinding[],
): string[] {
  const ofHooks = hooks
    .filter(({ secretId }) => bindings.some(({ arn }) => mayBeSameSecret(secretId, arn)))
    .map(({ name }) => `hooks.${name}.secretId: is bound to an origin, which could sign requests with it`);
  const ofSources = placed(config).flatMap(({ group, place }) =>
    group.sources.flatMap((source, index) => {
      const asked = askedSecret(source);
      if (asked === undefined) return [];
      const { field, secretId, urls } = asked;
      try {
        for (const url of urls) boundSecret(bindings, secretId, url);
        return [];
      } catch (error) {
        return [`${place}.sources[${index}].${field}: ${(error as SecretNotBound).message}`];
      }
    }),
  );
  return [...ofHooks, ...ofSources];
}

/** The secret that a source asks for, and where it would go. */
function askedSecret(
  source: SourceConfig,
): { readonly field: string; readonly secretId: string; readonly urls: readonly string[] } | undefined {
  if (source.type === 'http' && source.header !== undefined)
    return { field: 'header.secretId', secretId: source.header.secretId, urls: [source.url] };
  if (source.type === 'alibaba-ecs' && source.secretId !== undefined)
    return { field: 'secretId', secretId: source.secretId, urls: keyOrigins(source, servicesOf(source)) };
  return undefined;
}
