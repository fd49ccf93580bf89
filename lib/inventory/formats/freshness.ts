// How old an answer may be. A cache on the way, or a server that answers from a copy, says so in headers. An older
// answer may lack machines that have come since, so it may add and does not remove. One rule for all formats.

import type { Collector } from '../found.ts';
import type { Format, Page } from './format.ts';

/** Responses that are stale, or that could not be checked (RFC 7234, section 5.5). */
const STALE_WARNING = /(?:^|,)\s*11[0-3]\b/;
/** Where caches say what they did: Varnish, Squid and CloudFront, nginx, Cloudflare, RFC 9211. */
const OF_CACHES = ['x-cache', 'x-cache-status', 'x-proxy-cache', 'cf-cache-status', 'cache-status'];
/** `HIT`, `Hit from cloudfront`, `TCP_MEM_HIT from …`, `STALE`; not `fwd=stale`, which is an answer of the server. */
const FROM_CACHE = /(?:^|[^a-z=])(?:hit|stale|updating)\b/i;

/** @param maxAgeSeconds greatest age of an answer that counts as current */
export function doubtAge(
  pages: readonly Page[],
  format: Format,
  maxAgeSeconds: number,
  into: Collector,
): void {
  const reason = pages
    .map((page) => reasonToDoubt(page, format.behind?.(page), maxAgeSeconds))
    .find((found) => found !== undefined);
  if (reason !== undefined) into.doubt(reason);
}

function reasonToDoubt({ header }: Page, behind: number | undefined, most: number): string | undefined {
  const age = secondsIn(header('age'));
  if (age === undefined && OF_CACHES.some((name) => FROM_CACHE.test(header(name) ?? ''))) {
    return 'the answer comes from a cache that does not tell its Age';
  }
  if (Number.isNaN(age) || Number.isNaN(behind))
    return 'the answer tells its age in a form that is not known';
  if (age !== undefined && age > most) {
    return `the answer lay ${age} s in a cache, and maxAgeSeconds is ${most}`;
  }
  if (behind !== undefined && behind > most) {
    return `the server is ${Math.ceil(behind)} s behind, and maxAgeSeconds is ${most}`;
  }
  return STALE_WARNING.test(header('warning') ?? '') ? 'a cache warns that its answer is stale' : undefined;
}

/** A number of seconds in a header; NaN where it is none. */
export function secondsIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
}
