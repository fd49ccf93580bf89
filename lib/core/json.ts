// JSON from outside. A text that names a field of one object twice is refused: parsers differ in which of the two
// they take (RFC 8259, section 4), so that what one system checks would not be what another one does. So is a field
// "__proto__", which schemas pass over without a word: a filter of that name would be no filter.

import { quoted } from './issues.ts';

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  /**
   * `says` what is wrong and quotes nothing but a field's name: a text may hold a secret. `at` is the index of the
   * field that is one too many; without it, the text does not parse.
   */
  | { readonly ok: false; readonly says: string; readonly at?: number };

export function readJson(text: string): JsonReading {
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

/** Names that objects have had so far: most have few, and a text can open a million of them. */
type Names = undefined | string | Set<string>;

const BLANK = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** What is wrong with the first field that no object may have. @param text well-formed JSON */
function faultyName(text: string): { readonly says: string; readonly at: number } | undefined {
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

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
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
