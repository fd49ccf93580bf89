// The machines of a group with what their heartbeats say of them: every one unless a page is asked for.
import * as z from 'zod/mini';
import { HEARTBEAT_STATUSES, type Machine, neverConnected, withStatus } from '../../core/group/heartbeat.ts';
import { HEARTBEAT_STALE_SECONDS } from '../../core/time/timeouts.ts';
import { canonicalMember } from '../../inventory/members.ts';
import * as samples from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { checkPart, count, figure, groupName, pageOf, part, projectName, total } from '../groups/fields.ts';
import { presentMembers } from '../groups/members.ts';
import type { ReplyOf } from '../http/answers.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { placed } from '../http/input.ts';

const request = z.lazy(() =>
  z.pipe(
    z
      .strictObject({
        projectName: projectName(),
        groupName: groupName(),
        staleSeconds: z
          .optional(figure(1, HEARTBEAT_STALE_SECONDS[2]))
          .check(z.describe('Age of a heartbeat in seconds beyond which a machine is stale.')),
        ...part(
          'Every machine that has connected, then every member that never has; so it is when neither offset nor size is given.',
        ),
      })
      .check(checkPart),
    z.transform(({ all, offset, size, ...rest }) => ({
      ...rest,
      all: all ?? (offset === undefined && size === undefined),
      page: pageOf({ offset, size }),
    })),
  ),
);

const machineAnswer = () =>
  z
    .object({
      ip: z.string().check(z.describe('Address the agent reports.')),
      'machine-uniqueid': z.string().check(z.describe('DMI UUID; may be empty.')),
      'userdefined-id': z.string().check(z.describe('Id the machine carries; may be empty.')),
      'host-id': z.optional(z.string()),
      binary: z.optional(z.string()).check(z.describe('Version of the agent.')),
      lastHeartbeatTime: z.int().check(z.describe('Unix seconds; 0 for never.')),
      status: z
        .enum(HEARTBEAT_STATUSES)
        .check(
          z.describe(
            'ok: heard of lately. stale: not for longer than staleSeconds. never: a member without a machine.',
          ),
        ),
    })
    .check(z.meta({ id: 'Machine', description: 'A machine, or a member that none has connected as.' }));

const answer = () =>
  z
    .object({ machines: z.array(machineAnswer()), count: count(), total: total() })
    .check(z.meta({ id: 'MachinePage' }));

export const operation: GroupOperation<typeof request> = {
  serves: 'ListMachines',
  from: placed,
  request,
  async run(asked, sls, { config, now }): Promise<ReplyOf<typeof answer>> {
    const { project, groupName, all, page, staleSeconds = config.heartbeatStaleSeconds } = asked;
    const judged = (machines: readonly Machine[]) =>
      machines.map((machine) => withStatus(machine, Math.floor(now() / 1000), staleSeconds));
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
  },
};

function addressOf(text: string): string {
  const verdict = canonicalMember('ip', text);
  return verdict.ok ? verdict.member : text;
}

export const documentation = () =>
  serving(operation, {
    tag: 'machines',
    summary: 'List machines and their heartbeats',
    description:
      'Without offset and size: every machine that has connected, then every member of the group that never has. With them: a page of the machines that have connected, as SLS lists them.',
    before: ['GetMachineGroup'],
    walks: true,
    answer: {
      description: 'Machines with the status of their heartbeats.',
      schema: answer(),
      example: { machines: [samples.machine, samples.neverSeen], count: 2, total: 2 },
    },
  });
