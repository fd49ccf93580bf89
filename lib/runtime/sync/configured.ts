// The configuration as requests over HTTP meet it: what is wrong with it, and groups that it does not have.
import { InvalidSyncConfig, type SyncConfig } from '../../core/config/config.ts';
import { couldMakeGroup } from '../../core/family/units.ts';
import { few } from '../../core/text/few.ts';
import { MOST_LINES } from '../../core/text/issues.ts';
import { nearKeys } from '../../core/text/near.ts';
import { type Problem, ProblemError, problemOf } from '../http/errors.ts';
import { errorReport } from './told.ts';
import type { SyncRuntime } from './wire.ts';

/** The configuration is ours, not the caller's: what is wrong with it is a 500 that names it. */
export async function loadConfig(runtime: Pick<SyncRuntime, 'loadConfig'>): Promise<SyncConfig> {
  try {
    return await runtime.loadConfig();
  } catch (error) {
    const code = error instanceof InvalidSyncConfig ? error.code : UNREADABLE;
    throw new ProblemError(500, code, errorReport(error).message);
  }
}

/** Unknown groups of which a name is guessed, and names that are told. */
const GUESSED = 3;
const OFFERED = 3;

const UNREADABLE = 'SyncConfigUnreadable';

/** @param document in which somebody may have meant another group; none for the OpenAPI document */
export function notConfigured(
  groups: readonly string[],
  document?: Pick<SyncConfig, 'groups'>,
): ProblemError {
  const keys = document?.groups.map(({ key }) => key) ?? [];
  const meant = new Set(groups.slice(0, GUESSED).flatMap((group) => nearKeys(group, keys)));
  const guess = meant.size === 0 ? '' : `; did you mean ${[...meant].slice(0, OFFERED).join(' or ')}?`;
  return new ProblemError(
    404,
    'GroupNotConfigured',
    `not in the configuration: ${few(groups, MOST_LINES).join(', ')}${guess}`,
  );
}

/**
 * Which groups a family makes nobody knows before its inventory is read: one that it could make is let through.
 * @throws ProblemError
 */
export function refuseUnknown(asked: readonly string[], document: Pick<SyncConfig, 'groups' | 'families'>) {
  const known = new Set(document.groups.map(({ key }) => key));
  const isMade = (group: string) => document.families.some((family) => couldMakeGroup(family, group));
  const unknown = asked.filter((group) => !known.has(group) && !isMade(group));
  if (unknown.length > 0) throw notConfigured(unknown, document);
}

/** What can be wrong with the configuration, for the OpenAPI document. */
export function configProblems(): Problem[] {
  return [
    new ProblemError(500, 'SyncConfigInvalid', 'groups[0].name: is missing, must be text'),
    new ProblemError(500, UNREADABLE, 'the sync configuration could not be read'),
  ].map((error) => problemOf(error));
}
