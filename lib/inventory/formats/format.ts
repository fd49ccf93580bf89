// What the HTTP source asks of a format: which media types it takes, how to page, how to read the pages.
// Formats are pure: pages in, machines and doubts into the collector, the proof of completeness out.

import type { IdentifyType } from '../../core/machine-group.ts';
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
  /** Query of the next page, with its "?"; undefined on the last. */
  next?(body: unknown): string | undefined;
  /** Version of the data, where the format has its own; otherwise the ETag is taken. */
  revision?(page: Page): string | undefined;
  /**
   * Reads all pages at once.
   * @returns the proof of completeness, in words
   * @throws {SourceError} `malformed` when the envelope is not this format, `count` when totals disagree
   */
  read(pages: readonly [Page, ...Page[]], reading: FormatReading): string;
}

/** Entries of one list of an inventory: three times what fits into the body that writes a group. */
export const ENTRIES_MAX = 1_000_000;

/** @throws {SourceError} `too-large`, before an entry has been looked at */
export function boundEntries(count: number, source: string): void {
  if (count <= ENTRIES_MAX) return;
  throw new SourceError('too-large', source, `a list of ${count} entries, at most ${ENTRIES_MAX} are read`);
}

export const JSON_ONLY = ['application/json'] as const;

/** What of a record becomes the member: its address, its name, or the text of one of its fields. */
export type MemberChoice = 'address' | 'name' | { readonly field: string };

export function memberChoice(
  identify: IdentifyType,
  id: Exclude<MemberChoice, 'address'> | undefined,
): MemberChoice {
  return identify === 'ip' ? 'address' : (id ?? 'name');
}

/** The member under a choice other than the address; undefined when the record has no such text. */
export function namedMember(
  choice: Exclude<MemberChoice, 'address'>,
  name: string | null | undefined,
  fields: Readonly<Record<string, unknown>> | null | undefined,
): string | undefined {
  const value =
    choice === 'name'
      ? name
      : fields && Object.hasOwn(fields, choice.field)
        ? fields[choice.field]
        : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Why a record has no member under a choice other than the address. */
export function withoutMember(choice: Exclude<MemberChoice, 'address'>): string {
  return choice === 'name' ? 'no name' : `no text in the field ${shownName(choice.field)}`;
}
