// A real HTTP server on loopback that answers as a test says, and remembers what it was asked.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { HOST, listen } from '../../support/standin/loopback.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Served extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly port: number;
  readonly asked: readonly Asked[];
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function serve(answer: Answer): Promise<Served> {
  const asked: Asked[] = [];
  const server = await listen(0, async (request, response) => {
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  return {
    origin: `http://${HOST}:${server.port}`,
    port: server.port,
    asked,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Answers every request with the same JSON. */
export const json =
  (body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));

/** Answers with these bytes and nothing else, so that a message can be as wrong as it likes. */
export const bytes =
  (...parts: readonly string[]): Answer =>
  (_request, response) =>
    void response.socket?.end(parts.join('\r\n'));
