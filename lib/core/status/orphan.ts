// A group with our mark that no document names, as a group that needs attention.

import type { Orphan } from '../memory/deployment.ts';
import type { GroupItem } from '../memory/group.ts';
import type { Read } from '../memory/read.ts';
import { defined } from '../text/defined.ts';
import { ORPHAN_CODE, orphanText } from '../verdict/orphans.ts';
import type { Where } from './command.ts';
import { ackCommand, acknowledged, type GroupStanding } from './group.ts';
import { timeOf } from './time.ts';

/** @param read of its own item, which has nothing but what a person said of it */
export function orphanStanding(
  orphan: Orphan,
  read: Read<GroupItem>,
  now: number,
  where: Where,
): GroupStanding {
  const { group, since } = orphan;
  const given = read.readable ? read.item.ack : undefined;
  const ack = given?.code === ORPHAN_CODE && now < given.until ? acknowledged(given) : undefined;
  return {
    ...{ group, is: 'attention', since: timeOf(since), code: ORPHAN_CODE, says: orphanText(orphan) },
    ...defined({ ack, ackCommand: ack ? undefined : ackCommand(group, where) }),
  };
}
