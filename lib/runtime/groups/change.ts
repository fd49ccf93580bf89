// A write of the API to a group that exists: look, plan, send, and leave word of it in the history. Where a sync keeps the group,
// that happens under the group's lease. The code of both is loaded where it is needed alone.
import type { MachineGroup } from '../../core/group/machine-group.ts';
import { isKept } from '../../core/group/ownership.ts';
import type { SlsClient } from '../../sls/client.ts';
import type { Answer } from '../../sls/reading.ts';
import { journaled, journalingOf } from '../history/of-request.ts';
import type { Reply } from '../http/answers.ts';
import type { Runtime } from '../wire.ts';
import type { Target, Work } from './work.ts';

/** @throws ProblemError, 409 `MachineGroupBusy` where somebody else writes the group; SlsError */
export async function changeGroup<Look extends Answer<MachineGroup>>(
  work: Work<Look>,
  target: Target,
  sls: SlsClient,
  runtime: Runtime,
): Promise<Reply> {
  return journaled(work, target, journalingOf(runtime), (noting) => change(noting, target, sls, runtime));
}

async function change<Look extends Answer<MachineGroup>>(
  work: Work<Look>,
  target: Target,
  sls: SlsClient,
  runtime: Runtime,
): Promise<Reply> {
  const look = await work.look(sls);
  const planned = work.plan(look);
  if (!planned) return { requestId: look.requestId };
  if (runtime.config.table === undefined || !isKept(planned.names)) {
    const { requestId } = await planned.send(sls);
    return { requestId, ...(planned.note && { note: planned.note }) };
  }
  const { changeLeased, requestLeases } = await import('./leased.ts');
  return changeLeased(work, planned, target, sls, requestLeases(target, runtime, runtime.config.table));
}
