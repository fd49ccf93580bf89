// An inventory served over HTTP: one GET, or all pages of one, within a time and a size. Anything that is
// not the whole answer in the expected format is an error; there is no conditional request, since nothing
// is kept between runs that a 304 could stand for.

import { setTimeout as wait } from 'node:timers/promises';
import { SecretNotBound } from '../../../core/config/secret-binding.ts';
import type { IdentifyType } from '../../../core/group/machine-group.ts';
import type { ReadProblem } from '../../../core/reading/read-error.ts';
import { canonicalJson } from '../../../core/text/digest.ts';
import { redact, reveals } from '../../../core/text/redact.ts';
import { secretValue } from '../../../core/text/secret-text.ts';
import { checkUrl, EgressError, type Resolve } from '../../egress.ts';
import { type Format, type Page, parseJson } from '../../formats/format.ts';
import { doubtAge } from '../../formats/freshness.ts';
import { openFormat } from '../../formats/open.ts';
import { doubtNextPage } from '../../formats/paged.ts';
import { collector, snapshotOf } from '../../found.ts';
import { openReadings, type Readings } from '../../readings.ts';
import { reworded, type Source, SourceError, sourceErrorOf } from '../../source.ts';
import { type Answer, type Getter, openAgents, openGetter, shownPlain, shownUrl } from './get.ts';
import { documentKeys } from './keys.ts';
import { pauseUntil } from './pause.ts';
import type { HttpSource } from './settings.ts';

export interface HttpDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Text of a secret by its id, for a header of requests to the origin of a URL and nowhere else.
   * @throws SecretNotBound for an origin that may not get it
   */
  readonly secret: (secretId: string, url: string) => Promise<string>;
  readonly resolve: Resolve;
  /** Waits so many milliseconds, or until the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** What is read once for all groups of a run; by itself where absent. */
  readonly readings?: Readings;
}

/** All pages of one URL, and what may not be told of them. */
interface Document {
  readonly pages: readonly [Page, ...Page[]];
  /** When the read began, in milliseconds since the epoch. */
  readonly takenAt: number;
  readonly secret: string;
}

export function open(settings: HttpSource, label: string, identify: IdentifyType, deps: HttpDeps): Source {
  const readings = deps.readings ?? openReadings([{ settings, label, identify }]);
  return {
    label,
    snapshot: async (signal) => {
      const [key = ''] = documentKeys(settings);
      const uses = readings.asked('http', documentKeys).get(key)?.length ?? 1;
      try {
        const format = await openFormat(settings, identify);
        const begin = (given: AbortSignal) =>
          readDocument(settings, format, label, { ...deps, readings }, given);
        const { pages, takenAt, secret } = await readings.share(key, uses, begin, signal);
        const into = collector(label);
        try {
          doubtAge(pages, format, settings.maxAgeSeconds, into);
          doubtNextPage(pages, format, into);
          const proof = format.read(pages, { source: label, into });
          const revision =
            format.revision?.(pages[0]) ?? (pages.length === 1 ? pages[0].header('etag') : undefined);
          return snapshotOf(into.found(), { source: label, takenAt, proof, revision, readings: [key] });
        } catch (cause) {
          throw cause instanceof SourceError ? withoutSecret(cause, secret) : cause;
        }
      } catch (cause) {
        throw sourceErrorOf(label, cause);
      }
    },
  };
}

/** @throws SourceError */
async function readDocument(
  settings: HttpSource,
  format: Format,
  label: string,
  deps: HttpDeps & { readonly readings: Readings },
  signal: AbortSignal,
): Promise<Document> {
  const { now, resolve, readings, sleep = (ms, until) => wait(ms, undefined, { signal: until }) } = deps;
  const { timeoutMs, maxBytes, allowHttp, allowLoopback } = settings;
  const takenAt = now();
  const timeout = AbortSignal.timeout(timeoutMs);
  const until = AbortSignal.any([signal, timeout]);
  let secret = '';
  try {
    secret = await secretOf(settings, label, deps);
    const headers = headersOf(settings, format, secret);
    const pause = pauseUntil({ due: takenAt + timeoutMs, now, sleep: (ms) => sleep(ms, until) });
    const pages = await readings.using(
      canonicalJson(['http connections', allowHttp, allowLoopback]),
      openAgents,
      (agents) => {
        const policy = settings;
        const limits = { source: label, headers, maxBytes, policy, resolve, signal: until, pause };
        const getter = openGetter({ ...limits, agents });
        return readPages(settings, format, label, withoutEcho(getter, secret, label));
      },
    );
    return { pages, takenAt, secret };
  } catch (cause) {
    if (cause instanceof SourceError) throw withoutSecret(cause, secret);
    if (timeout.aborted)
      throw new SourceError('timeout', label, `no whole answer in ${timeoutMs} ms`, { cause });
    if (signal.aborted) throw new SourceError('aborted', label, 'given up', { cause });
    if (cause instanceof EgressError) throw new SourceError('egress', label, cause.message, { cause });
    throw new SourceError('unreachable', label, reasonOf(cause, URL.parse(settings.url)?.host), {
      cause,
    });
  }
}

/** The text of the header's secret; empty where there is no header. */
async function secretOf({ header, url }: HttpSource, label: string, { secret }: HttpDeps): Promise<string> {
  if (header === undefined) return '';
  const text = await secret(header.secretId, url).catch((cause) => {
    if (cause instanceof SecretNotBound)
      throw new SourceError('forbidden', label, `header.secretId: ${cause.message}`, { cause });
    throw new SourceError('failed', label, 'the secret for the header could not be read', { cause });
  });
  const reading = secretValue(text, header.secretKey);
  if (!reading.ok) throw new SourceError('failed', label, reading.says);
  // A line break in a header ends it; the platform would refuse it too, quoting the header's name only.
  if (!/^[\t\x20-\x7e]+$/.test(reading.value) || !/^[\t\x20-\x7e]*$/.test(header.prefix ?? ''))
    throw new SourceError('failed', label, 'the secret does not fit into a header');
  return reading.value;
}

function headersOf({ header }: HttpSource, format: Format, secret: string): Record<string, string> {
  const headers = { accept: format.mediaTypes.join(', '), 'user-agent': 'sls-machine-groups' };
  return header === undefined
    ? headers
    : { ...headers, [header.name.toLowerCase()]: `${header.prefix ?? ''}${secret}` };
}

/** Characters from which a secret in an answer is no accident. */
const LEAST_ECHO = 16;

/** A server that answers with the request is no inventory, and what it says would end up in reports. */
function withoutEcho(getter: Getter, secret: string, label: string): Pick<Getter, 'get'> {
  if (secret.length < LEAST_ECHO) return getter;
  return {
    async get(url) {
      const answer = await getter.get(url);
      if (!reveals(`${answer.text} ${answer.header('etag')}`, secret)) return answer;
      throw new SourceError(
        'malformed',
        label,
        `${answer.from}: the answer repeats the secret it was asked with`,
      );
    },
  };
}

/** Messages name what the server chose: a media type, where it redirects to. */
function withoutSecret(error: SourceError, secret: string): SourceError {
  return reworded(error, error.source, redact(error.says, [secret]));
}

async function readPages(
  settings: HttpSource,
  format: Format,
  label: string,
  getter: Pick<Getter, 'get'>,
): Promise<[Page, ...Page[]]> {
  const url = checkUrl(settings.url, settings);
  format.prepare?.(url);
  const asked = new URL(url);
  const first = pageOf(await getter.get(url), format, label);
  const pages: [Page, ...Page[]] = [first];
  const seen = new Set([url.search]);
  for (let query = format.next?.(first.body, asked); query !== undefined; ) {
    if (seen.has(query))
      throw new SourceError('malformed', label, `${shownUrl(url)}: a page names itself as the next`);
    seen.add(query);
    url.search = query;
    const page = pageOf(await getter.get(url), format, label);
    pages.push(page);
    query = format.next?.(page.body, asked);
  }
  return pages;
}

const WEB_PAGE = ['text/html', 'application/xhtml+xml'];

function pageOf({ from, text, mediaType, header, framed }: Answer, format: Format, label: string): Page {
  const given = mediaType.replace(/^application\/[\w.-]+\+json$/, 'application/json');
  const wrong = (code: ReadProblem, what: string) => new SourceError(code, label, `${from}: ${what}`);
  if (!format.mediaTypes.includes(given)) {
    const shown = mediaType === '' ? 'no media type' : shownPlain(mediaType);
    const kind = WEB_PAGE.includes(mediaType) ? `a web page (${shown}), such as a sign-in,` : shown;
    throw wrong('content-type', `${kind} instead of ${format.mediaTypes.join(' or ')}`);
  }
  if (given !== 'application/json') return { body: text, plain: true, header, framed };
  if (text.trim() === '') throw wrong('malformed', 'no content, where an empty list would say "no machines"');
  if (/^\s*</.test(text)) throw wrong('malformed', 'a web page or XML that calls itself JSON');
  return { body: parseJson(text, label), plain: false, header, framed };
}

/** Node puts what happened into `code`; several attempts at one name come as an AggregateError without words. */
function reasonOf(cause: unknown, host = 'an address that is none'): string {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string') return typeof message === 'string' ? message : 'failed';
  if (/^HPE_/.test(code)) return `what answers at ${host} does not speak HTTP as it should (${code})`;
  return /^(?:EPROTO|ERR_SSL_.*)$/.test(code)
    ? `what answers at ${host} does not speak TLS as it should (${code})`
    : `${code} at ${host}`;
}
