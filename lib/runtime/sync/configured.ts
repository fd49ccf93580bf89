// The configuration as requests over HTTP meet it: what is wrong with it, and groups that it does not have.
import { InvalidSyncConfig, type SyncConfig } from '../../core/config/config.ts';
import { few } from '../../core/text/few.ts';
import { MOST_LINES } from '../../core/text/issues.ts';
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

const UNREADABLE = 'SyncConfigUnreadable';

export function notConfigured(groups: readonly string[]): ProblemError {
  return new ProblemError(
    404,
    'GroupNotConfigured',
    `not in the configuration: ${few(groups, MOST_LINES).join(', ')}`,
  );
}

/** What can be wrong with the configuration, for the OpenAPI document. */
export function configProblems(): Problem[] {
  return [
    new ProblemError(500, 'SyncConfigInvalid', 'groups[0].name: is missing, must be text'),
    new ProblemError(500, UNREADABLE, 'the sync configuration could not be read'),
  ].map((error) => problemOf(error));
}
