// An inventory served over HTTP: one GET, or all pages of one, within a time and a size. Anything that is
// not the whole answer in the expected format is an error; there is no conditional request, since nothing
// is kept between runs that a 304 could stand for.

import { SecretNotBound } from '../../../core/config/secret-binding.ts';
import type { IdentifyType } from '../../../core/group/machine-group.ts';
import type { ReadProblem } from '../../../core/reading/read-error.ts';
import { redact, reveals } from '../../../core/text/redact.ts';
import { secretValue } from '../../../core/text/secret-text.ts';
import { checkUrl, EgressError, type Resolve } from '../../egress.ts';
import { type Format, type Page, parseJson } from '../../formats/format.ts';
import { doubtAge } from '../../formats/freshness.ts';
import { openFormat } from '../../formats/open.ts';
import { doubtNextPage } from '../../formats/paged.ts';
import { collector, snapshotOf } from '../../found.ts';
import { type Source, SourceError } from '../../source.ts';
import { type Answer, type Getter, openGetter, shownPlain, shownUrl } from './get.ts';
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
}

export function open(settings: HttpSource, label: string, identify: IdentifyType, deps: HttpDeps): Source {
  return {
    label,
    snapshot: async (signal) => {
      const takenAt = deps.now();
      const timeout = AbortSignal.timeout(settings.timeoutMs);
      let secret = '';
      try {
        const format = await openFormat(settings, identify);
        secret = await secretOf(settings, label, deps);
        const getter = openGetter({
          source: label,
          headers: headersOf(settings, format, secret),
          maxBytes: settings.maxBytes,
          policy: settings,
          resolve: deps.resolve,
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        });
        const pages = await readPages(settings, format, label, withoutEcho(getter, secret, label)).finally(
          getter.close,
        );
        const into = collector(label);
        doubtAge(pages, format, settings.maxAgeSeconds, into);
        doubtNextPage(pages, format, into);
        const proof = format.read(pages, { source: label, into });
        const revision =
          format.revision?.(pages[0]) ?? (pages.length === 1 ? pages[0].header('etag') : undefined);
        return snapshotOf(into.found(), { source: label, takenAt, proof, revision });
      } catch (cause) {
        if (cause instanceof SourceError) throw withoutSecret(cause, secret);
        if (timeout.aborted) {
          throw new SourceError('timeout', label, `no whole answer in ${settings.timeoutMs} ms`, { cause });
        }
        if (signal?.aborted) throw new SourceError('aborted', label, 'given up', { cause });
        if (cause instanceof EgressError) throw new SourceError('egress', label, cause.message, { cause });
        throw new SourceError('unreachable', label, reasonOf(cause), { cause });
      }
    },
  };
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
  const { code, source, message, cause, status, requestId } = error;
  const shown = redact(message.slice(`${source}: `.length), [secret]);
  return new SourceError(code, source, shown, { cause, status, requestId });
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
function reasonOf(cause: unknown): string {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string') return typeof message === 'string' ? message : 'failed';
  if (/^HPE_/.test(code)) return `what answers does not speak HTTP as it should (${code})`;
  return /^(?:EPROTO|ERR_SSL_.*)$/.test(code)
    ? `what answers does not speak TLS as it should (${code})`
    : code;
}
