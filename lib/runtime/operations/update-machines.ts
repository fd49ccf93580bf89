// Adds and deletes members. The group is read first: its kind says how members are spelt, and SLS compares them as
// text, so a member is deleted under every spelling the list has of it.
import * as z from 'zod/mini';
import { type PresentGroup, spellingsOf } from '../../core/group/current.ts';
import type { IdentifyType } from '../../core/group/machine-group.ts';
import { listOf } from '../../core/text/bounded.ts';
import { MEMBERS_MAX } from '../../sls/limits.ts';
import { definition } from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { groupName, projectName } from '../groups/fields.ts';
import { presentMembers, readMembers, refuseMembers } from '../groups/members.ts';
import { JSON_TYPES } from '../http/body.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { placedWithBody } from '../http/input.ts';

/** The field that is the body, and those that stand in the query. */
const BODY = 'machines';
const QUERY = ['projectName', 'action'];

const request = z.lazy(() =>
  z.strictObject({
    projectName: projectName(),
    groupName: groupName(),
    action: z.enum(['add', 'delete']).check(z.describe('What to do with the machines of the body.')),
    machines: listOf(z.string(), MEMBERS_MAX).check(
      z.describe('Addresses or ids, whichever the group holds.'),
    ),
  }),
);

export const operation: GroupOperation<typeof request> = {
  serves: 'UpdateMachineGroupMachine',
  from: (invocation) => placedWithBody(invocation, BODY, QUERY),
  request,
  /** @throws ProblemError 400 for machines the group cannot have; SlsError */
  async run({ project, groupName, action, machines }, sls) {
    const { value, requestId } = await sls.getMachineGroup(project, groupName);
    const group = presentMembers(value);
    const named = action === 'add' ? toAdd(group, machines) : toDelete(group, machines);
    if (named.length === 0) return { requestId };
    return sls.updateMachines(project, groupName, action, named);
  },
};

/**
 * What is a member already is sent all the same: the read may be older than the latest write. Only under another
 * spelling it is not, or the list would hold one machine twice.
 */
function toAdd(group: PresentGroup, machines: readonly string[]): string[] {
  const read = readMembers(kindOf(group), machines);
  refuseMembers(BODY, read);
  return read.members.filter((member) => !group.spellings.has(member));
}

/** Text that is no member of its kind can be deleted if it stands in the list: how else would it get out. */
function toDelete(group: PresentGroup, machines: readonly string[]): string[] {
  const listed = new Set(group.unreadable);
  const odd = machines.filter((machine) => listed.has(machine));
  const read = readMembers(kindOf(group), machines, (machine) => listed.has(machine));
  refuseMembers(BODY, read);
  return [...new Set([...read.members.flatMap((member) => spellingsOf(group, member)), ...odd])];
}

/** Members of a kind unknown here are ids, kept to the letter. */
function kindOf({ definition }: PresentGroup): IdentifyType {
  return definition.machineIdentifyType === 'ip' ? 'ip' : 'userdefined';
}

export const documentation = () =>
  serving(operation, {
    tag: 'machines',
    summary: 'Add or delete members',
    description:
      'The group is read first, since its kind says how members are spelt. Adding what is there and deleting what is not change nothing.',
    before: ['GetMachineGroup'],
    body: {
      types: JSON_TYPES,
      query: QUERY,
      field: BODY,
      examples: { addresses: definition.machineList },
    },
  });
