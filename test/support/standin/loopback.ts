// A bare HTTP server on 127.0.0.1 that closes at once: what the local stand-ins have in common.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { openLoopback } from '../loopback.ts';
import type { Moment, WaitFault } from './faults.ts';

export { HOST } from '../loopback.ts';

export interface Loopback {
  readonly port: number;
  /** Aborted when the server closes: whatever waits lets go then. */
  readonly closing: AbortSignal;
  /** Ends every connection, idle and busy ones alike. Safe to call again. */
  close(): Promise<void>;
}

export type Exchange = (
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
) => Promise<void>;

/** @throws the listening error, such as EADDRINUSE */
export async function listen(port: number, exchange: Exchange): Promise<Loopback> {
  const closing = new AbortController();
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    response.sendDate = false;
    response.on('error', () => {});
    exchange(request, response, closing.signal).catch((error: unknown) => {
      if (request.errored || response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(`stand-in failed: ${String(error)}`);
    });
  });
  const open = await openLoopback(server, port);
  return {
    port: open.port,
    closing: closing.signal,
    close: () => {
      closing.abort();
      return open.close();
    },
  };
}

export interface ReceivedBody {
  /** What was received below the limit; the rest is read and dropped, so that the client sees an answer. */
  readonly body: Buffer;
  readonly bytes: number;
}

export async function readBody(request: IncomingMessage, limit: number): Promise<ReceivedBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks), bytes };
}

/** Sits out the waits of one moment; returns early, and without failing, when the server closes. */
export async function sitOut(
  faults: readonly { kind: string }[],
  moment: Moment,
  closing: AbortSignal,
): Promise<void> {
  for (const fault of faults.filter(isWait)) {
    if ((fault.moment ?? 'after') !== moment || closing.aborted) continue;
    const over = Promise.withResolvers<void>();
    const timer = fault.kind === 'delay' ? setTimeout(over.resolve, fault.delayMs) : undefined;
    if (fault.kind === 'hold')
      fault.until.then(
        () => over.resolve(),
        () => over.resolve(),
      );
    closing.addEventListener('abort', () => over.resolve(), { once: true });
    await over.promise;
    clearTimeout(timer);
  }
}

function isWait(fault: { kind: string }): fault is WaitFault {
  return fault.kind === 'delay' || fault.kind === 'hold';
}

/** The one fault that decides the answer, if any. */
export function answerFault<F extends { kind: string }>(
  faults: readonly F[],
): Exclude<F, WaitFault> | undefined {
  return faults.find((fault): fault is Exclude<F, WaitFault> => !isWait(fault));
}
