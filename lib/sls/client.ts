// The typed operations. Project and group names are data here: whoever calls has checked them.
import * as z from 'zod/mini';
import type { MachineGroup, MachineGroupDefinition } from '../core/machine-group.ts';
import { machineGroupAnswer } from './answers.ts';
import { type Caller, type CallOptions, perform } from './call.ts';
import { SlsError } from './errors.ts';
import { type Call, parseJson, requestIdOf } from './exchange.ts';
import type { WireAnswer } from './transport.ts';

/** A successful call: its value and the id under which the service logged it. */
export interface Answer<T> {
  readonly value: T;
  readonly requestId: string;
}

export interface SlsClient {
  /**
   * CreateMachineGroup. When an attempt's outcome is unknown and the next one meets "already exists", the group
   * is read and compared: equal means that it was ours.
   * @throws SlsError of kind `group-exists`, `project-missing`, `invalid-parameter`, …
   */
  createMachineGroup(
    project: string,
    definition: MachineGroupDefinition,
    options?: CallOptions,
  ): Promise<Answer<undefined>>;
  /**
   * GetMachineGroup.
   * @throws SlsError of kind `group-missing`, `project-missing`, `protocol` for an answer that is no group, …
   */
  getMachineGroup(project: string, group: string, options?: CallOptions): Promise<Answer<MachineGroup>>;
  /** UpdateMachineGroup: replaces the whole group. @throws SlsError of kind `group-missing`, … */
  updateMachineGroup(
    project: string,
    definition: MachineGroupDefinition,
    options?: CallOptions,
  ): Promise<Answer<undefined>>;
  /** UpdateMachineGroupMachine: adds or deletes members and leaves the rest as it is. */
  updateMachines(
    project: string,
    group: string,
    action: 'add' | 'delete',
    machines: readonly string[],
    options?: CallOptions,
  ): Promise<Answer<undefined>>;
}

export function createSlsClient(caller: Caller): SlsClient {
  const client: SlsClient = {
    async createMachineGroup(project, definition, options) {
      const body = JSON.stringify(wireGroup(definition));
      const call: Call = { operation: 'CreateMachineGroup', project, group: definition.groupName, body };
      try {
        return nothing(await perform(caller, call, options));
      } catch (error) {
        if (!(error instanceof SlsError && error.kind === 'group-exists' && error.ambiguous)) throw error;
        const found = await client.getMachineGroup(project, definition.groupName, options);
        if (isSameDefinition(found.value, definition))
          return { value: undefined, requestId: found.requestId };
        throw error;
      }
    },
    async getMachineGroup(project, group, options) {
      const call: Call = { operation: 'GetMachineGroup', project, group, parameters: { group } };
      return readAs(machineGroupAnswer, call, await perform(caller, call, options));
    },
    async updateMachineGroup(project, definition, options) {
      const { groupName: group } = definition;
      const body = JSON.stringify(wireGroup(definition));
      const call: Call = { operation: 'UpdateMachineGroup', project, group, parameters: { group }, body };
      return nothing(await perform(caller, call, options));
    },
    async updateMachines(project, group, action, machines, options) {
      const body = JSON.stringify(machines);
      const call: Call = {
        operation: 'UpdateMachineGroupMachine',
        project,
        group,
        parameters: { group },
        query: { action },
        body,
      };
      return nothing(await perform(caller, call, options));
    },
  };
  return client;
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

function nothing(answer: WireAnswer): Answer<undefined> {
  return { value: undefined, requestId: requestIdOf(answer) };
}

function readAs<T>(schema: z.ZodMiniType<T>, call: Call, answer: WireAnswer): Answer<T> {
  const parsed = z.safeParse(schema, parseJson(answer.body));
  const requestId = requestIdOf(answer);
  if (parsed.success) return { value: parsed.data, requestId };
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'body');
  const { operation, project, group } = call;
  const details = {
    kind: 'protocol',
    code: 'AnswerNotUnderstood',
    status: answer.status,
    requestId,
  } as const;
  throw new SlsError(`answer is not what the API documents: ${fields.join(', ')}`, {
    ...details,
    operation,
    project,
    group,
  });
}
