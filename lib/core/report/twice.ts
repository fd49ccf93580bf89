// One report of a group that a run has looked at twice, because somebody asked for it while the group was being written.

import { fewRequests, MEMBERS_SHOWN } from './group.ts';
import type { GroupReport, MemberList } from './report.ts';

/** What the last look found, with the calls of both. What the first one wrote is not lost. */
export function reportTwice(first: GroupReport, last: GroupReport): GroupReport {
  const both = {
    requests: fewRequests([...first.requests, ...last.requests]),
    durationMs: first.durationMs + last.durationMs,
  };
  if (first.change !== 'written') return { ...last, ...both };
  if (last.status === 'in-sync') return { ...first, ...both };
  if (last.change === 'written')
    return {
      ...last,
      ...both,
      changes: [...new Set([...first.changes, ...last.changes])],
      additions: joined(first.additions, last.additions),
      removals: joined(first.removals, last.removals),
      leaving: [...first.leaving, ...last.leaving],
      approvals: [...first.approvals, ...last.approvals],
    };
  const { additions, removals } = first;
  const wrote = `a first look in this run wrote: ${additions.count} added, ${removals.count} removed`;
  return { ...last, ...both, warnings: [wrote, ...last.warnings] };
}

function joined(first: MemberList, last: MemberList): MemberList {
  const members = [...first.members, ...last.members].slice(0, MEMBERS_SHOWN);
  return { count: first.count + last.count, members };
}
