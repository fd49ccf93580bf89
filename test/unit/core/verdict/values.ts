// Groups' reports and items for the tests of verdicts.
import { type GroupItem, NO_GROUP } from '../../../../lib/core/memory/group.ts';
import type { GroupReport, GroupStatus } from '../../../../lib/core/report/report.ts';
import { judgeRun } from '../../../../lib/core/verdict/judge.ts';
import { groupReport } from '../../../support/group-report.ts';

export const NOW = Date.UTC(2026, 0, 5, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const PERIOD = 5 * MINUTE;

const READING = {
  members: 3,
  wanted: 3,
  complete: true,
  reasons: [],
  takenAt: new Date(NOW).toISOString(),
  sources: [],
  dropped: [],
};

export function report(status: GroupStatus, rest: Partial<GroupReport> = {}): GroupReport {
  return groupReport('web', status, { reading: READING, ...rest });
}

export const GOOD = report('in-sync');
export const REFUSED = report('refused', { refusals: [{ code: 'day-limit', says: 'too many would go' }] });
export const ALONE = report('left-alone', {
  refusals: [{ code: 'unmarked', says: 'no mark' }],
  foundMark: '',
});
export const FAILED = report('failed', { error: { code: 'timeout', message: 'no answer in time' } });
export const PARTIAL = report('withheld', {
  reading: { ...READING, complete: false, reasons: ['record 7 has no address'] },
});
export const heldSince = (at: number) => report('withheld', { heldSince: new Date(at).toISOString() });

/** The item after these runs, one a period unless a row says when it was. */
export function itemAfter(
  runs: readonly GroupReport[],
  from: GroupItem = NO_GROUP,
  start = NOW,
  every = PERIOD,
) {
  return runs.reduce((item, run, index) => judgeRun(item, run, start + index * every), from);
}
