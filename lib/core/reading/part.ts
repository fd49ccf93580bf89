// A part of an inventory: the machines that carry these tags with these values, to the letter.

/** Key of a tag, and its value. */
export type Part = readonly (readonly [key: string, value: string])[];

/** What an inventory shows of some tags. */
export interface Shown {
  /** Values in the order of the keys that were asked for, each combination once. */
  readonly combinations: readonly (readonly string[])[];
  /** Machines that do not carry all of the tags. */
  readonly without: number;
}
