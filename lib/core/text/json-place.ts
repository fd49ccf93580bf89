// Where in a JSON text a part of its value stands, for a person with an editor.
import { type Place, placeAt } from './json-fault.ts';

/**
 * Where the part stands that a path leads to: its name, or its value in a list. Where the path leads on to nothing, as
 * for a field that is missing, it is the last part that is there.
 * @param text valid JSON
 */
export function placeOf(text: string, path: readonly (string | number)[]): Place {
  let place = skip(BLANKS, text, 0);
  let value = place;
  for (const part of path) {
    const found = childAt(text, value, part);
    if (!found) break;
    ({ place, value } = found);
  }
  return placeAt(text, place);
}

/** The path at the beginning of a line that `describeIssues` made: `groups[0].tags["a b"]: …`. */
export function pathIn(line: string): (string | number)[] {
  const path: (string | number)[] = [];
  let at = 0;
  for (;;) {
    PART.lastIndex = at;
    const [part, name, index, quoted] = PART.exec(line) ?? [];
    if (part === undefined || part === '') return path;
    at = PART.lastIndex;
    if (quoted !== undefined) path.push(JSON.parse(quoted) as string);
    else path.push(index === undefined ? (name as string) : Number(index));
  }
}

const PART = /\.?([$A-Za-z_][\w$-]{0,63})|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]|/y;
const BLANKS = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[^\s,\]}]*/y;

interface Child {
  readonly place: number;
  readonly value: number;
}

function childAt(text: string, start: number, part: string | number): Child | undefined {
  const isObject = text[start] === '{';
  if (!isObject && text[start] !== '[') return undefined;
  let at = skip(BLANKS, text, start + 1);
  for (let index = 0; text[at] !== '}' && text[at] !== ']' && at < text.length; index += 1) {
    const place = at;
    let name: string | number = index;
    if (isObject) {
      const end = skip(STRING, text, at);
      name = JSON.parse(text.slice(at, end)) as string;
      at = skip(BLANKS, text, skip(BLANKS, text, end) + 1);
    }
    if (name === part) return { place, value: at };
    at = skip(BLANKS, text, endOfValue(text, at));
    if (text[at] === ',') at = skip(BLANKS, text, at + 1);
  }
  return undefined;
}

function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const sign = text[at] as string;
    if (sign === '"') at = skip(STRING, text, at);
    else if (sign === '{' || sign === '[') at += 1;
    else if (sign === '}' || sign === ']' || sign === ',' || sign === ':') at += 1;
    else at = skip(SCALAR, text, at);
    if (sign === '{' || sign === '[') depth += 1;
    if (sign === '}' || sign === ']') depth -= 1;
    if (depth === 0) return at;
    at = skip(BLANKS, text, at);
  }
  return text.length;
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
