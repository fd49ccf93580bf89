// A list of members as people write it: a JSON array of strings, the same under "machines", or plain lines
// with "#" comments. Read by the file source and by the HTTP format `list`. What is served or stored as text
// need not be one: a line that looks like a piece of something else is no member.

import { counted } from '../../../core/text/counted.ts';
import { type Collector, shownName } from '../../found.ts';
import { SourceError } from '../../source.ts';
import { boundEntries, type Format, type FormatReading, parseJson } from '../format.ts';
import { fieldOfPart } from '../paged.ts';

export interface ListReading extends FormatReading {
  /** Whether the transport vouches for the end of the text. */
  readonly whole: boolean;
}

/**
 * A list as text. `auto` takes it for JSON when it begins like a JSON list or object, whatever it is called: as
 * lines it would be one machine named `["web-1","web-2"]`.
 * @returns the proof of completeness, in words
 * @throws {SourceError} `malformed` when it is no list
 */
export function readList(text: string, format: 'auto' | 'json' | 'lines', reading: ListReading): string {
  const json = format === 'json' || (format === 'auto' && looksLikeJson(text));
  // An empty text is no JSON either, but the lines reader has the better word for it.
  return json && text !== ''
    ? readJsonList(parseJson(text, reading.source), reading)
    : readLines(text, reading);
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/** `[…]` or `{ "machines": […] }`. An entry that is not a string is named and leaves the read incomplete. */
function readJsonList(body: unknown, { source, into }: FormatReading): string {
  const entries = Array.isArray(body) ? body : machinesOf(body);
  if (entries === undefined) {
    throw new SourceError('malformed', source, 'neither a JSON array nor an object with an array "machines"');
  }
  boundEntries(entries.length, source);
  const part = entries === body ? undefined : fieldOfPart(body as object, entries.length);
  if (part !== undefined)
    into.doubt(`the list may be a part: the field ${shownName(part)} beside it says so`);
  const add = distinct(into);
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== 'string') into.unclear(`[${index}]`, 'not a string');
    else if (NO_VALUE.test(entry)) into.unclear(`[${index}]`, IS_NO_VALUE, entry);
    else add(`[${index}]`, entry);
  }
  return `${entries.length} entries`;
}

/**
 * One member a line. A "#" at the start of a line or after a blank begins a comment. Unless the transport
 * vouches for the whole text, a last line without a line break may have lost its end (10.0.0.1 of 10.0.0.12)
 * or what followed it, so it is left out and leaves the read incomplete. A text of no bytes at all says
 * nothing; "no machines" has to be said with a comment or a blank line.
 */
function readLines(text: string, { source, into, whole }: ListReading): string {
  if (/^\s*</.test(text)) {
    throw new SourceError('malformed', source, 'begins with "<", as HTML and XML do, and no list does');
  }
  if (text === '') {
    into.doubt(
      'the list is empty (0 bytes), which looks unfinished; if no machine is meant, put a comment line into it',
    );
    return 'nothing';
  }
  boundEntries(lineEnds(text), source);
  const lines = text.split(/\r\n|\n|\r/);
  const cut = whole || lines.at(-1)?.trim() === '' ? '' : (lines.pop() ?? '');
  const add = distinct(into);
  for (const [index, line] of lines.entries()) {
    const value = memberOf(line);
    if (value === '') continue;
    const fault = faultOf(value);
    if (fault === undefined) add(`line ${index + 1}`, value);
    else into.unclear(`line ${index + 1}`, fault, value);
  }
  const entries = into.found().machines.length;
  if (cut !== '') {
    into.unclear(`line ${lines.length + 1}`, 'no line break after it, so it may be cut off', memberOf(cut));
  }
  return `${counted(entries, 'entry', 'entries')} in ${counted(lines.length, 'line')}`;
}

/** Line breaks, counted without making anything of the lines. */
function lineEnds(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) count += 1;
  }
  return count;
}

function memberOf(line: string): string {
  const comment = line.search(/(?:^|\s)#/);
  return (comment < 0 ? line : line.slice(0, comment)).trim();
}

/** Punctuation of other formats, in which an id never stands alone: `"a",`, `a;b`, `key:`, `<p>`, `| a |`. */
const PUNCTUATION = /["`[\]{}<>,;|]|^'|'$|[^:]:$/;
/** What programs print where they have no value: jq, the AWS CLI, templates. */
const NO_VALUE = /^(?:null|none|nil|undefined|nan|true|false)$/i;
const IS_NO_VALUE = 'stands for "no value" in other programs';

/**
 * Why a line is no member; undefined when it may be one. Ids are free text for the service, but a line does not
 * tell an id with blanks from a sentence (`Access denied`), a YAML entry or a row of a table; a JSON list does.
 */
function faultOf(value: string): string | undefined {
  if (/\s/.test(value))
    return 'a blank inside, as in a message or a table (ids with blanks need a JSON list)';
  if (PUNCTUATION.test(value) || !/[\p{L}\p{N}]/u.test(value))
    return 'looks like a piece of JSON, YAML, CSV or HTML';
  return NO_VALUE.test(value) ? IS_NO_VALUE : undefined;
}

const list: Format = {
  mediaTypes: ['application/json', 'text/plain'],
  read: ([page], reading) => {
    if (!page.plain) return readJsonList(page.body, reading);
    const text = String(page.body);
    // A JSON list that was cut does not parse.
    if (!page.framed && !looksLikeJson(text))
      reading.into.doubt('the answer has no length, so a cut list would look whole');
    return readList(text, 'auto', { ...reading, whole: page.framed });
  },
};

/** Adds what is not there yet; a repeated line is no second machine with the same address. */
export function distinct(into: Collector): (id: string, value: string) => void {
  const first = new Map<string, string>();
  return (id, value) => {
    const before = first.get(value);
    if (before !== undefined) {
      into.skip(id, `repeats ${before}`, value);
      return;
    }
    first.set(value, id);
    into.machine(id, value);
  };
}

function machinesOf(body: unknown): readonly unknown[] | undefined {
  if (typeof body !== 'object' || body === null || !('machines' in body)) return undefined;
  return Array.isArray(body.machines) ? body.machines : undefined;
}

/** Its texts are the members, whatever the group is made of. */
export const open = (): Format => list;
