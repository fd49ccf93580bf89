// What the HTTP source asks of a format: which media types it takes, how to page, how to read the pages.
// Formats are pure: pages in, machines and doubts into the collector, the proof of completeness out.

import type { IdentifyType } from '../../core/group/machine-group.ts';
import { readJson } from '../../core/text/json.ts';
import { type Collector, shownName } from '../found.ts';
import { SourceError } from '../source.ts';

export interface Page {
  /** Parsed JSON, or the text where the answer is `plain`. */
  readonly body: unknown;
  /** Whether the media type was `text/plain`. */
  readonly plain: boolean;
  /** A response header, by its lower-case name. */
  header(name: string): string | undefined;
  /** Whether the protocol marked the end of the body; without that a cut text looks whole. */
  readonly framed: boolean;
}

/** Where a document comes from. */
export interface Asked {
  /** `https://`, `s3://` or `file://`. */
  readonly url: string;
  /** The header with a secret that a request carries: what goes before the secret. */
  readonly header?: { readonly name: string; readonly prefix?: string };
}

/** A format made for one source: which member it takes, its settings where the source has any, whence it reads. */
export type OpenFormat<Settings> = (
  member: MemberChoice,
  settings: Settings | undefined,
  asked: Asked,
) => Format;

export interface FormatReading {
  /** Label of the source, for errors. */
  readonly source: string;
  readonly into: Collector;
}

export interface Format {
  /** Accepted media types, the preferred one first. */
  readonly mediaTypes: readonly string[];
  /** Parameters the first request needs, where the URL does not have them. */
  prepare?(url: URL): void;
  /** Query of the next page, with its "?"; undefined on the last. `first` is the URL of the first page. */
  next?(body: unknown, first: URL): string | undefined;
  /** Version of the data, where the format has its own; otherwise the ETag is taken. */
  revision?(page: Page): string | undefined;
  /** Seconds by which the server itself is behind, where the format tells; NaN where it cannot be read. */
  behind?(page: Page): number | undefined;
  /**
   * Reads all pages at once.
   * @returns the proof of completeness, in words
   * @throws {SourceError} `malformed` when the envelope is not this format, `count` when totals disagree
   */
  read(pages: readonly [Page, ...Page[]], reading: FormatReading): string;
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

/** Entries of one list of an inventory: three times what fits into the body that writes a group. */
export const ENTRIES_MAX = 1_000_000;

/** @throws {SourceError} `too-large`, before an entry has been looked at */
export function boundEntries(count: number, source: string): void {
  if (count <= ENTRIES_MAX) return;
  throw new SourceError('too-large', source, `a list of ${count} entries, at most ${ENTRIES_MAX} are read`);
}

export const JSON_ONLY = ['application/json'] as const;

/** What of a record becomes the member: its address, its name, or one of its fields. */
export type MemberChoice = 'address' | 'name' | { readonly field: string };

export function memberChoice(
  identify: IdentifyType,
  id: Exclude<MemberChoice, 'address'> | undefined,
): MemberChoice {
  return identify === 'ip' ? 'address' : (id ?? 'name');
}

/** The member under a choice other than the address; undefined when the record has none that can be told. */
export function namedMember(
  choice: Exclude<MemberChoice, 'address'>,
  name: string | null | undefined,
  fields: Readonly<Record<string, unknown>> | null | undefined,
): string | undefined {
  return asId(choice === 'name' ? name : ownField(fields, choice.field));
}

/** A text that is not empty, or a whole number, as an id. Other numbers have lost digits when they arrive here. */
export function asId(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A field of the record's own: no document has a "constructor" that it does not write. */
export function ownField(
  fields: Readonly<Record<string, unknown>> | null | undefined,
  name: string,
): unknown {
  return fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Why a record has no member under a choice other than the address. */
export function withoutMember(choice: Exclude<MemberChoice, 'address'>): string {
  return choice === 'name' ? 'no name' : `no text in the field ${shownName(choice.field)}`;
}
