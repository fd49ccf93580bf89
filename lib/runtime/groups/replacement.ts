// A full update of a group that exists, which is how both PUT and PATCH are written.
import type { MachineGroup, MachineGroupDefinition } from '../../core/group/machine-group.ts';
import { isSameDefinition } from '../../sls/groups.ts';
import { comingAndGoing, presentMembers } from './members.ts';
import { checkOwner } from './owned.ts';
import type { Planned } from './work.ts';

/**
 * @param definition its members are canonical, or the very list of the group
 * @throws ProblemError 409 `MachineGroupOwned` unless the caller names the owner
 */
export function replacement(
  project: string,
  group: MachineGroup,
  definition: MachineGroupDefinition,
  owner: string | undefined,
): Planned {
  const { externalName: becomes } = definition.groupAttribute;
  const names = { was: group.groupAttribute.externalName, becomes };
  checkOwner(definition.groupName, 'changed', names, owner);
  const list = definition.machineList;
  return {
    names,
    ...(list === group.machineList ? NO_MEMBERS : comingAndGoing(presentMembers(group), list)),
    send: (sls) => sls.updateMachineGroup(project, definition),
    shows: (now) => now !== undefined && isSameDefinition(now, definition),
  };
}

const NO_MEMBERS = { additions: [], removals: [] };
