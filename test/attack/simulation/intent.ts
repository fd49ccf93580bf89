// What a request is meant to do, and what the run that sends it had been shown by then.

import type { Look, Round, Seen, Sent } from './record.ts';
import { membersOf, without } from './rules.ts';
import type { SimGroup } from './scenario.ts';

export interface Intent {
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

type Body = Exclude<Seen, undefined>;

/** What a request is meant to do to a group as it was shown: a run sends whole groups. */
export function intentOf({ body }: Sent, seen: Seen, group: SimGroup): Intent {
  const members = new Set((body as Body).machineList.map(group.machines.meant));
  const had = membersOf(seen, group);
  return { added: without(members, had), removed: without(had, members) };
}

/** The last answer before the first write, if it was asked for after the inventories had been read. */
export function lastLook({ looks, sent, reading }: Round): Look | undefined {
  const writesFrom = sent[0]?.leftAt ?? Number.POSITIVE_INFINITY;
  const readAt = reading === undefined ? 0 : (reading.endedAt ?? Number.POSITIVE_INFINITY);
  return looks.findLast(({ leftAt, cameAt }) => leftAt > readAt && cameAt < writesFrom);
}

/** The last answer before a request left. */
export function lookBefore({ round, leftAt }: Sent): Look | undefined {
  return round.looks.findLast(({ cameAt }) => cameAt < leftAt);
}

/** How others got in between, without the run having had a chance to see it. */
export function howRaced(sent: Sent): string {
  if (sent.othersSince > sent.leftAt) return 'while the request was on its way';
  const look = lookBefore(sent);
  return look && sent.othersBefore < look.leftAt ? 'unseen in an old state' : 'while the look was on its way';
}

/** Members that others wrote after the run's last look, and that the write took away again. */
export function lostTo({ before, after }: Sent, expected: Seen, group: SimGroup): Set<string> {
  const theirs = without(membersOf(before, group), membersOf(expected, group));
  return without(theirs, membersOf(after, group));
}

export function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
