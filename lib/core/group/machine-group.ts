// The nouns: machine group, its identifier kinds and its name rules, as the SLS API documents them.

import type { NameRule } from '../text/rule.ts';

/** `ip`: members are addresses the agent reports. `userdefined`: members are ids the machines carry. */
export const IDENTIFY_TYPES = ['ip', 'userdefined'] as const;
export type IdentifyType = (typeof IDENTIFY_TYPES)[number];

/** The kind that a read gave; undefined for one that is unknown here. */
export function knownIdentify(type: string): IdentifyType | undefined {
  return IDENTIFY_TYPES.find((known) => known === type);
}

export interface GroupAttribute {
  /** Topic attached to the logs of this group. */
  readonly groupTopic: string;
  /** Id in an external management system; this project keeps its owner mark here. */
  readonly externalName: string;
}

/** What a create or a full update carries. */
export interface MachineGroupDefinition {
  readonly groupName: string;
  readonly groupType: string;
  readonly machineIdentifyType: IdentifyType;
  readonly groupAttribute: GroupAttribute;
  readonly machineList: readonly string[];
}

/** What a read returns: the definition and two times in unix seconds. */
export interface MachineGroup extends Omit<MachineGroupDefinition, 'machineIdentifyType'> {
  readonly machineIdentifyType: string;
  readonly createTime: number;
  readonly lastModifyTime: number;
}

/** The group without the two times, which are the service's and go into no write. */
export function withoutTimes<T extends { readonly createTime?: number; readonly lastModifyTime?: number }>({
  createTime: _created,
  lastModifyTime: _modified,
  ...fields
}: T): Omit<T, 'createTime' | 'lastModifyTime'> {
  return fields;
}

/** Names of new groups (CreateMachineGroup page). */
export const GROUP_NAME: NameRule = {
  pattern: /^[a-z0-9][a-z0-9_-]{1,126}[a-z0-9]$/,
  says: '3 to 128 characters: lower-case letters, digits, "-" and "_", starting and ending with a letter or digit',
};

/** Names that reads, updates and deletes accept: older pages allowed two characters and upper case. */
export const EXISTING_GROUP_NAME: NameRule = {
  pattern: /^[A-Za-z0-9_-]{1,128}$/,
  says: '1 to 128 characters: letters, digits, "-" and "_"',
};

/** Projects become the first label of the request's host, so nothing but a DNS label may pass. */
export const PROJECT_NAME: NameRule = {
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  says: 'up to 63 characters: lower-case letters, digits and "-", starting and ending with a letter or digit',
};

/** Logtail configs are made elsewhere; characters that paths would have to escape are signed differently by clients. */
export const CONFIG_NAME: NameRule = {
  pattern: /^(?!\.\.?$)[A-Za-z0-9._-]{1,128}$/,
  says: '1 to 128 characters: letters, digits, ".", "-" and "_"',
};

/** `project/name`, whatever the endpoint: a project's name is its own in every region. */
export function groupKey(group: { readonly project: string; readonly name: string }): string {
  return `${group.project}/${group.name}`;
}
