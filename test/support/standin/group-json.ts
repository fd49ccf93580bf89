// The JSON bodies of the write operations, checked as the service checks them.
import { refusals } from './refusal.ts';
import type { StoredGroup } from './state.ts';

export type GroupResource = Omit<StoredGroup, 'createTime' | 'lastModifyTime'>;

/** Names of new groups (CreateMachineGroup page). */
const GROUP_NAME = /^[a-z0-9][a-z0-9_-]{1,126}[a-z0-9]$/;

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw refusals.bodyInvalid();
  }
}

/**
 * A group resource. The list is needed and may be empty; attribute and type may be left out. `groupType` is
 * any string, since the service was seen to keep any. Fields it does not know are passed over.
 * @param name of the group that is there: it may be older than the rule for new ones
 */
export function parseGroup(body: Buffer, name?: string): GroupResource {
  const value = parseJson(body);
  if (!isObject(value)) throw refusals.bodyInvalid();
  const { groupName, groupType = '', machineIdentifyType, groupAttribute = {}, machineList } = value;
  if (!isObject(groupAttribute)) throw refusals.groupJson();
  const { groupTopic = '', externalName = '' } = groupAttribute;
  const valid =
    typeof groupName === 'string' &&
    (name === undefined ? GROUP_NAME.test(groupName) : groupName === name) &&
    typeof groupType === 'string' &&
    (machineIdentifyType === 'ip' || machineIdentifyType === 'userdefined') &&
    typeof groupTopic === 'string' &&
    typeof externalName === 'string' &&
    isTextList(machineList);
  if (!valid) throw refusals.groupJson();
  return {
    groupName,
    groupType,
    machineIdentifyType,
    groupAttribute: { groupTopic, externalName },
    machineList,
  };
}

/** The bare array of UpdateMachineGroupMachine. */
export function parseMachines(body: Buffer): readonly string[] {
  const value = parseJson(body);
  if (!isTextList(value)) throw refusals.machinesJson();
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
