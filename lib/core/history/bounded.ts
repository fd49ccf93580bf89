// Records within a bound of bytes: what does not fit is left out, the least telling first, and the record says so.

import { defined } from '../text/defined.ts';
import type { ChangeRecord, HistoryRecord } from './record.ts';

/** Members and changes that the smallest records keep. */
const MEMBERS_KEPT = 100;
const CHANGES_KEPT = 100;

/** Ever smaller. */
const CUTS: readonly ((record: HistoryRecord) => HistoryRecord)[] = [
  (record) => record,
  withoutDetails,
  (record) => ({ ...withoutDetails(record), changes: record.changes.map(withoutMembers) }),
  (record) => ({
    ...withoutDetails(record),
    changes: record.changes.slice(0, CHANGES_KEPT).map(withFew),
    changesLeftOut: Math.max(0, record.changes.length - CHANGES_KEPT),
  }),
];

/** @returns the record, or what fits of it; undefined where nothing does */
export function recordWithin<T>(
  record: HistoryRecord,
  encode: (record: HistoryRecord) => T,
  fits: (encoded: T) => boolean,
): { readonly record: HistoryRecord; readonly encoded: T } | undefined {
  for (const cut of CUTS) {
    const less = cut(record);
    const encoded = encode(less);
    if (fits(encoded)) return { record: less, encoded };
  }
  return undefined;
}

function withoutDetails({ report, ...record }: HistoryRecord): HistoryRecord {
  return {
    ...record,
    ...defined({ report: report && { ...report, groups: [], groupsLeftOut: report.groups.length } }),
  };
}

/** What came and went says what the write did; the members that stayed are not known any more. */
function withoutMembers({ members, ...change }: ChangeRecord): ChangeRecord {
  if (members === undefined) return change;
  return { ...change, notKept: `the ${members.length} members before: there was no room for them` };
}

function withFew(change: ChangeRecord): ChangeRecord {
  const { came, went, machines: _, ...rest } = withoutMembers(change);
  const more = came.length + went.length - 2 * MEMBERS_KEPT;
  const few = { came: came.slice(0, MEMBERS_KEPT), went: went.slice(0, MEMBERS_KEPT) };
  if (more <= 0) return { ...rest, ...few };
  return {
    ...rest,
    ...few,
    notKept: `of ${came.length} that came and ${went.length} that went all but the first, and the members before: there was no room for them`,
  };
}
