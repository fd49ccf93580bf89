// A list of members as people write it: a JSON array of strings, the same under "machines", or plain lines
// with "#" comments. Read by the file source and by the HTTP format `list`.

import { readJson } from '../../core/json.ts';
import type { Collector } from '../found.ts';
import { SourceError } from '../source.ts';
import { boundEntries, type Format } from './format.ts';

/** `[…]` or `{ "machines": […] }`. An entry that is not a string is named and leaves the read incomplete. */
export function readJsonList(body: unknown, source: string, into: Collector): string {
  const entries = Array.isArray(body) ? body : machinesOf(body);
  if (entries === undefined) {
    throw new SourceError('malformed', source, 'neither a JSON array nor an object with an array "machines"');
  }
  boundEntries(entries.length, source);
  const add = distinct(into);
  for (const [index, entry] of entries.entries()) {
    if (typeof entry === 'string') add(`[${index}]`, entry);
    else into.unclear(`[${index}]`, 'not a string');
  }
  return `${entries.length} entries`;
}

/**
 * One member a line. A "#" at the start of a line or after a blank begins a comment. Unless the transport
 * vouches for the whole text, a last line without a line break may have lost its end (10.0.0.1 of 10.0.0.12)
 * or what followed it, so it is left out and leaves the read incomplete. A text of no bytes at all says
 * nothing; "no machines" has to be said with a comment or a blank line.
 */
export function readLines(text: string, source: string, into: Collector, whole: boolean): string {
  if (text === '') {
    into.doubt('the list has not one byte, as a file before it is written; a comment line would say "none"');
    return 'nothing';
  }
  boundEntries(lineEnds(text), source);
  const lines = text.split(/\r\n|\n|\r/);
  const cut = whole || lines.at(-1)?.trim() === '' ? '' : (lines.pop() ?? '');
  const add = distinct(into);
  for (const [index, line] of lines.entries()) {
    const value = memberOf(line);
    if (value !== '') add(`line ${index + 1}`, value);
  }
  const entries = into.found().machines.length;
  if (cut !== '') {
    into.unclear(`line ${lines.length + 1}`, 'no line break after it, so it may be cut off', memberOf(cut));
  }
  return `${entries} entries in ${lines.length} lines`;
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

/** An object of an inventory may have a field for each machine. @throws {SourceError} `malformed` */
export function parseJson(text: string, source: string): unknown {
  const reading = readJson(text, { mostFields: Number.POSITIVE_INFINITY });
  if (reading.ok) return reading.value;
  throw new SourceError(
    'malformed',
    source,
    `not valid JSON of ${text.length} characters: it ${reading.says}`,
  );
}

export const list: Format = {
  mediaTypes: ['application/json', 'text/plain'],
  read: ([page], { source, into }) => {
    if (!page.plain) return readJsonList(page.body, source, into);
    if (!page.framed) into.doubt('the answer has no length, so a cut list would look whole');
    return readLines(String(page.body), source, into, page.framed);
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
