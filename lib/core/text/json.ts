// JSON from outside. A text that names a field of one object twice is refused: parsers differ in which of the two
// they take (RFC 8259, section 4), so that what one system checks would not be what another one does. So is a field
// "__proto__", which schemas pass over without a word: a filter of that name would be no filter. And so is a text whose
// shape alone costs much: its depth and the fields of its objects are counted before anything is made of it.

import { quoted } from './issues.ts';

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  /**
   * `says` what is wrong and quotes nothing but a field's name: a text may hold a secret. `at` is the index of
   * what is one too many; without it, the text does not parse.
   */
  | { readonly ok: false; readonly says: string; readonly at?: number };

export function readJson(text: string, { mostFields = MOST_FIELDS }: JsonBounds = {}): JsonReading {
  const beyond = beyondBounds(text, mostFields);
  if (beyond !== undefined) return { ok: false, ...beyond };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The engine's own message quotes the text around the fault.
    const where = /position \d+/.exec(String(error))?.[0];
    return { ok: false, says: `does not parse${where ? ` (${where})` : ''}` };
  }
  const fault = faultyName(text);
  return fault === undefined ? { ok: true, value } : { ok: false, ...fault };
}

/** Whether a text is nested deeper than code that follows the nesting can bear. @param text JSON or not */
export function isTooDeep(text: string): boolean {
  return beyondBounds(text, Number.POSITIVE_INFINITY) !== undefined;
}

/**
 * Whether an object that somebody else parsed has more fields than {@link readJson} lets through, or an object right
 * in it has: no request and no event is read deeper than that.
 */
export function hasManyFields(value: unknown): boolean {
  return isLarge(value) || (isObject(value) && Object.values(value).some(isLarge));
}

function isLarge(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > MOST_FIELDS;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names that objects have had so far: most have few, and a text can open a million of them. */
type Names = undefined | string | Set<string>;

/** Levels of nesting. What is read here has ten; inventories may put what they like beside it. */
const MOST_DEPTH = 100;
/** Fields of one object, where nobody says otherwise: requests and configurations have twenty. */
export const MOST_FIELDS = 10_000;

interface Fault {
  readonly says: string;
  readonly at: number;
}

export interface JsonBounds {
  /** Fields that one object may have. */
  readonly mostFields?: number;
}

const BLANK = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** What is too much about a text, JSON or not. One pass that keeps a number for each level it is in. */
function beyondBounds(text: string, mostFields: number): Fault | undefined {
  const fields: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (at < 0) return undefined;
    } else if (code === OPEN || code === OPEN_LIST) {
      if (fields.push(0) > MOST_DEPTH) return { says: `is nested more than ${MOST_DEPTH} levels deep`, at };
    } else if (code === CLOSE || code === CLOSE_LIST) {
      fields.pop();
    } else if (code === COLON) {
      const count = (fields.pop() ?? 0) + 1;
      if (count > mostFields) return { says: `has an object of more than ${mostFields} fields`, at };
      fields.push(count);
    }
  }
  return undefined;
}

/** What is wrong with the first field that no object may have. @param text well-formed JSON */
function faultyName(text: string): Fault | undefined {
  const objects: Names[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === OPEN) objects.push(undefined);
    else if (code === CLOSE) objects.pop();
    else if (code === QUOTE) {
      const end = endOfString(text, at);
      if (isFollowedByColon(text, end)) {
        const name = nameIn(text.slice(at, end + 1));
        const names = objects.pop();
        if (typeof names === 'string' ? names === name : names?.has(name))
          return { says: `names the field ${quoted(name)} twice`, at };
        if (name === '__proto__') return { says: 'has a field "__proto__"', at };
        objects.push(withName(names, name));
      }
      at = end;
    }
  }
  return undefined;
}

function withName(names: Names, name: string): Names {
  if (names === undefined) return name;
  return typeof names === 'string' ? new Set([names, name]) : names.add(name);
}

/** Index of the quote that ends a string; -1 where none does, which well-formed JSON has not. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    if (end < 0) return end;
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
}

function isFollowedByColon(text: string, end: number): boolean {
  let at = end + 1;
  // Well-formed JSON has nothing below 0x21 between its tokens but blanks.
  while (text.charCodeAt(at) <= BLANK) at += 1;
  return text.charCodeAt(at) === COLON;
}

function nameIn(quotedName: string): string {
  return quotedName.includes('\\') ? (JSON.parse(quotedName) as string) : quotedName.slice(1, -1);
}
