// How an answer goes out: whole, short of what it promised, or not at all.
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Refusal } from './refusal.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Code of an error, for the record. */
  readonly errorCode?: string;
}

const NOTHING = Buffer.alloc(0);

/** Writes answer 200 with an empty body, reads with JSON. */
export function success(value: object | undefined): Answer {
  return value === undefined
    ? { status: 200, headers: {}, body: NOTHING }
    : {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(value)),
      };
}

export function failure({ status, code, message }: Pick<Refusal, 'status' | 'code' | 'message'>): Answer {
  const body = Buffer.from(JSON.stringify({ errorCode: code, errorMessage: message }));
  return { status, headers: { 'content-type': 'application/json' }, body, errorCode: code };
}

export function bare(status: number): Answer {
  return { status, headers: {}, body: NOTHING };
}

export function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, framed(answer, answer.body.length));
  response.end(answer.body);
}

/** Promises 64 bytes more than it sends, and ends the connection once they are out. */
export function sendTruncated(response: ServerResponse, answer: Answer): void {
  const half = answer.body.subarray(0, Math.ceil(answer.body.length / 2));
  response.writeHead(answer.status, framed(answer, answer.body.length + 64));
  response.write(half.length > 0 ? half : ' ', () => response.destroy());
}

/** A TCP reset, so that the other side sees ECONNRESET rather than an orderly end. */
export function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

function framed(answer: Answer, length: number): Record<string, string | number> {
  return {
    ...(answer.body.length > 0 && { 'content-md5': md5(answer.body) }),
    ...answer.headers,
    'content-length': length,
  };
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex').toUpperCase();
}
