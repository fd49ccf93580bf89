// Bytes out, bytes in, over node:http(s). Global fetch will not set Host; a `connectTo` needs it.
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { ConnectTo } from './endpoint.ts';
import { ANSWER_MAX_BYTES } from './limits.ts';

export interface WireRequest {
  readonly protocol: 'https:' | 'http:';
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly connectTo?: ConnectTo | undefined;
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** Milliseconds from now until the attempt is given up, connecting and reading included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Resolves with a whole answer or rejects with a TransportError; never with part of a body. */
export type Transport = (request: WireRequest) => Promise<WireAnswer>;

export class TransportError extends Error {
  override readonly name = 'TransportError';
  /** Why there is no answer. */
  readonly reason: 'unreachable' | 'timeout' | 'too-large' | 'aborted';
  /** False when the request cannot have reached the service: no connection was made. */
  readonly sent: boolean;

  constructor(reason: TransportError['reason'], sent: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.sent = sent;
  }
}

export interface TransportOptions {
  /** Most connections to one host at a time. */
  readonly maxSockets?: number;
  /** Finds the addresses of a name, or refuses it; the system's where absent. */
  readonly lookup?: LookupFunction | undefined;
}

/** A transport with connections of its own, kept alive between requests. */
export function createTransport({ maxSockets = 64, lookup }: TransportOptions = {}): Transport {
  const options = { keepAlive: true, maxSockets, scheduling: 'lifo' } as const;
  const agents = { 'https:': new HttpsAgent(options), 'http:': new HttpAgent(options) };
  return (request) =>
    new Promise((resolve, reject) => {
      let connected = false;
      const fail = (reason: TransportError['reason'], message: string, cause?: Error) => {
        clearTimeout(timer);
        request.signal?.removeEventListener('abort', abort);
        reject(new TransportError(reason, connected, message, cause && { cause }));
        outgoing.destroy();
      };
      const host = request.connectTo?.host ?? request.hostname;
      const broken = (error: Error) =>
        fail('unreachable', `connection failed: ${codeOf(error)} at ${host}`, error);
      const send = request.protocol === 'https:' ? httpsRequest : httpRequest;
      const outgoing = send(
        {
          agent: agents[request.protocol],
          host,
          port: request.connectTo?.port ?? request.port,
          // The certificate has to be the service's, wherever the bytes go.
          servername: request.hostname,
          ...(lookup && { lookup }),
          method: request.method,
          path: request.path,
          // As a list they go out as they are; as an object, node takes each through a store of its own.
          headers: Object.entries(request.headers).flat(),
        },
        (answer) => {
          const chunks: Buffer[] = [];
          let size = 0;
          answer.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > ANSWER_MAX_BYTES) fail('too-large', `answer exceeds ${ANSWER_MAX_BYTES} bytes`);
            else chunks.push(chunk);
          });
          answer.on('error', broken);
          answer.on('end', () => {
            clearTimeout(timer);
            request.signal?.removeEventListener('abort', abort);
            const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
            resolve({ status: answer.statusCode as number, headers: answer.headers, body });
          });
        },
      );
      const abort = () => fail('aborted', 'call was aborted');
      const timer = setTimeout(
        () => fail('timeout', `no answer within ${request.timeoutMs} ms`),
        request.timeoutMs,
      );
      outgoing.on('error', broken);
      outgoing.on('socket', (socket) => {
        const event = request.protocol === 'https:' ? 'secureConnect' : 'connect';
        if (outgoing.reusedSocket) connected = true;
        else socket.once(event, () => (connected = true));
      });
      if (request.signal?.aborted) return abort();
      request.signal?.addEventListener('abort', abort, { once: true });
      outgoing.end(request.body);
    });
}

/** The system's code (`ECONNRESET`), never the message: that may hold addresses of a private network. */
function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
