// One attempt: build the request, sign it, send it, tell success from failure. No retries here.
import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod/mini';
import type { Endpoint } from '../core/address/endpoint.ts';
import { cut } from '../core/text/few.ts';
import { isTooDeep } from '../core/text/json.ts';
import { redact } from '../core/text/redact.ts';
import { HEADER, type SigningCredentials, sign, v4 } from '../signing/index.ts';
import { errorAnswer } from './answers.ts';
import { type ConnectTo, projectHost } from './endpoint.ts';
import { type CallTarget, kindOfAnswer, SlsError } from './errors.ts';
import { API_VERSION } from './limits.ts';
import { OPERATIONS } from './operations.ts';
import { parseRetryAfter } from './retry.ts';
import { type Transport, TransportError, type WireAnswer } from './transport.ts';

export interface Destination {
  readonly endpoint: Endpoint;
  readonly connectTo?: ConnectTo | undefined;
  readonly signature: 'v1' | 'v4';
  readonly region?: string | undefined;
}

/** The target names the values of the path's `{group}` and `{config}`. */
export interface Call extends CallTarget {
  readonly query?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

export interface Attempt {
  readonly credentials: SigningCredentials;
  /** The moment to sign for, on the server's clock. */
  readonly date: Date;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** True when an earlier attempt of the same call may have taken effect. */
  readonly ambiguous: boolean;
}

/** @throws SlsError for everything but a 200. */
export async function exchange(
  transport: Transport,
  destination: Destination,
  call: Call,
  attempt: Attempt,
): Promise<WireAnswer> {
  const { method, path: template } = OPERATIONS[call.operation];
  const path = fillPath(template, call, (value) => value);
  const host = projectHost(destination.endpoint, call.project);
  const body = call.body === undefined ? undefined : Buffer.from(call.body);
  const headers = signedHeaders({ method, path, host, body }, destination, call, attempt);
  const answer = await transport({
    protocol: destination.endpoint.protocol,
    hostname: `${call.project}.${destination.endpoint.host}`,
    port: destination.endpoint.port,
    connectTo: destination.connectTo,
    method,
    path: fillPath(template, call, v4.percentEncode) + wireQuery(call.query),
    headers,
    body,
    timeoutMs: attempt.timeoutMs,
    signal: attempt.signal,
  }).catch((error: unknown) => {
    throw error instanceof TransportError ? transportFailure(error, call, attempt) : error;
  });
  if (answer.status === 200) return answer;
  throw refusal(answer, call, attempt, headers.authorization as string);
}

interface Unsigned {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly body: Buffer | undefined;
}

function signedHeaders(
  request: Unsigned,
  { signature, region }: Destination,
  call: Call,
  { credentials, date }: Attempt,
): Record<string, string> {
  const { method, path, host, body } = request;
  const headers = sign(
    {
      method,
      path,
      ...(call.query && { query: call.query }),
      ...(body && { body }),
      headers: {
        host,
        [HEADER.apiVersion]: API_VERSION,
        // Go and PHP gateways refuse calls without it, so it is sent even when there is no body.
        [HEADER.bodyRawSize]: String(body?.length ?? 0),
        ...(signature === 'v1' && { [HEADER.signatureMethod]: 'hmac-sha1' }),
        ...(body && { 'content-type': 'application/json' }),
      },
    },
    credentials,
    { version: signature, region, date },
  );
  // Unsigned in V1, so it may be added now: it survives the proxies that strip Date.
  if (signature === 'v1') headers[HEADER.date] = headers.date as string;
  headers['content-length'] = String(body?.length ?? 0);
  headers['user-agent'] = 'sls-machine-groups';
  return headers;
}

function fillPath(template: string, target: CallTarget, encode: (value: string) => string): string {
  const filled = (part: string): string => {
    if (part === '{group}') return encode(target.group as string);
    return part === '{config}' ? encode(target.config as string) : part;
  };
  return template.split('/').map(filled).join('/');
}

function wireQuery(query: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.keys(query).map(
    (key) => `${v4.percentEncode(key)}=${v4.percentEncode(query[key] ?? '')}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function transportFailure(error: TransportError, call: Call, attempt: Attempt): SlsError {
  const timeout = error.reason === 'timeout' || error.reason === 'aborted';
  const kind = error.reason === 'too-large' ? 'protocol' : timeout ? 'timeout' : 'unreachable';
  const code = {
    unreachable: 'ConnectionFailed',
    timeout: 'Timeout',
    'too-large': 'AnswerTooLarge',
    aborted: 'Aborted',
  };
  return new SlsError(
    error.message,
    { ...targetOf(call), kind, code: code[error.reason], ambiguous: attempt.ambiguous || error.sent },
    { cause: error },
  );
}

function refusal(answer: WireAnswer, call: Call, attempt: Attempt, authorization: string): SlsError {
  const { accessKeyId, accessKeySecret, securityToken } = attempt.credentials;
  const signature = authorization.replace(/^LOG [^:]*:|^.*Signature=/, '');
  // The service quotes key ids and signatures, others whole requests; they go no further than here.
  const shown = (text: string) => redact(text, [accessKeyId, accessKeySecret, securityToken, signature]);
  const parsed = z.safeParse(errorAnswer(), parseJson(answer.body));
  const code = parsed.success ? parsed.data.errorCode : undefined;
  const kind = kindOfAnswer(answer.status, code);
  const requestId = requestIdOf(answer) || undefined;
  const message = parsed.success
    ? cut(shown((parsed.data.errorMessage ?? '').slice(0, REDACTED_CHARACTERS)))
    : shapeOf(answer);
  return new SlsError(message, {
    ...targetOf(call),
    kind,
    code: cut(shown((code ?? 'NotAnSlsAnswer').slice(0, REDACTED_CHARACTERS)), LONGEST_CODE),
    status: answer.status,
    requestId,
    retryAfterMs: parseRetryAfter(headerOf(answer.headers, 'retry-after'), attempt.date.getTime()),
    serverTimeMs: dateOf(answer),
    ambiguous: attempt.ambiguous || kind === 'server',
  });
}

export function targetOf({ operation, project, group, config }: Call): CallTarget {
  return { operation, project, group, config };
}

/**
 * The id under which the service logged a request; empty where it gave none. Its ids are 24 hexadecimal digits (Common
 * response headers page); what is far from that is text of somebody else.
 */
export function requestIdOf({ headers }: WireAnswer): string {
  const id = headerOf(headers, HEADER.requestId) ?? '';
  return /^[\dA-Fa-f-]{16,64}$/.test(id) ? id : '';
}

/** When an answer was made, by the service's clock, in milliseconds since the epoch; undefined if it does not say. */
export function dateOf({ headers }: WireAnswer): number | undefined {
  return Date.parse(headerOf(headers, 'date') ?? '') || undefined;
}

/** A header's one value. */
function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The value of a JSON text, or undefined when it is none. */
export function parseJson(body: Buffer): unknown {
  try {
    const text = body.toString('utf8');
    // Fields that nobody knows are compared and written back: code that follows their nesting.
    return isTooDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Characters of an error's code; those of the service are short words. */
const LONGEST_CODE = 128;
/** In these a secret is looked for that the cut would halve: tokens are long. */
const REDACTED_CHARACTERS = 65_536;

/** Media types that are told by name. Any other would be text of whoever answered. */
const TOLD_TYPES: ReadonlySet<string | undefined> = new Set([
  'application/json',
  'application/octet-stream',
  'application/xml',
  'text/html',
  'text/plain',
  'text/xml',
]);

/**
 * What is told of an answer that is not the service's: never a word of it, since it may be a page that only this
 * function can reach.
 */
function shapeOf({ status, headers, body }: WireAnswer): string {
  const type = headers['content-type']?.replace(/;.*$/s, '').trim().toLowerCase();
  const told = TOLD_TYPES.has(type) ? type : `${type ? 'another' : 'no'} media type`;
  return `${status}, ${body.length} bytes of ${told}, not an SLS answer`;
}
