// Where text that does not parse stops being JSON, and what could stand there. For a person with an editor: the
// engine's own words quote the text, which may hold a secret, and give no place for every mistake.

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units as editors count. */
  readonly column: number;
}

export interface JsonFault extends Place {
  /** In words that follow "expected"; quotes nothing of the text. */
  readonly expected: string;
}

/** What may come next: a part of the grammar (RFC 8259), with its words. */
const NEXT = {
  value: 'a value',
  item: 'a value or "]"',
  name: 'the name of a field in double quotes',
  first: 'the name of a field in double quotes or "}"',
  colon: '":"',
  comma: '"," or "}"',
  separator: '"," or "]"',
  end: 'the end of the text',
} as const;

type Next = keyof typeof NEXT;

/** @param text what JSON.parse refused; for text that it takes, the answer means nothing */
export function jsonFault(text: string): JsonFault {
  const open: ('{' | '[')[] = [];
  let next: Next = 'value';
  let at = 0;
  const afterValue = (): Next => {
    const inside = open.at(-1);
    return inside === undefined ? 'end' : inside === '{' ? 'comma' : 'separator';
  };
  const fault = (expected: string, where = at): JsonFault => ({ ...placeAt(text, where), expected });

  for (;;) {
    at = endOf(BLANKS, text, at);
    const sign = text[at];
    if (sign === undefined) return fault(NEXT[next]);
    if (next === 'colon' && sign === ':') {
      next = 'value';
      at += 1;
    } else if ((next === 'comma' || next === 'separator') && sign === ',') {
      next = next === 'comma' ? 'name' : 'value';
      at += 1;
    } else if (closes(sign, next)) {
      open.pop();
      next = afterValue();
      at += 1;
    } else if ((next === 'name' || next === 'first') && sign === '"') {
      const string = readString(text, at);
      if (string.expected !== undefined) return fault(string.expected, string.end);
      next = 'colon';
      at = string.end;
    } else if (next !== 'value' && next !== 'item') {
      return fault(NEXT[next]);
    } else if (sign === '{' || sign === '[') {
      open.push(sign);
      next = sign === '{' ? 'first' : 'item';
      at += 1;
    } else if (sign === '"') {
      const string = readString(text, at);
      if (string.expected !== undefined) return fault(string.expected, string.end);
      next = afterValue();
      at = string.end;
    } else {
      const end = endOf(SCALAR, text, at);
      if (end === at) return fault(NEXT[next]);
      next = afterValue();
      at = end;
    }
  }
}

/** @param at index of a character, or the length of the text */
export function placeAt(text: string, at: number): Place {
  const before = text.slice(0, at).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

const BLANKS = /[ \t\n\r]*/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)?/y;
/** Everything from the blank on but the quote and the backslash. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))?/y;

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
}

function closes(sign: string, next: Next): boolean {
  return sign === '}'
    ? next === 'first' || next === 'comma'
    : sign === ']' && (next === 'item' || next === 'separator');
}

/** The end of the string that begins at a quote, or the place and the words of what is wrong in it. */
function readString(text: string, start: number): { readonly end: number; readonly expected?: string } {
  for (let at = start + 1; ; ) {
    at = endOf(PLAIN, text, at);
    const sign = text[at];
    if (sign === '"') return { end: at + 1 };
    // A quote that is missing shows at the end of the line: names and texts do not go over lines.
    if (sign !== '\\') return { end: at, expected: 'the closing double quote of the text' };
    const end = endOf(ESCAPE, text, at);
    if (end === at) return { end, expected: 'an escape such as \\n, \\" or \\u0041' };
    at = end;
  }
}
