// A door before a server: every request stops there, and its answer once more, until it is let through.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type LoopbackServer, openLoopback } from '../../support/loopback.ts';

export interface Behind {
  readonly host: string;
  readonly port: number;
}

/** @param stop called before a request goes on and before its answer does; false drops the connection */
export async function openGate(behind: Behind, stop: () => Promise<boolean>): Promise<LoopbackServer> {
  return openLoopback(
    createServer((asked, answer) => {
      pass(asked, answer, behind, stop).catch(() => asked.socket.destroy());
    }),
  );
}

async function pass(
  asked: IncomingMessage,
  answer: ServerResponse,
  { host, port }: Behind,
  stop: () => Promise<boolean>,
): Promise<void> {
  const body = await bytesOf(asked);
  if (!(await stop())) throw new Error('dropped');
  const { method, url: path, headers } = asked;
  const got = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host, port, method, path, headers }, resolve).on('error', reject).end(body);
  });
  const content = await bytesOf(got);
  if (!(await stop())) throw new Error('dropped');
  answer.writeHead(got.statusCode ?? 502, got.headers).end(content);
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
