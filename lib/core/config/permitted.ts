// What a deployment lets its configuration ask for. Whoever writes the configuration need not be who deploys: neither
// the deployment's secrets nor the function itself, its disk and what listens in it, are theirs to use.

import { shortened } from '../text/issues.ts';
import { InvalidSyncConfig, type SyncConfig } from './config.ts';
import { boundSecret, type SecretBinding, type SecretNotBound } from './secret-binding.ts';
import { mayBeSameSecret } from './secret-id.ts';

export interface Permitted {
  /** Endpoints that groups may name, as `endpointText` spells them; undefined where no call to SLS is made. */
  readonly endpoints?: ReadonlySet<string> | undefined;
  /** Projects that groups may be in; undefined for any. */
  readonly projects?: ReadonlySet<string> | undefined;
  /** Whether this is the local run: it alone reads `file://`, and asks this machine itself for an inventory. */
  readonly local: boolean;
  /** Which secrets may be sent where; undefined where no inventory is read. */
  readonly secrets?: readonly SecretBinding[] | undefined;
}

/**
 * The configuration itself, if it asks for nothing else.
 * @throws InvalidSyncConfig naming the path of everything that is not permitted
 */
export function checkPermitted(
  config: SyncConfig,
  { endpoints, projects, local, secrets }: Permitted,
): SyncConfig {
  const problems = config.groups.flatMap((group, index) => {
    const found: string[] = [];
    const wrong = (path: string, says: string) => found.push(`groups[${index}].${path}: ${says}`);
    if (projects?.has(group.project) === false) wrong('project', NO_PROJECT);
    if (group.endpoint !== undefined && endpoints?.has(group.endpoint) === false)
      wrong('endpoint', NO_ENDPOINT);
    group.sources.forEach((source, at) => {
      if (local) return;
      if (source.type === 'file' && source.url.startsWith('file:')) wrong(`sources[${at}].url`, NO_FILE);
      if (source.type === 'http' && source.allowLoopback) wrong(`sources[${at}].allowLoopback`, NO_LOOPBACK);
    });
    return found;
  });
  if (secrets) for (const problem of unboundSecrets(config, secrets)) problems.push(problem);
  if (problems.length > 0) throw new InvalidSyncConfig(shortened(problems));
  return config;
}

const NO_PROJECT =
  'is no project that this deployment serves: name one that the deployer lists in slsProjects (SLS_PROJECTS)';
const NO_ENDPOINT =
  'is no endpoint of this deployment: name its own, or one that the deployer lists in slsEndpoints (SLS_ENDPOINTS), with the scheme that it has there';
const NO_FILE = 'is file://, which only the local run reads: use s3://bucket/key';
/** Lambda's runtime API, which hands out the events of others, and the servers of extensions listen there. */
const NO_LOOPBACK = 'is for the local run alone: nothing in a deployed function is an inventory';

/** What of a configuration asks for a secret that may not go there, a line each, by path. */
export function unboundSecrets(
  { hooks, groups }: Pick<SyncConfig, 'hooks' | 'groups'>,
  bindings: readonly SecretBinding[],
): string[] {
  const ofHooks = hooks
    .filter(({ secretId }) => bindings.some(({ arn }) => mayBeSameSecret(secretId, arn)))
    .map(({ name }) => `hooks.${name}.secretId: is bound to an origin, which could sign requests with it`);
  const ofHeaders = groups.flatMap(({ sources }, group) =>
    sources.flatMap((source, index) => {
      if (source.type !== 'http' || source.header === undefined) return [];
      try {
        boundSecret(bindings, source.header.secretId, source.url);
        return [];
      } catch (error) {
        const place = `groups[${group}].sources[${index}].header.secretId`;
        return [`${place}: ${(error as SecretNotBound).message}`];
      }
    }),
  );
  return [...ofHooks, ...ofHeaders];
}
