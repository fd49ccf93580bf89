// One GET, followed to its end: redirects within the same origin, a limit on bytes, the body as text that is
// known to be whole. Connections go to checked addresses only (egress.ts).

import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { EgressPolicy } from '../../../core/address/forbidden.ts';
import { shapeOf } from '../../../core/text/issues.ts';
import { checkUrl, guardedLookup, type Resolve } from '../../egress.ts';
import { SourceError } from '../../source.ts';

const MOST_REDIRECTS = 3;

export interface Answer {
  /** Where the answer came from, as errors show it: redirects included. */
  readonly from: string;
  readonly text: string;
  /** Media type, lower case, without parameters; empty where there is none. */
  readonly mediaType: string;
  header(name: string): string | undefined;
  /** Whether the protocol marked the end of the body. */
  readonly framed: boolean;
}

/** Connections kept for a next page, and for other readings of the same run. */
export interface Agents {
  readonly 'http:': http.Agent;
  readonly 'https:': https.Agent;
  close(): void;
}

export function openAgents(): Agents {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  return { ...agents, close: () => Object.values(agents).forEach((agent) => void agent.destroy()) };
}

export interface GetOptions {
  /** Label of the source, for errors. */
  readonly source: string;
  /** Of the same policy and resolver: a connection that is there is not checked again. */
  readonly agents: Agents;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes that all answers together may have. */
  readonly maxBytes: number;
  readonly policy: EgressPolicy;
  readonly resolve: Resolve;
  readonly signal: AbortSignal;
  /**
   * Waits as long as a server that is busy asks for (RFC 9110, section 10.2.3).
   * @param retryAfter the header
   * @returns false, at once, where it says nothing or the reading has no time for it
   */
  readonly pause: (retryAfter: string | undefined) => Promise<boolean>;
}

export interface Getter {
  /** @throws {SourceError | EgressError} or what the platform throws for a broken connection */
  get(url: URL): Promise<Answer>;
}

export function openGetter(options: GetOptions): Getter {
  const { source, agents, headers, maxBytes, policy, resolve, signal, pause } = options;
  const lookup = guardedLookup(resolve, policy);
  let bytesLeft = maxBytes;

  /** An answer that is not "come back later", or the last one for which there is time. */
  async function sendPatiently(url: URL): Promise<Received> {
    for (;;) {
      const received = await send(url, { agents, lookup, headers, signal });
      const { response } = received;
      if (response.statusCode !== 429 && response.statusCode !== 503) return received;
      response.destroy();
      if (!(await pause(response.headers['retry-after']))) return received;
    }
  }

  async function get(start: URL): Promise<Answer> {
    let url = checkUrl(start.href, policy);
    for (let redirects = 0; ; redirects += 1) {
      const { response, fault } = await sendPatiently(url);
      const target = redirectTarget(response, url, source);
      if (target === undefined) {
        const asked = shownUrl(start);
        return await readAnswer(
          { response, fault },
          redirects === 0 ? asked : `${asked}, redirected to ${shownPlain(url.pathname)}`,
        );
      }
      response.destroy();
      if (redirects === MOST_REDIRECTS) {
        throw new SourceError(
          'redirect',
          source,
          `${shownUrl(start)}: more than ${MOST_REDIRECTS} redirects`,
        );
      }
      url = checkUrl(target.href, policy);
    }
  }

  async function readAnswer({ response, fault }: Received, from: string): Promise<Answer> {
    const status = response.statusCode ?? 0;
    if (status !== 200) {
      response.destroy();
      throw new SourceError(problemOf(status), source, `${from}: ${saidBy(status)}`, { status });
    }
    const encoding = encodingOf(response);
    if (encoding !== undefined) {
      response.destroy();
      throw new SourceError(
        'content-type',
        source,
        `${from}: encoded as ${shownPlain(encoding)}, which was not asked for`,
      );
    }
    const bytes = await readBody(response, from);
    const after = fault();
    if (after !== undefined && !signal.aborted) {
      throw new SourceError('truncated', source, `${from}: more was sent than Content-Length says`, {
        cause: after,
      });
    }
    return {
      from,
      text: decode(bytes, from),
      mediaType: (response.headers['content-type'] ?? '').replace(/;.*$/s, '').trim().toLowerCase(),
      header: (name) => [response.headers[name]].flat()[0],
      framed:
        response.headers['content-length'] !== undefined ||
        /\bchunked$/i.test(response.headers['transfer-encoding'] ?? ''),
    };
  }

  async function readBody(response: IncomingMessage, from: string): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    const tooLarge = () => new SourceError('too-large', source, `${from}: more than ${maxBytes} bytes`);
    if (Number(response.headers['content-length'] ?? 0) > bytesLeft) {
      response.destroy();
      throw tooLarge();
    }
    try {
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        bytesLeft -= chunk.length;
        // Leaving the loop destroys the response.
        if (bytesLeft < 0) throw tooLarge();
        chunks.push(chunk);
      }
    } catch (cause) {
      if (cause instanceof SourceError || signal.aborted) throw cause;
      throw new SourceError('truncated', source, `${from}: the answer broke off`, { cause });
    }
    if (!response.complete) throw new SourceError('truncated', source, `${from}: the answer broke off`);
    return Buffer.concat(chunks);
  }

  function decode(bytes: Uint8Array, from: string): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new SourceError('malformed', source, `${from}: not UTF-8`, { cause });
    }
  }

  return { get };
}

interface Connection {
  readonly agents: Agents;
  readonly lookup: LookupFunction;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

interface Received {
  readonly response: IncomingMessage;
  /** What the connection broke on since: bytes behind a body, which has lost its end if its length is wrong. */
  readonly fault: () => Error | undefined;
}

function send(url: URL, { agents, lookup, headers, signal }: Connection): Promise<Received> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    const options = { lookup, headers, signal };
    const request =
      url.protocol === 'https:'
        ? https.request(url, { ...options, agent: agents['https:'] })
        : http.request(url, { ...options, agent: agents['http:'] });
    request.on('response', (response) => resolve({ response, fault: () => failure }));
    request.on('error', (error) => {
      failure = error;
      reject(error);
    });
    request.end();
  });
}

/** Only to the same scheme, host and port: the header with the secret goes along. */
function redirectTarget(response: IncomingMessage, url: URL, source: string): URL | undefined {
  const { statusCode: status = 0, headers } = response;
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  // An empty reference would name the URL itself.
  const target = headers.location ? URL.parse(headers.location, url.href) : null;
  if (target?.origin === url.origin) return target;
  response.destroy();
  const where =
    target === null
      ? 'without a URL to go to'
      : `to ${target.origin}, which is not followed: it is another host, port or scheme`;
  throw new SourceError('redirect', source, `${shownUrl(url)}: redirected ${where}`, { status });
}

/** Content codings, without those that change nothing: `identity`, and the empty one that some servers send. */
function encodingOf({ headers }: IncomingMessage): string | undefined {
  const coded = (headers['content-encoding'] ?? '').split(',').map((coding) => coding.trim());
  return coded.find((coding) => coding !== '' && coding.toLowerCase() !== 'identity');
}

/** What a status means here, where its number does not say it. */
const SAID: Readonly<Record<number, string>> = {
  204: 'no content, where an empty list would say "no machines"',
  205: 'no content, where an empty list would say "no machines"',
  206: 'a part of the answer, though all of it was asked for',
  304: 'not modified, though there is nothing that it was compared with',
  401: 'the credential is missing or wrong',
  403: 'the credential is missing or may not read this',
  407: 'a proxy on the way wants a credential',
};

function saidBy(status: number): string {
  const words = SAID[status];
  return words === undefined ? `HTTP ${status}` : `HTTP ${status}, ${words}`;
}

function problemOf(status: number) {
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not-found';
  return status === 429 ? 'throttled' : 'status';
}

/**
 * A word that the server chose, if it is short and plain; else its kind. Never a part of it: a secret in it
 * is found by the whole.
 */
export function shownPlain(word: string): string {
  return /^[\w.+/;=%~-]{1,64}$/.test(word) ? word : shapeOf(word);
}

/** The URL as errors show it: a query may hold a token. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
