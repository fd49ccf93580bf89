// Servers on 127.0.0.1, open when the promise resolves, gone with their connections when they are closed.
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';

export const HOST = '127.0.0.1';

export interface LoopbackServer extends AsyncDisposable {
  readonly port: number;
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** Stops listening and ends every HTTP connection, idle and busy ones alike. Safe to call again. */
  close(): Promise<void>;
}

/** What node's servers for HTTP and HTTPS have, and bare ones of TCP have not. */
type Closable = Server & { closeAllConnections?(): void; keepAliveTimeout?: number };

/**
 * Milliseconds; longer than any test. After node's 5 seconds a server ends the connection on which a client that was slow
 * to see it has just sent its next request.
 */
const KEEP_ALIVE_MS = 3_600_000;

/**
 * @param port 0 takes a free one
 * @throws the listening error, such as EADDRINUSE
 */
export async function openLoopback(server: Closable, port = 0): Promise<LoopbackServer> {
  if (server.keepAliveTimeout !== undefined) server.keepAliveTimeout = KEEP_ALIVE_MS;
  await once(server.listen(port, HOST), 'listening');
  const address = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections?.();
    });
    return closed;
  };
  return {
    port: address.port,
    address: `${HOST}:${address.port}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Whether a server could listen at this port now. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await (await openLoopback(createServer(), port)).close();
    return true;
  } catch {
    return false;
  }
}

/** A port that was free a moment ago, for a process that has to be told one. */
export async function freePort(): Promise<number> {
  await using server = await openLoopback(createServer());
  return server.port;
}
