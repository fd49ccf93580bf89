// What a person reads of a server that sends something else than an inventory: it fits what was sent.
import { expect, test } from 'vitest';
import { SourceError } from '../../../lib/inventory/source.ts';
import { readServed } from './reading.ts';
import { type Answer, bytes } from './served.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const page = '<!doctype html><title>Sign in</title>';
const NOTHING = 'no content, where an empty list would say "no machines"';

const send =
  (status: number, headers: Record<string, string>, body = ''): Answer =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);
const redirecting =
  (location: string, then: Answer): Answer =>
  (request, response) =>
    request.url === '/inventory' ? send(302, { location })(request, response) : then(request, response);

test.each<[string, Answer, string, string]>([
  [
    'a sign-in page',
    send(200, { 'content-type': 'text/html; charset=utf-8' }, page),
    'content-type',
    'a web page (text/html), such as a sign-in, instead of application/json or text/plain',
  ],
  [
    'a redirect to a sign-in page of the same host',
    redirecting('/login?next=/inventory', send(200, { 'content-type': 'text/html' }, page)),
    'content-type',
    'redirected to /login: a web page (text/html), such as a sign-in, instead of application/json or text/plain',
  ],
  [
    'a redirect to a sign-in page of another host',
    send(302, { location: 'https://login.example/?next=x' }),
    'redirect',
    'redirected to https://login.example, which is not followed: it is another host, port or scheme',
  ],
  ['a redirect that does not say where to', send(301, {}), 'redirect', 'redirected without a URL to go to'],
  [
    'a redirect to a path that is gone',
    redirecting('/old', send(404, {})),
    'not-found',
    'redirected to /old: HTTP 404',
  ],
  [
    'a redirect to a path that is long',
    redirecting(`/${'x'.repeat(300)}`, send(404, {})),
    'not-found',
    'redirected to text of 301 characters: HTTP 404',
  ],
  [
    'a page that calls itself JSON',
    send(200, JSON_TYPE, page),
    'malformed',
    'a web page or XML that calls itself JSON',
  ],
  ['nothing that calls itself JSON', send(200, JSON_TYPE), 'malformed', NOTHING],
  ['a line break that calls itself JSON', send(200, JSON_TYPE, '\r\n'), 'malformed', NOTHING],
  ['204', send(204, {}), 'status', `HTTP 204, ${NOTHING}`],
  [
    '206',
    send(206, JSON_TYPE, '[]'),
    'status',
    'HTTP 206, a part of the answer, though all of it was asked for',
  ],
  [
    '304',
    send(304, {}),
    'status',
    'HTTP 304, not modified, though there is nothing that it was compared with',
  ],
  ['401', send(401, {}), 'forbidden', 'HTTP 401, the credential is missing or wrong'],
  ['403', send(403, {}), 'forbidden', 'HTTP 403, the credential is missing or may not read this'],
  ['407', send(407, {}), 'status', 'HTTP 407, a proxy on the way wants a credential'],
  ['418', send(418, {}), 'status', 'HTTP 418'],
  ['no type', send(200, {}, '[]'), 'content-type', 'no media type instead of application/json or text/plain'],
  [
    'an odd type',
    send(200, { 'content-type': 'a "b"' }, '[]'),
    'content-type',
    'text of 5 characters instead of application/json or text/plain',
  ],
  [
    'an encoding',
    send(200, { ...JSON_TYPE, 'content-encoding': 'identity, gzip' }, '[]'),
    'content-type',
    'encoded as gzip, which was not asked for',
  ],
])(
  'an answer that is not a whole list is an error that says what it is: %s',
  async (_case, answer, code, says) => {
    const error = await failure(answer);
    expect(error.code).toBe(code);
    expect(error.message.replace(/http:\/\/127\.0\.0\.1:\d+/, '')).toMatch(/^s: \/inventory(?:, |: )/);
    expect(error.message.replace(/^.*?\/inventory(?:, |: )/, '')).toBe(says);
  },
);

test('what is no HTTP is told as that', async () => {
  const error = await failure(bytes('220 mail.example ESMTP', ''));
  expect(error).toMatchObject({
    code: 'unreachable',
    message: expect.stringMatching(
      /^s: what answers at 127\.0\.0\.1:\d+ does not speak HTTP as it should \(HPE_\w+\)$/,
    ),
  });
});

test.each(['', 'identity', 'Identity', 'IDENTITY', ' identity ', 'identity, identity', ','])(
  'Content-Encoding "%s" changes nothing',
  async (encoding) => {
    const answer = send(200, { ...JSON_TYPE, 'content-encoding': encoding }, '["10.0.0.1"]');
    expect(await readServed(answer, {})).toMatchObject({ machines: { '[0]': '10.0.0.1' }, complete: true });
  },
);

test.each(['gzip', 'br', 'x-identity', 'identity;q=1'])(
  'Content-Encoding "%s" is refused',
  async (encoding) => {
    const error = await failure(send(200, { ...JSON_TYPE, 'content-encoding': encoding }, '[]'));
    expect(error.code).toBe('content-type');
  },
);

async function failure(answer: Answer): Promise<SourceError> {
  const error = await readServed(answer, {}, 'ip', '/inventory').catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(SourceError);
  return error as SourceError;
}

/** A message whose length is that of its characters, as servers count that mistake them for bytes. */
const counted = (body: string, type: string) =>
  bytes('HTTP/1.1 200 OK', `content-type: ${type}`, `content-length: ${body.length}`, '', body);

test.each<[string, string, string]>([
  ['a list whose last line lost its end', 'wéb-1\nwéb-12', 'text/plain'],
  ['a list that lost its last line', 'é\né\néé\nweb-1\n', 'text/plain'],
  ['JSON with blanks that it can lose', '["wéb-1"] ', 'application/json'],
])('more bytes than Content-Length says: %s', async (_case, body, type) => {
  await expect(readServed(counted(body, type), { format: 'list' }, 'userdefined')).rejects.toMatchObject({
    code: 'truncated',
    message: expect.stringContaining('more was sent than Content-Length says'),
  });
});
