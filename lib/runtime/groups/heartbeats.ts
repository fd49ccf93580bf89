// The machines of a group with what their heartbeats say of them.
import { type Machine, neverConnected, withStatus } from '../../core/group/heartbeat.ts';
import { canonicalMember } from '../../inventory/members.ts';
import type { SlsClient } from '../../sls/client.ts';
import type { PageRequest } from '../../sls/pages.ts';
import type { Reply } from '../http/answers.ts';
import type { Runtime } from '../wire.ts';
import { presentMembers } from './members.ts';

export interface MachinesWanted {
  readonly project: string;
  readonly groupName: string;
  /** Every machine, and members that never connected; otherwise one page of those that did. */
  readonly all: boolean;
  readonly page: PageRequest;
  /** Greatest age of a heartbeat that counts as current; the deployment's own if not given. */
  readonly staleSeconds?: number | undefined;
}

/** `machines`, `count` and `total` as ListMachines has them, each machine with its `status`. @throws SlsError */
export async function listHeartbeats(
  { project, groupName, all, page, staleSeconds }: MachinesWanted,
  sls: SlsClient,
  { config, now }: Pick<Runtime, 'config' | 'now'>,
): Promise<Reply> {
  const age = staleSeconds ?? config.heartbeatStaleSeconds;
  const judged = (machines: readonly Machine[]) =>
    machines.map((machine) => withStatus(machine, Math.floor(now() / 1000), age));
  if (!all) {
    const { value, requestId } = await sls.listMachines(project, groupName, page);
    const machines = judged(value.rows);
    return { requestId, value: { machines, count: machines.length, total: value.total } };
  }
  const [group, connected] = await Promise.all([
    sls.getMachineGroup(project, groupName),
    sls.listAllMachines(project, groupName),
  ]);
  const absent = neverConnected(presentMembers(group.value), connected.value, addressOf);
  const machines = [...judged(connected.value), ...absent];
  const { requestId } = connected;
  return { requestId, value: { machines, count: machines.length, total: machines.length } };
}

function addressOf(text: string): string {
  const verdict = canonicalMember('ip', text);
  return verdict.ok ? verdict.member : text;
}
