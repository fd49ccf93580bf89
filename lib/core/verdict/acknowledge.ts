// A person says that a verdict of attention is known, until when and why. Until then nobody is told of it and no alarm
// rings for it; another reason is another verdict, of which the word says nothing.

import type { Acknowledgement, GroupItem, StandingVerdict } from '../memory/group.ts';

/** Whether nobody has to be told. */
export function isAcknowledged({ verdict, ack }: Pick<GroupItem, 'verdict' | 'ack'>, now: number): boolean {
  return verdict?.is === 'attention' && ack !== undefined && ack.code === verdict.code && now < ack.until;
}

export interface Word {
  readonly who: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** @param verdict of attention, whose reason the word is about */
export function acknowledge(item: GroupItem, verdict: StandingVerdict, word: Word, now: number): GroupItem {
  const ack: Acknowledgement = { ...word, at: now, code: verdict.code ?? '' };
  return { ...item, ack };
}
