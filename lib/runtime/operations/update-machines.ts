// Adds and deletes members. The group is read first: its kind says how members are spelt, and SLS compares them as
// text, so a member is deleted under every spelling the list has of it.
import * as z from 'zod/mini';
import { type PresentGroup, spellingsOf } from '../../core/group/current.ts';
import { type IdentifyType, knownIdentify } from '../../core/group/machine-group.ts';
import { listOf } from '../../core/text/bounded.ts';
import { MEMBERS_MAX } from '../../sls/limits.ts';
import { busyProblem, frozenProblem, ownedProblem } from '../documentation/problems.ts';
import { definition } from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { changeGroup } from '../groups/change.ts';
import { groupName, owner, projectName, throughFreeze } from '../groups/fields.ts';
import { presentMembers, readMembers, refuseMembers } from '../groups/members.ts';
import { checkOwner } from '../groups/owned.ts';
import { JSON_TYPES } from '../http/body.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { placedWithBody } from '../http/input.ts';

/** The field that is the body, and those that stand in the query. */
const BODY = 'machines';
const QUERY = ['projectName', 'action', 'owner', 'throughFreeze'];

const request = z.lazy(() =>
  z.strictObject({
    projectName: projectName(),
    groupName: groupName(),
    owner: owner(),
    throughFreeze: throughFreeze(),
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
  besideBody: ['groupName', 'action', 'owner', 'throughFreeze'],
  /** @throws ProblemError 400 for machines the group cannot have, 409 `MachineGroupOwned`, `MachineGroupBusy` or `GroupFrozen`; SlsError */
  run({ project, groupName, action, machines, owner, throughFreeze }, sls, runtime, due) {
    return changeGroup(
      {
        look: (sls) => sls.getMachineGroup(project, groupName),
        plan({ value }) {
          const { externalName } = value.groupAttribute;
          const names = { was: externalName, becomes: externalName };
          checkOwner(groupName, 'changed', names, owner);
          const group = presentMembers(value);
          const { named, members } = action === 'add' ? toAdd(group, machines) : toDelete(group, machines);
          if (named.length === 0) return undefined;
          const isIn = (member: string) => group.members.has(member);
          return {
            names,
            additions: action === 'add' ? members.filter((member) => !isIn(member)) : [],
            removals: action === 'delete' ? members.filter(isIn) : [],
            send: (sls) => sls.updateMachines(project, groupName, action, named),
            shows: (now) => now !== undefined && hasAll(presentMembers(now).members, action, members),
          };
        },
      },
      { project, name: groupName, by: 'UpdateMachineGroupMachine', due, throughFreeze },
      sls,
      runtime,
    );
  },
};

/** What to send, and which canonical members that means. */
interface Named {
  readonly named: string[];
  readonly members: string[];
}

function hasAll(members: ReadonlySet<string>, action: 'add' | 'delete', named: readonly string[]): boolean {
  return named.every((member) => members.has(member) === (action === 'add'));
}

/**
 * What is a member already is sent all the same: the read may be older than the latest write. Only under another
 * spelling it is not, or the list would hold one machine twice.
 */
function toAdd(group: PresentGroup, machines: readonly string[]): Named {
  const read = readMembers(kindOf(group), machines);
  refuseMembers(BODY, read);
  const named = read.members.filter((member) => !group.spellings.has(member));
  return { named, members: read.members };
}

/** Text that is no member of its kind can be deleted if it stands in the list: how else would it get out. */
function toDelete(group: PresentGroup, machines: readonly string[]): Named {
  const listed = new Set(group.unreadable);
  const odd = machines.filter((machine) => listed.has(machine));
  const read = readMembers(kindOf(group), machines, (machine) => listed.has(machine));
  refuseMembers(BODY, read);
  const named = [...new Set([...read.members.flatMap((member) => spellingsOf(group, member)), ...odd])];
  return { named, members: [...new Set([...read.members, ...odd])] };
}

/** Members of a kind unknown here are ids, kept to the letter. */
function kindOf({ definition }: PresentGroup): IdentifyType {
  return knownIdentify(definition.machineIdentifyType) ?? 'userdefined';
}

export const documentation = () =>
  serving(operation, {
    tag: 'machines',
    summary: 'Add or delete members',
    description:
      'The group is read first, since its kind says how members are spelt. Adding what is there and deleting what is not change nothing. A group that a sync keeps is changed only by who names its owner, and by one writer at a time.',
    before: ['GetMachineGroup'],
    body: {
      types: JSON_TYPES,
      query: QUERY,
      field: BODY,
      examples: { addresses: definition.machineList },
    },
    problems: [ownedProblem('changed'), busyProblem(), frozenProblem()],
  });
