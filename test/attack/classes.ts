// Classes of bad values: for places that hold text only (path and query) and for places in JSON, where a value is
// given as JSON text, since some of what JSON can say is lost once it is parsed.

/** What a class makes of the good value of a place; undefined takes the field away. */
type Make<T> = (good: string) => T | undefined;

const fullWidth = (text: string) =>
  text.replace(/[!-~]/, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));

/** Text in place of good text. */
export const TEXT_CLASSES = {
  missing: () => undefined,
  empty: () => '',
  blank: () => ' ',
  'an ideographic blank': () => '\u3000',
  'a blank behind': (good) => `${good} `,
  'another word': () => 'x',
  'twice, as a gateway joins them': (good) => `${good},${good}`,
  'a full-width sign': fullWidth,
  'a Cyrillic letter': (good) => `${good}\u0430`,
  'an Arabic digit': (good) => `${good}\u0661`,
  'a combining sign': (good) => `${good}\u0301`,
  'an invisible character': (good) => `${good}\u200b`,
  'a change of direction': (good) => `\u202e${good}`,
  'a line separator': (good) => `${good}\u2028{"level":"error"}`,
  'a line feed': (good) => `${good}\n{"level":"error"}`,
  'a carriage return and a header': (good) => `${good}\r\nHost: elsewhere`,
  'a null character': (good) => `${good}\u0000`,
  'a terminal sequence': (good) => `\u001b[2J${good}`,
  'a sequence in one character': (good) => `\u009b2J${good}`,
  'a delete character': (good) => `${good}\u007f`,
  'half a surrogate pair': (good) => `${good}\ud800`,
  'a surrogate pair the wrong way round': (good) => `\udc00\ud800${good}`,
  'a step up': () => '../..',
  'an escaped step up': () => '%2e%2e%2f',
  'a slash behind': (good) => `${good}/`,
  'a query behind': (good) => `${good}?force=true`,
  'a hundred thousand letters': (good) => good.padEnd(100_000, 'a'),
  'a hundred thousand colons': () => ':'.repeat(100_000),
  'a hundred thousand dots': () => `${'1.'.repeat(50_000)}!`,
  'a hundred thousand blanks': (good) => ' '.repeat(100_000) + good,
  'a name every object knows': () => 'constructor',
  'the name of a prototype': () => '__proto__',
  'a negative number': () => '-1',
  'a number with a sign': () => '+1',
  'a fraction': () => '1.5',
  'an exponent': () => '1e3',
  'a hexadecimal number': () => '0x10',
  'a number of 400 digits': () => '9'.repeat(400),
  'not a number': () => 'NaN',
  'the word null': () => 'null',
} as const satisfies Record<string, Make<string>>;

const nested = (open: string, close: string, inside = '') =>
  `${open.repeat(10_000)}${inside}${close.repeat(10_000)}`;

/** JSON text in place of good JSON text. */
export const JSON_CLASSES = {
  null: () => 'null',
  'a truth value': () => 'true',
  zero: () => '0',
  'a number below zero': () => '-1',
  'a fractional number': () => '1.5',
  'a number too large for a double': () => '1e400',
  'an integer that a double cannot hold': () => '123456789012345678901234567890',
  'an empty list': () => '[]',
  'an empty object': () => '{}',
  'a list of null': () => '[null]',
  'a list of a list': (good) => `[[${good}]]`,
  'an object in its place': (good) => `{"0":${good},"length":1}`,
  'a list around it': (good) => `[${good}]`,
  'lists 10 000 deep': () => nested('[', ']'),
  'objects 10 000 deep': () => nested('{"a":', '}', '0'),
  'an object with a prototype': () => '{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}',
} as const satisfies Record<string, Make<string>>;

/** What may stand in an object beside what belongs there. */
export const STRANGE_FIELDS = [
  'unknown',
  '__proto__',
  'constructor',
  'toString',
  '',
  'x'.repeat(100_000),
] as const;

export type BadClass = keyof typeof TEXT_CLASSES | keyof typeof JSON_CLASSES;

/** Odd, and yet text on one line: no fault where any such text will do. */
export const WORDS: readonly BadClass[] = [
  'a blank behind',
  'another word',
  'twice, as a gateway joins them',
  'a full-width sign',
  'a Cyrillic letter',
  'an Arabic digit',
  'a combining sign',
  'an invisible character',
  'a change of direction',
  'a line separator',
  'a step up',
  'an escaped step up',
  'a slash behind',
  'a query behind',
  'a name every object knows',
  'the name of a prototype',
  'a negative number',
  'a number with a sign',
  'a fraction',
  'an exponent',
  'a hexadecimal number',
  'not a number',
  'the word null',
];
export const BLANKS: readonly BadClass[] = ['blank', 'an ideographic blank'];
export const LONG: readonly BadClass[] = [
  'a number of 400 digits',
  'a hundred thousand letters',
  'a hundred thousand colons',
  'a hundred thousand dots',
  'a hundred thousand blanks',
];
/** What numbers that nobody looks at may be: anything that is a number to JSON. */
export const NUMBERS: readonly BadClass[] = [
  'zero',
  'a number below zero',
  'a fractional number',
  'an integer that a double cannot hold',
];
