// Who may change a group. One that carries a sync's mark is changed only by who names that sync's owner; any other
// `externalName` is plain data. To give a group to a sync takes the same word: a mark makes a sync keep what it would leave alone.
import { quoted } from '../text/issues.ts';
import { readMark } from './owner.ts';

/** `externalName` of a group before a write and after it; empty text where there is no group. */
export interface Names {
  readonly was: string;
  readonly becomes: string;
}

/**
 * What stands against a write, or undefined.
 * @param actsFor whom the caller says to act for: an owner's id, or the mark to the letter
 */
export function obstacleOfOwner({ was, becomes }: Names, actsFor: string | undefined): string | undefined {
  const keeper = ownerBeside(was, actsFor);
  if (keeper !== undefined) return `it belongs to the sync of the owner ${quoted(keeper)}${HOW}`;
  const next = ownerBeside(becomes, actsFor);
  if (next !== undefined) return `its externalName gives it to the sync of the owner ${quoted(next)}${HOW}`;
  return undefined;
}

const HOW = ', which owner= has to name';

/** Whether a sync keeps the group before the write or after it. */
export function isKept({ was, becomes }: Names): boolean {
  return readMark(was).kind === 'owner' || readMark(becomes).kind === 'owner';
}

/** The owner of the mark, if there is one and it is not whom the caller acts for. */
function ownerBeside(externalName: string, actsFor: string | undefined): string | undefined {
  const mark = readMark(externalName);
  return mark.kind !== 'owner' || mark.owner === actsFor || externalName === actsFor ? undefined : mark.owner;
}
