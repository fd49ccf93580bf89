// As much of S3 as the history needs, in memory: objects are put where there is none, read, and listed in the order of their
// names. For the local run and for tests that want no moto; what S3 itself does is tested against moto.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { openLoopback } from './loopback.ts';

export const BUCKET = 'history';

export interface LocalS3 extends AsyncDisposable {
  readonly url: string;
  /** By their names. */
  readonly objects: Map<string, Buffer>;
}

/** Names of one list. */
const PAGE = 1_000;

export async function startS3(): Promise<LocalS3> {
  const objects = new Map<string, Buffer>();
  const server = await openLoopback(
    createServer((request, response) => {
      answer(request, response, objects).catch((error: Error) => response.destroy(error));
    }),
  );
  return {
    url: `http://${server.address}`,
    objects,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  objects: Map<string, Buffer>,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
  const [, bucket, ...rest] = pathname.split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const refuse = (status: number, code: string) =>
    response.writeHead(status, XML).end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  const body = await buffer(request);
  if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 '))
    return void refuse(403, 'AccessDenied');
  if (bucket !== BUCKET) return void refuse(404, 'NoSuchBucket');
  if (request.method === 'PUT') {
    if (request.headers['if-none-match'] !== '*') return void refuse(403, 'AccessDenied');
    if (objects.has(key)) return void refuse(412, 'PreconditionFailed');
    objects.set(key, body);
    return void response.writeHead(200).end();
  }
  if (key === '') {
    response.writeHead(200, XML).end(listing(objects, searchParams));
    return;
  }
  const object = objects.get(key);
  if (object === undefined) refuse(404, 'NoSuchKey');
  else response.writeHead(200, { 'content-length': object.length }).end(object);
}

const XML = { 'content-type': 'application/xml' };

/** Names of the history need no escapes. */
function listing(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams): string {
  const [prefix, after] = [query.get('prefix') ?? '', query.get('start-after') ?? ''];
  const names = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const entries = names.slice(0, PAGE).map((key) => `<Contents><Key>${key}</Key></Contents>`);
  return `<ListBucketResult><IsTruncated>${names.length > PAGE}</IsTruncated>${entries.join('')}</ListBucketResult>`;
}
