// Texts from outside, cut, and lists of them, counted beyond the first few: one odd device name or ten thousand bad
// addresses must not make a report that no log, queue or reader takes.

/** Characters of one text in a report. Enough for every sentence of ours, too few to fill a log line. */
export const LONGEST_TEXT = 1_000;

/** The text, or its beginning and an ellipsis: `most` characters at the most, half a surrogate pair never. */
export function cut(text: string, most = LONGEST_TEXT): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The first `most` texts, each cut, and how many more there are. @param what they are: "reasons" */
export function few(
  texts: readonly string[],
  most: number,
  what?: string,
  longest = LONGEST_TEXT,
): readonly string[] {
  const shown = texts.slice(0, most).map((text) => cut(text, longest));
  if (texts.length <= most) return shown;
  const more = `and ${texts.length - most} more`;
  return [...shown, what === undefined ? more : `${more} ${what}`];
}

/** Reasons in one report of a group. */
const REASONS = 20;

/** Why a reading is not whole, as a report lists it. */
export function fewReasons(reasons: readonly string[]): readonly string[] {
  return few(reasons, REASONS, 'reasons');
}

/** The same in a part of one sentence, so that all of the sentence is within {@link LONGEST_TEXT}. */
export function reasonsInOne(reasons: readonly string[]): string {
  return few(reasons, 5, 'reasons', 150).join('; ');
}

export type AtLeastOne<T> = readonly [T, ...T[]];

export function isAtLeastOne<T>(list: readonly T[]): list is AtLeastOne<T> {
  return list.length > 0;
}
