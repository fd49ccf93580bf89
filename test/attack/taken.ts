// How a sample of settings is written, and the classes of bad values that several of their fields take on purpose.
import { type BadClass, BLANKS, TEXT_CLASSES, WORDS } from './classes.ts';

/** Settings with good values, and the kind of group that has them. */
export interface Sample {
  readonly identify: 'ip' | 'userdefined';
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Classes that a field takes, by its name inside its settings; what is not here takes nothing but its good value. */
export type Takes = Readonly<Record<string, readonly BadClass[]>>;

export const optional: readonly BadClass[] = ['missing'];
/** Of a truth value: it may be left out, and be the other one. */
export const flag: readonly BadClass[] = ['missing', 'a truth value'];
/** Text on one line, of at least one sign and at most so many. */
export const line = (most: 64 | 128 | 256 | 512): readonly BadClass[] => [
  ...WORDS,
  ...BLANKS,
  ...(most > 400 ? (['a number of 400 digits'] as const) : []),
];
export const onlyTexts = Object.keys(TEXT_CLASSES).filter((what) => what !== 'missing') as BadClass[];
export const label: readonly BadClass[] = [
  'another word',
  'a name every object knows',
  'an exponent',
  'a hexadecimal number',
  'the word null',
];
/** Of a role in another account, as AWS and Alibaba Cloud take it. */
export const externalId: readonly BadClass[] = [
  'missing',
  ...label.filter((what) => what !== 'another word'),
  'twice, as a gateway joins them',
  'a step up',
  'a slash behind',
  'the name of a prototype',
  'a negative number',
  'a number with a sign',
  'a fraction',
  'a number of 400 digits',
  'not a number',
];
export const beyondAscii: readonly BadClass[] = [
  'a Cyrillic letter',
  'a change of direction',
  'a combining sign',
  'a full-width sign',
  'a line separator',
  'an Arabic digit',
  'an ideographic blank',
  'an invisible character',
];
