// Answers that are one page of several, in a format that has none: the others are not asked for, so what is here may add
// and does not remove.

import type { Collector } from '../found.ts';
import type { Format, Page } from './format.ts';

/** A link to the next page (RFC 8288, section 3.3). */
const NEXT_LINK = /;\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)/i;

/** Doubts an answer whose headers name a next page, unless the format follows pages itself. */
export function doubtNextPage(
  [{ header }]: readonly [Page, ...Page[]],
  format: Format,
  into: Collector,
): void {
  if (format.next !== undefined) return;
  // GitLab's header is empty on the last page.
  const name = NEXT_LINK.test(header('link') ?? '')
    ? 'Link'
    : header('x-next-page')
      ? 'X-Next-Page'
      : undefined;
  if (name !== undefined)
    into.doubt(`the answer is one page of several: its header ${name} names the next one`);
}

/** Names by which APIs say that they sent a part, in lower case and without punctuation. */
const SAYS_PART =
  /^(?:(?:odata)?next(?:page|token|cursor|link|url|uri|href|marker|offset)*|hasmore|hasnext(?:page)?|more|(?:is)?truncated|partial|incomplete|continue|continuation(?:token)?|errors?)$/;
const SAYS_TOTAL = /^(?:total|count|total(?:count|items|results|records|machines))$/;

/**
 * The field beside a list, or in an object beside it, that says that the list is a part; undefined where none does.
 * @param count entries of the list
 */
export function fieldOfPart(document: object, count: number): string | undefined {
  for (const [name, value] of Object.entries(document)) {
    if (saysPart(name, value, count)) return name;
    if (!isFields(value)) continue;
    const inner = Object.entries(value).find(([name, value]) => saysPart(name, value, count));
    if (inner !== undefined) return `${name}.${inner[0]}`;
  }
  return undefined;
}

function saysPart(name: string, value: unknown, count: number): boolean {
  const plain = name.replace(/[^a-z]/gi, '').toLowerCase();
  if (SAYS_TOTAL.test(plain)) return typeof value === 'number' && value > count;
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return SAYS_PART.test(plain) && Boolean(value) && !isEmpty;
}

function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
