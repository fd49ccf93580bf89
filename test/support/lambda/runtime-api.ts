// The Lambda Runtime API on 127.0.0.1: hands events to a runtime and takes its answers, one at a time, as one
// execution environment does. Source: "Using the Lambda runtime API", AWS Lambda developer guide.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { openLoopback } from '../loopback.ts';

const PREFIX = '/2018-06-01/runtime';

/** What the runtime posts when a function fails: an uncaught error, or one while it was loading. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly payload: unknown;

  constructor(during: 'init' | 'invocation', payload: unknown) {
    super(`function failed during ${during}: ${JSON.stringify(payload)}`);
    this.payload = payload;
  }
}

export interface RuntimeApi {
  /** Value of AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /**
   * Resolves with what the handler returned.
   * @param timeoutMs what `getRemainingTimeInMillis` counts down from
   * @throws FunctionError
   */
  invoke(event: unknown, timeoutMs?: number): Promise<unknown>;
  /** Resolves when the runtime asks for its first event: the function is loaded. */
  readonly ready: Promise<void>;
  /** Fails the invocations under way and to come: the runtime is gone. */
  abandon(reason: Error): void;
  close(): Promise<void>;
}

interface Invocation extends PromiseWithResolvers<unknown> {
  readonly id: string;
  readonly event: unknown;
  readonly timeoutMs: number;
}

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const waiting: Invocation[] = [];
  const handedOut = new Map<string, Invocation>();
  let runtime: ServerResponse | undefined;
  let gone: Error | undefined;
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();

  const handOut = () => {
    const invocation = runtime && waiting.shift();
    if (!runtime || !invocation) return;
    handedOut.set(invocation.id, invocation);
    runtime.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(Date.now() + invocation.timeoutMs),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:123456789012:function:local',
      'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Sampled=0',
    });
    runtime.end(JSON.stringify(invocation.event));
    runtime = undefined;
  };

  const abandon = (reason: Error) => {
    gone = reason;
    for (const { reject } of [...waiting.splice(0), ...handedOut.values()]) reject(reason);
    handedOut.clear();
  };

  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const [, id, kind] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(pathOf(request)) ?? [];
    const isInitError = pathOf(request) === '/init/error';
    const invocation = handedOut.get(id ?? '');
    if (!isInitError && !invocation) return void response.writeHead(400).end();
    const payload = await json(request);
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    if (isInitError) abandon(new FunctionError('init', payload));
    else if (kind === 'error') invocation?.reject(new FunctionError('invocation', payload));
    else invocation?.resolve(payload);
    handedOut.delete(id ?? '');
  };

  const server = createServer((request, response) => {
    if (request.method === 'GET' && pathOf(request) === '/invocation/next') {
      isReady();
      runtime = response;
      handOut();
    } else {
      take(request, response).catch((error: unknown) => response.destroy(error as Error));
    }
  });
  const open = await openLoopback(server);

  return {
    address: open.address,
    invoke(event, timeoutMs = 29_000) {
      if (gone) return Promise.reject(gone);
      const invocation = { id: randomUUID(), event, timeoutMs, ...Promise.withResolvers<unknown>() };
      waiting.push(invocation);
      handOut();
      return invocation.promise;
    },
    ready,
    abandon,
    close: open.close,
  };
}

const pathOf = ({ url = '' }: IncomingMessage): string =>
  url.startsWith(PREFIX) ? url.slice(PREFIX.length) : '';
