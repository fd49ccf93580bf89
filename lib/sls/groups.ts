// The operations on one machine group and its members.
import type { MachineGroup, MachineGroupDefinition } from '../core/group/machine-group.ts';
import { machineGroupAnswer } from './answers.ts';
import { asOneCall, type Caller, perform } from './call.ts';
import { SlsError } from './errors.ts';
import type { Call } from './exchange.ts';
import { type Answer, nothing, readAs } from './reading.ts';

export interface GroupCalls {
  /**
   * CreateMachineGroup. When an attempt's outcome is unknown and the next one meets "already exists", the group
   * is read and compared: equal means that it was ours.
   * @throws SlsError of kind `group-exists`, `project-missing`, `invalid-parameter`, …
   */
  createMachineGroup(project: string, definition: MachineGroupDefinition): Promise<Answer<undefined>>;
  /**
   * GetMachineGroup.
   * @throws SlsError of kind `group-missing`, `project-missing`, `protocol` for an answer that is no group, …
   */
  getMachineGroup(project: string, group: string): Promise<Answer<MachineGroup>>;
  /** UpdateMachineGroup: replaces the whole group. @throws SlsError of kind `group-missing`, … */
  updateMachineGroup(project: string, definition: MachineGroupDefinition): Promise<Answer<undefined>>;
  /** UpdateMachineGroupMachine: adds or deletes members and leaves the rest as it is. */
  updateMachines(
    project: string,
    group: string,
    action: 'add' | 'delete',
    machines: readonly string[],
  ): Promise<Answer<undefined>>;
  /**
   * DeleteMachineGroup; configs are detached with it. When an attempt's outcome is unknown and the next one
   * meets "does not exist", the group is gone as asked.
   * @throws SlsError of kind `group-missing` for one that was not there in the first place, …
   */
  deleteMachineGroup(project: string, group: string): Promise<Answer<undefined>>;
}

export function groupCalls(caller: Caller): GroupCalls {
  return {
    async createMachineGroup(project, definition) {
      const body = JSON.stringify(wireGroup(definition));
      const call: Call = { operation: 'CreateMachineGroup', project, group: definition.groupName, body };
      const part = asOneCall(caller);
      try {
        return nothing(call, await perform(part, call));
      } catch (error) {
        if (!isAmbiguous(error, 'group-exists')) throw error;
        const found = await groupCalls(part).getMachineGroup(project, definition.groupName);
        if (!isSameDefinition(found.value, definition)) throw error;
        return { value: undefined, requestId: found.requestId };
      }
    },
    async getMachineGroup(project, group) {
      const call: Call = { operation: 'GetMachineGroup', project, group };
      return readAs(machineGroupAnswer(), call, await perform(caller, call));
    },
    async updateMachineGroup(project, definition) {
      const body = JSON.stringify(wireGroup(definition));
      const call: Call = { operation: 'UpdateMachineGroup', project, group: definition.groupName, body };
      return nothing(call, await perform(caller, call));
    },
    async updateMachines(project, group, action, machines) {
      const operation = 'UpdateMachineGroupMachine';
      const call: Call = { operation, project, group, query: { action }, body: JSON.stringify(machines) };
      return nothing(call, await perform(caller, call));
    },
    async deleteMachineGroup(project, group) {
      const call: Call = { operation: 'DeleteMachineGroup', project, group };
      try {
        return nothing(call, await perform(caller, call));
      } catch (error) {
        if (!isAmbiguous(error, 'group-missing')) throw error;
        return { value: undefined, requestId: error.requestId ?? '' };
      }
    },
  };
}

/** Whether the refusal of a repeat may mean that the attempt before it worked. */
function isAmbiguous(error: unknown, kind: SlsError['kind']): error is SlsError {
  return error instanceof SlsError && error.kind === kind && error.ambiguous;
}

/** The body of a create or update: keys in the order of the documentation's sample, then whatever else was read. */
function wireGroup(group: MachineGroupDefinition): MachineGroupDefinition {
  const { groupName, groupType, machineIdentifyType, groupAttribute, machineList, ...rest } = group;
  const { groupTopic, externalName, ...attributes } = groupAttribute;
  return {
    groupName,
    groupType,
    machineIdentifyType,
    groupAttribute: { groupTopic, externalName, ...attributes },
    machineList,
    ...rest,
  };
}

/** Whether a group that exists is what a create asked for; the order of the list has no meaning. */
export function isSameDefinition(found: MachineGroup, wanted: MachineGroupDefinition): boolean {
  const members = new Set(wanted.machineList);
  const present = new Set(found.machineList);
  return (
    found.machineIdentifyType === wanted.machineIdentifyType &&
    found.groupType === wanted.groupType &&
    found.groupAttribute.groupTopic === wanted.groupAttribute.groupTopic &&
    found.groupAttribute.externalName === wanted.groupAttribute.externalName &&
    members.size === present.size &&
    [...members].every((member) => present.has(member))
  );
}
