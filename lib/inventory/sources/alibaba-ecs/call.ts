// One call, repeated where the failure passes by itself: signed anew each time, within the time of the whole reading.
// Throttling comes as HTTP 400 with a code that says so, and ends with the minute ("API throttling" page of ECS).

import { type AlibabaPlaces, alibabaEndpoint } from '../../../core/address/alibaba.ts';
import { endpointText } from '../../../core/address/endpoint.ts';
import type { ReadProblem } from '../../../core/reading/read-error.ts';
import { readJson } from '../../../core/text/json.ts';
import { redact } from '../../../core/text/redact.ts';
import {
  ALIBABA_ATTEMPT_MS,
  ALIBABA_SPREAD_MS,
  ALIBABA_THROTTLED_MS,
  RETRY_BASE_MS,
} from '../../../core/time/timeouts.ts';
import * as acs3 from '../../../signing/acs3.ts';
import type { SigningCredentials } from '../../../signing/types.ts';
import { SourceError } from '../../source.ts';
import { refusal } from './answers.ts';
import type { AccessKey, AlibabaApis, ApiAnswer } from './api.ts';
import { CALLS, type CallName } from './calls.ts';

/** Attempts of one call, for failures that pass; those that wait for a minute are bounded by the time as well. */
const ATTEMPTS = 5;

export interface Calling {
  readonly places: AlibabaPlaces;
  /** Label of the source, for errors. */
  readonly source: string;
  readonly key: AccessKey;
  readonly apis: AlibabaApis;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** When the reading has to be over, by the same clock. */
  readonly due: number;
  readonly signal: AbortSignal;
}

/** What came of a call: its answer, or the code that it was refused with. */
export type Outcome =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly code: string; readonly error: SourceError };

export interface Caller {
  /** @throws SourceError for a refusal, too */
  call(name: CallName, region: string, query: Readonly<Record<string, string>>): Promise<unknown>;
  /** @throws SourceError where there is no answer of the service */
  ask(name: CallName, region: string, query: Readonly<Record<string, string>>): Promise<Outcome>;
}

/** One refusal, and what the next attempt needs to know of it. */
interface Failure {
  readonly code: string;
  readonly error: SourceError;
  readonly retryAfterMs?: number | undefined;
  /** The service's clock, where the answer tells it. */
  readonly serverTimeMs?: number | undefined;
}

export function openCaller({ places, source, key, apis, now, due, signal }: Calling): Caller {
  let clockOffsetMs = 0;

  async function ask(
    name: CallName,
    region: string,
    query: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    let credentials = await key.get();
    let isRefreshed = false;
    let isClockSet = false;
    for (let attempt = 1; ; attempt += 1) {
      const result = await exchange(name, region, query, credentials);
      if ('body' in result) return { ok: true, body: result.body };
      const { code, error, serverTimeMs } = result;
      const fresh: SigningCredentials | undefined =
        !isRefreshed && isKeyRefused(code) ? await key.refresh(credentials) : undefined;
      let wait = waitMs(result, attempt);
      if (fresh !== undefined) {
        [credentials, isRefreshed, wait] = [fresh, true, 0];
      } else if (!isClockSet && code.startsWith('InvalidTimeStamp') && serverTimeMs !== undefined) {
        [clockOffsetMs, isClockSet, wait] = [serverTimeMs - now(), true, 0];
      }
      if (wait === undefined || attempt === ATTEMPTS || now() + wait >= due)
        return { ok: false, code, error };
      if (wait > 0) await Promise.race([apis.sleep(wait), aborted(signal)]);
      // What it waited for tells more than that the wait was cut short.
      if (signal.aborted) throw error;
    }
  }

  /** Milliseconds until the next attempt; undefined where it would be answered alike. */
  function waitMs({ code, error, retryAfterMs = 0 }: Failure, attempt: number): number | undefined {
    if (error.code === 'throttled') {
      const untilNextMinute = ALIBABA_THROTTLED_MS - ((now() + clockOffsetMs) % ALIBABA_THROTTLED_MS);
      return Math.max(untilNextMinute, retryAfterMs) + Math.floor(apis.random() * ALIBABA_SPREAD_MS);
    }
    const isPassing = error.code === 'unreachable' || error.code === 'timeout' || (error.status ?? 0) >= 500;
    if (isPassing) return Math.ceil(apis.random() * RETRY_BASE_MS * 2 ** attempt);
    return code === 'SignatureNonceUsed' ? 0 : undefined;
  }

  async function exchange(
    name: CallName,
    region: string,
    query: Readonly<Record<string, string>>,
    credentials: SigningCredentials,
  ): Promise<{ readonly body: unknown } | Failure> {
    const { service, version } = CALLS[name];
    const endpoint = alibabaEndpoint(places, service, region);
    const method = 'POST';
    const headers = acs3.sign(
      {
        method,
        path: '/',
        query,
        headers: {
          host: endpointText(endpoint).slice(`${endpoint.protocol}//`.length),
          accept: 'application/json',
          'x-acs-action': name,
          'x-acs-version': version,
        },
      },
      credentials,
      { date: new Date(now() + clockOffsetMs), nonce: apis.newNonce() },
    );
    const doing = `${name} in ${region}`;
    const secrets = [
      credentials.accessKeyId,
      credentials.accessKeySecret,
      credentials.securityToken,
      headers.authorization?.replace(/^.*Signature=/, ''),
    ];
    try {
      const answer = await apis.send({
        protocol: endpoint.protocol,
        hostname: endpoint.host,
        port: endpoint.port,
        method,
        path: `/?${acs3.canonicalQuery(query)}`,
        headers: { ...headers, 'content-length': '0', 'user-agent': 'sls-machine-groups' },
        timeoutMs: Math.max(1, Math.min(ALIBABA_ATTEMPT_MS, due - now())),
        signal,
      });
      return read(answer, doing, secrets);
    } catch (cause) {
      if (signal.aborted) throw cause;
      const { reason, message } = cause as { readonly reason?: ReadProblem; readonly message: string };
      if (reason === undefined) throw cause;
      return { code: '', error: new SourceError(reason, source, `${doing}: ${message}`, { cause }) };
    }
  }

  function read(
    { status, headers, body }: ApiAnswer,
    doing: string,
    secrets: readonly (string | undefined)[],
  ): { readonly body: unknown } | Failure {
    const reading = readJson(textOf(body));
    if (status === 200 && reading.ok) return { body: reading.value };
    const said = reading.ok ? refusal().safeParse(reading.value) : undefined;
    if (!said?.success) {
      const problem = status === 200 ? 'malformed' : problemOf(status, '');
      const error = new SourceError(
        problem,
        source,
        `${doing}: HTTP ${status}, not an answer of the service`,
        { status },
      );
      return { code: '', error };
    }
    const code = redact(said.data.Code, secrets);
    // The service's own sentence quotes ids of keys and requests; its code and the id of the request find it again.
    const shown = /^[\w.:-]{1,80}$/.test(code) ? code : `HTTP ${status}`;
    const requestId = said.data.RequestId ?? '';
    const error = new SourceError(problemOf(status, code), source, `${doing}: ${shown}`, {
      status,
      requestId: /^[\dA-Fa-f-]{16,64}$/.test(requestId) ? requestId : undefined,
    });
    const retryAfter = /^\d{1,6}$/.exec(String(headers['x-acs-retry-after'] ?? ''))?.[0];
    return {
      code,
      error,
      // The unit is not documented. The official SDK waits so many milliseconds; with seconds the next minute is later.
      retryAfterMs: retryAfter === undefined ? undefined : Number(retryAfter),
      serverTimeMs: Date.parse(String(headers.date ?? '')) || undefined,
    };
  }

  return {
    ask,
    call: async (name, region, query) => {
      const outcome = await ask(name, region, query);
      if (outcome.ok) return outcome.body;
      throw outcome.error;
    },
  };
}

/** Text that is no UTF-8 becomes text that is no JSON. */
function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return '';
  }
}

/** A key that was replaced: another one may be in its secret by now. */
function isKeyRefused(code: string): boolean {
  return /^(?:InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSecurityToken|Forbidden\.AccessKey)/.test(code);
}

function problemOf(status: number, code: string): ReadProblem {
  if (code.includes('Throttling') || status === 429) return 'throttled';
  if (status === 401 || status === 403 || isKeyRefused(code)) return 'forbidden';
  if (
    /^(?:Forbidden|NoPermission|Unauthorized|AuthFailure|IncompleteSignature|MissingSecurityToken)/.test(code)
  )
    return 'forbidden';
  return status === 404 ? 'not-found' : 'status';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
