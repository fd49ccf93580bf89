// A report as an answer of the function: whole where it fits, else with as many of its groups as do.

import { jsonBytesOf } from '../text/json-size.ts';
import { gravestFirst } from './gravity.ts';
import type { GroupReport, RunReport } from './report.ts';

/** Bytes of a report in an answer. Lambda sends 6 MB (quotas page), in which a body stands as JSON text. */
export const ANSWER_MAX_BYTES = 5_000_000;

/** @param mostBytes of the report's JSON as a text in JSON */
export function reportWithin(report: RunReport, mostBytes = ANSWER_MAX_BYTES): RunReport {
  const { groups } = report;
  const bytes = (value: unknown) => jsonBytesOf(JSON.stringify(value));
  let room = mostBytes - bytes({ ...report, groups: [], groupsLeftOut: groups.length });
  const shown = new Set<GroupReport>();
  for (const group of gravestFirst(groups)) {
    room -= bytes(group);
    if (room < 0) break;
    shown.add(group);
  }
  if (shown.size === groups.length) return report;
  return {
    ...report,
    groups: groups.filter((group) => shown.has(group)),
    groupsLeftOut: groups.length - shown.size,
  };
}
