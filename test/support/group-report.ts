// A group's report in which nothing happened, with whatever a test says instead.
import type { ChangeStatus, GroupReport, GroupStatus } from '../../lib/core/report/report.ts';

/** Statuses that say what became of a change. */
const CHANGES: readonly GroupStatus[] = ['planned', 'recorded', 'written', 'busy'];

const none = { count: 0, members: [] };

export function groupReport(name: string, status: GroupStatus, rest: Partial<GroupReport> = {}): GroupReport {
  return {
    group: `ali-test-project/${name}`,
    status,
    policy: 'sync',
    owner: 'test',
    changes: [],
    additions: none,
    removals: none,
    withheld: [],
    refusals: [],
    leaving: [],
    approvals: [],
    warnings: [],
    unwritten: [],
    requests: [],
    durationMs: 1,
    ...(CHANGES.includes(status) && { change: status as ChangeStatus }),
    ...rest,
  };
}
