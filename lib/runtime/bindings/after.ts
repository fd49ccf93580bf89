// After a group's run: are the Logtail configs applied that its configuration names? Looked at as seldom as
// lib/core/plan/bindings.ts says, and told in the group's report.

import { configsOf, looksAtBindings, mayApply } from '../../core/plan/bindings.ts';
import { fewRequests } from '../../core/report/group.ts';
import type { GroupReport } from '../../core/report/report.ts';
import type { Outcome } from '../../sls/call.ts';
import type { DecidedRun, FailedRun } from '../sync/look.ts';
import type { Ports } from '../sync/ports.ts';
import { requestReports } from '../sync/told.ts';

/** Never rejects. */
export async function withBindings(
  run: DecidedRun | FailedRun,
  report: GroupReport,
  ports: Ports,
): Promise<GroupReport> {
  if (ports.bind === undefined || run.state === 'failed') return report;
  const { group, decision } = run;
  if (decision.plan.obstacle || report.status === 'failed' || report.status === 'busy') return report;
  const { known } = decision.basis;
  const isMade = report.change === 'written' && report.changes.includes('create');
  if (decision.current.state === 'absent' && !isMade) return report;
  // Without a memory nobody knows when it was looked last, and every run would.
  if (known.state !== 'known' && !isMade) return report;
  const kept = known.state === 'known' ? known.item.bindings : undefined;
  const names = configsOf(group);
  if (names.length === 0)
    return kept === undefined ? report : { ...report, bindings: { names, missing: [], applied: [] } };
  if (!looksAtBindings(group, kept, isMade, ports.now())) return report;
  const outcomes: Outcome[] = [];
  const sls = ports.sls(group, (outcome) => outcomes.push(outcome));
  const isFrozen = decision.freeze !== undefined;
  const order = { group, names, mayApply: !isFrozen && mayApply(group, isMade), isMade };
  const bindings = await ports.bind(order, sls);
  const isHeld = group.configsMode === 'keep' && !order.mayApply && bindings.missing.length > 0;
  const holds = isFrozen ? 'the freeze of the group' : `the policy ${group.policy}`;
  const says = isHeld ? { says: `${holds} lets no config be applied` } : {};
  const requests = fewRequests([...report.requests, ...requestReports(outcomes)]);
  return { ...report, bindings: { ...bindings, ...says }, requests };
}
