// What a run knows of a group from the memory: its item, and whether anything it says can be relied on.

import { newMemory, type RemovalMemory } from '../removal/memory.ts';
import { type DeploymentItem, type Freeze, readDeployment } from './deployment.ts';
import { type GroupItem, readGroup } from './group.ts';
import { type Fields, revisionOf } from './table.ts';

export const DEPLOYMENT_ID = 'deployment';
export const groupId = (key: string): string => `group ${key}`;
export const projectId = (project: string): string => `project ${project}`;

export type Known =
  | {
      readonly state: 'known';
      /** An empty one where there is none. */
      readonly item: GroupItem;
      readonly revision: number;
      /** For a new or lost memory it began now, and is weak for a day. */
      readonly removal: RemovalMemory;
      /** Whether the item has to be made, so that its age counts from now. */
      readonly isNew: boolean;
      readonly freeze?: Freeze;
      /** When its last freeze ended, in milliseconds since the epoch: patience began anew then. */
      readonly thawedAt?: number;
    }
  /** Removals wait; additions go on, but for a freeze that was known before. */
  | { readonly state: 'unreadable' | 'down'; readonly says: string; readonly freeze?: Freeze };

/**
 * @param epoch when the memory began; undefined if the deployment has none
 * @param fields undefined if there is no item
 */
export function knownOf(fields: Fields | undefined, epoch: number | undefined, now: number): Known {
  const read = readGroup(fields);
  if (!read.readable)
    return { state: 'unreadable', says: `what the memory holds of this group is unreadable: ${read.says}` };
  const { item } = read;
  return {
    state: 'known',
    item,
    revision: revisionOf(fields),
    removal: removalIn(item, Math.min(epoch ?? now, now), now),
    isNew: item.removal === undefined,
  };
}

/** @param since when the memory began: no item knows of what was before */
export function removalIn({ removal }: GroupItem, since: number, now: number): RemovalMemory {
  const known = removal ?? newMemory(now);
  return { ...known, since: Math.max(known.since, since) };
}

/** When the memory began; undefined if there is no item, a sentence if it cannot be read. */
export function epochOf(
  fields: Fields | undefined,
): { readonly epoch: number | undefined; readonly item?: DeploymentItem } | { readonly says: string } {
  if (fields === undefined) return { epoch: undefined };
  const read = readDeployment(fields);
  if (!read.readable) return { says: `what the memory holds of the deployment is unreadable: ${read.says}` };
  const { item } = read;
  return { epoch: Number.isFinite(item.epoch) ? item.epoch : undefined, item };
}
