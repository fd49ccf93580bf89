// What is looked at as one: a group of the document, or a family with all of its groups, since these share an inventory and
// nobody knows how many they are before it is read.

import type { FamilyConfig, GroupConfig, SyncConfig } from '../config/config.ts';
import { couldMake } from '../group/name-template.ts';

export type Unit = GroupConfig | FamilyConfig;

export function unitsOf({ groups, families }: Pick<SyncConfig, 'groups' | 'families'>): readonly Unit[] {
  return families.length === 0 ? groups : [...groups, ...families];
}

export function isFamily(unit: Unit): unit is FamilyConfig {
  return 'template' in unit;
}

/** Whether it could make the group, whatever its inventory shows. */
export function couldMakeGroup({ project, template }: FamilyConfig, key: string): boolean {
  const prefix = `${project}/`;
  return key.startsWith(prefix) && couldMake(template, key.slice(prefix.length));
}

/** A family that is to be looked at: all of its groups, or those that were named. */
export interface FamilyAsked {
  readonly family: FamilyConfig;
  /** Keys of groups. */
  readonly only?: ReadonlySet<string>;
}
