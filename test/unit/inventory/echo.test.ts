// Servers that answer with what they were asked: the secret in a request's header goes to the server and nowhere else.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { reveals } from '../../../lib/core/text/redact.ts';
import { resolveBySystem } from '../../../lib/inventory/egress.ts';
import { SourceError } from '../../../lib/inventory/source.ts';
import { open as openHttp } from '../../../lib/inventory/sources/http/read.ts';
import { httpSource } from '../../../lib/inventory/sources/http/settings.ts';
import { serve } from './served.ts';

const SECRET = 'Not-A-Real+Token/of=40-characters-or-so!';

type Answer = (token: string, response: ServerResponse, request: IncomingMessage) => void;

const json = { 'content-type': 'application/json' };
const encoded = (token: string) => Buffer.from(`Token ${token}`).toString('base64');

async function read(answer: Answer, secret = SECRET) {
  await using server = await serve((request, response) => {
    answer(String(request.headers.authorization).replace('Token ', ''), response, request);
  });
  const settings = httpSource.parse({
    type: 'http',
    url: `${server.origin}/machines`,
    format: 'list',
    allowHttp: true,
    allowLoopback: true,
    header: { name: 'Authorization', secretId: 'inventory/token', prefix: 'Token ' },
  });
  const deps = { now: () => 0, secret: async () => secret, resolve: resolveBySystem };
  return await openHttp(settings, 'sources[0] http', 'userdefined', deps)
    .snapshot()
    .catch((error: unknown) => error);
}

test.each<[string, Answer]>([
  ['as a machine', (token, response) => response.writeHead(200, json).end(JSON.stringify(['web-1', token]))],
  ['in Base64', (token, response) => response.writeHead(200, json).end(JSON.stringify([encoded(token)]))],
  [
    'in an ETag',
    (token, response) => response.writeHead(200, { ...json, etag: `"${token}"` }).end('["web-1"]'),
  ],
  [
    'as a media type',
    (token, response) => response.writeHead(200, { 'content-type': token }).end('["web-1"]'),
  ],
  [
    'as an encoding',
    (token, response) => response.writeHead(200, { ...json, 'content-encoding': token }).end('["web-1"]'),
  ],
  [
    'in a path to go to',
    (token, response, { url }) =>
      url === '/machines'
        ? response.writeHead(302, { location: `/session/${encodeURIComponent(token)}` }).end()
        : response.writeHead(500).end(),
  ],
  ['in an error', (token, response) => response.writeHead(403, json).end(JSON.stringify({ detail: token }))],
  ['in what is no JSON', (token, response) => response.writeHead(200, json).end(`Authorization: ${token}`)],
])('a server that repeats the secret %s', async (_where, answer) => {
  const error = await read(answer);
  expect(error).toBeInstanceOf(SourceError);
  expect(error).not.toMatchObject({ code: 'unreachable' });
  const shown = inspect(error, { depth: 10, maxStringLength: null });
  expect(reveals(shown, SECRET)).toBe(false);
});

test('a server that repeats the secret as a host to go to', async () => {
  const secret = 'Not-A-Real-Token-For-Hosts';
  const error = await read(
    (token, response) => response.writeHead(302, { location: `https://${token}.example/` }).end(),
    secret,
  );
  expect(error).toMatchObject({ code: 'redirect', message: expect.stringContaining('https://***.example') });
  expect(reveals(inspect(error), secret)).toBe(false);
});

test('a secret that is a common word is no reason to refuse an answer', async () => {
  const snapshot = await read(
    (_token, response) => response.writeHead(200, json).end('["admin-1"]'),
    'admin',
  );
  expect(snapshot).toMatchObject({ completeness: { complete: true } });
});
