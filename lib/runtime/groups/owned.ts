// Refusals of a write that somebody stands against: the group's owner, who writes it now, or who froze it.
import { freezeText } from '../../core/freeze/freeze.ts';
import { groupKey } from '../../core/group/machine-group.ts';
import { type Names, obstacleOfOwner } from '../../core/group/ownership.ts';
import type { Freeze } from '../../core/memory/deployment.ts';
import { ProblemError } from '../http/errors.ts';

export type Deed = 'created' | 'changed' | 'deleted';

export function notDone(groupName: string, deed: Deed, code: string, says: string): ProblemError {
  return new ProblemError(409, code, `group ${groupName} is not ${deed}: ${says}.`);
}

/** @throws ProblemError 409 `MachineGroupOwned` unless the caller names the owner whose mark it is */
export function checkOwner(groupName: string, deed: Deed, names: Names, owner: string | undefined): void {
  const says = obstacleOfOwner(names, owner);
  if (says !== undefined) throw notDone(groupName, deed, 'MachineGroupOwned', says);
}

/** @param by how the lease names its holder @param since milliseconds since the epoch */
export function busy(group: { project: string; name: string }, by: string, since: number): ProblemError {
  const at = new Date(since).toISOString();
  return busyFor(group, `is being written by ${by} since ${at}`);
}

/** The same where nobody can be named. */
export function busyFor(group: { project: string; name: string }, says: string): ProblemError {
  return new ProblemError(409, 'MachineGroupBusy', `group ${groupKey(group)} ${says}: try again later.`);
}

/** @param how a caller says to go through */
export function groupFrozen(group: string, freeze: Freeze, how = 'throughFreeze=true'): ProblemError {
  const says = `group ${group} is ${freezeText(freeze)}; wait for the end, lift the freeze, or say ${how}.`;
  return new ProblemError(409, 'GroupFrozen', says);
}
