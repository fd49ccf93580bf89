// The record of a run of the sync, where it wrote anything or was refused: all other runs leave none.

import { reportWithin } from '../report/answer.ts';
import { gravestFirst } from '../report/gravity.ts';
import type { GroupReport, RunReport } from '../report/report.ts';
import { defined } from '../text/defined.ts';
import { changeOf, joined, type SeenWrite } from './changes.ts';
import { type ChangeRecord, type HistoryRecord, RECORD_VERSION } from './record.ts';

/** Bytes of a report in a record. */
const REPORT_MAX_BYTES = 1_000_000;

/**
 * @param writes as they were seen, in their order
 * @param config SHA-256 of the configuration
 * @param now milliseconds since the epoch
 */
export function recordOfRun(
  report: RunReport,
  writes: readonly SeenWrite[],
  config: string | undefined,
  now: number,
): HistoryRecord | undefined {
  const seen = new Map<string, SeenWrite>();
  for (const write of writes) {
    const first = seen.get(write.group);
    seen.set(write.group, first ? joined(first, write) : write);
  }
  const told = report.groups.flatMap((group) => {
    const write = seen.get(group.group);
    const change = write ? changeOf(write) : unsent(group);
    return change ? [{ group, change }] : [];
  });
  if (told.length === 0) return undefined;
  const groups = gravestFirst(told.map(({ group }) => group));
  return {
    version: RECORD_VERSION,
    run: report.runId,
    at: new Date(now).toISOString(),
    what: report.trigger,
    ...defined({ who: report.caller, config }),
    changes: told.map(({ change }) => change),
    report: reportWithin({ ...report, groups }, REPORT_MAX_BYTES),
  };
}

/** Of a group that nothing was sent for; undefined where nobody has to look. */
function unsent({ group, status, unwritten, additions, removals }: GroupReport): ChangeRecord | undefined {
  // What was to come and go is the report's, in which long lists are cut.
  if (unwritten.length > 0)
    return { group, outcome: 'failed', came: additions.members, went: removals.members };
  return status === 'refused' ? { group, outcome: 'refused', came: [], went: [] } : undefined;
}
