// S3 as far as readings need it: objects are put and got whole. It counts both.
import { createServer } from 'node:http';
import { openLoopback } from './loopback.ts';

export interface Bucket {
  readonly url: string;
  /** So far; `bytes` of what was put. */
  readonly counts: { puts: number; gets: number; bytes: number };
  close(): Promise<void>;
}

export async function startBucket(): Promise<Bucket> {
  const objects = new Map<string, Buffer>();
  const counts = { puts: 0, gets: 0, bytes: 0 };
  const server = createServer(async (request, answer) => {
    const { pathname } = new URL(request.url ?? '', 'http://bucket');
    if (request.method === 'PUT') {
      const body = Buffer.concat(await request.toArray());
      counts.puts += 1;
      counts.bytes += body.length;
      objects.set(pathname, body);
      answer.writeHead(200, { etag: '"1"' }).end();
      return;
    }
    counts.gets += 1;
    const body = objects.get(pathname);
    answer.writeHead(body ? 200 : 404, { 'content-length': body?.length ?? 0, etag: '"1"' }).end(body);
  });
  const opened = await openLoopback(server);
  return { url: `http://${opened.address}`, counts, close: () => opened.close() };
}
