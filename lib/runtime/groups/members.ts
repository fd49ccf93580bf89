// Adding and deleting members. The group is read first: its kind says how members are spelt, and SLS compares them
// as text, so a member is deleted under every spelling the list has of it.
import { type PresentGroup, presentGroup, spellingsOf } from '../../core/group/current.ts';
import type { IdentifyType, MachineGroup } from '../../core/group/machine-group.ts';
import { canonical } from '../../inventory/members.ts';
import type { SlsClient } from '../../sls/client.ts';
import { DOCUMENTED_ERRORS } from '../../sls/operations.ts';
import type { Reply } from '../http/answers.ts';
import { invalidParameter } from '../http/errors.ts';
import { type Members, readMembers } from '../requests/members.ts';

export interface MembersChange {
  readonly project: string;
  readonly groupName: string;
  readonly action: 'add' | 'delete';
  readonly machines: readonly string[];
}

/** @throws ProblemError 400 for machines the group cannot have; SlsError */
export async function updateMembers(
  { project, groupName, action, machines }: MembersChange,
  sls: SlsClient,
): Promise<Reply> {
  const { value, requestId } = await sls.getMachineGroup(project, groupName);
  const group = presentMembers(value);
  const named = action === 'add' ? toAdd(group, machines) : toDelete(group, machines);
  if (named.length === 0) return { requestId };
  return sls.updateMachines(project, groupName, action, named);
}

/** The group with its members in their one spelling. */
export function presentMembers(group: MachineGroup): PresentGroup {
  return presentGroup(group, canonical);
}

/** @throws ProblemError 400 naming them */
export function refuseMembers(field: string, { wrong, more }: Members): void {
  if (wrong.length === 0) return;
  const lines = wrong.map(({ index, says }) => `${field}[${index}]: ${says}`);
  if (more > 0) lines.push(`and ${more} more`);
  throw invalidParameter(DOCUMENTED_ERRORS['invalid-parameter'].message, lines);
}

/**
 * What is a member already is sent all the same: the read may be older than the latest write. Only under another
 * spelling it is not, or the list would hold one machine twice.
 */
function toAdd(group: PresentGroup, machines: readonly string[]): string[] {
  const read = readMembers(kindOf(group), machines);
  refuseMembers('machines', read);
  return read.members.filter((member) => !group.spellings.has(member));
}

/** Text that is no member of its kind can be deleted if it stands in the list: how else would it get out. */
function toDelete(group: PresentGroup, machines: readonly string[]): string[] {
  const listed = new Set(group.unreadable);
  const odd = machines.filter((machine) => listed.has(machine));
  const read = readMembers(kindOf(group), machines, (machine) => listed.has(machine));
  refuseMembers('machines', read);
  return [...new Set([...read.members.flatMap((member) => spellingsOf(group, member)), ...odd])];
}

/** Members of a kind unknown here are ids, kept to the letter. */
function kindOf({ definition }: PresentGroup): IdentifyType {
  return definition.machineIdentifyType === 'ip' ? 'ip' : 'userdefined';
}
