// A run in a line, as the memory keeps it for who wants to see the last ones.

import type { RunNote } from '../memory/runs.ts';
import type { RunReport } from './report.ts';

export function noteOf({ runId, startedAt, trigger, caller, status, counts }: RunReport): RunNote {
  return {
    runId,
    at: Date.parse(startedAt),
    trigger,
    caller,
    status,
    groups: counts.groups,
    added: counts.added,
    removed: counts.removed,
    refused: counts.refused,
    failed: counts.byStatus.failed,
  };
}

/** Whether a report says that something was written. */
export function hasWritten({ groups }: Pick<RunReport, 'groups'>): boolean {
  return groups.some(({ change }) => change === 'written');
}
