// Certificates of EventBridge, read over TLS from a server in the place of the host.
import { createSign } from 'node:crypto';
import { createServer } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CERTIFICATE_STALE_MS, CERTIFICATE_TTL_MS } from '../../../lib/core/time/timeouts.ts';
import { certificates } from '../../../lib/runtime/hooks/certificates.ts';
import { certificateFor } from '../../support/certificate.ts';
import { type LoopbackServer, openLoopback } from '../../support/loopback.ts';
import { needs } from '../../support/needs.ts';

const HOST = 'cn-hangzhou-eventbridge.oss-accelerate.aliyuncs.com';
const tls = certificateFor(HOST);
const signing = certificateFor('eventbridge.test', 'rsa');
const url = `https://${HOST}/x509.pem`;

describe('certificates', needs(tls && signing ? undefined : 'openssl cannot make a certificate here'), () => {
  let listening: LoopbackServer;
  let answer: { status: number; body: string | Buffer };
  let asked: string[];
  let now: number;
  const server = createServer(tls ?? {}, (request, response) => {
    asked.push(`${request.headers.host} ${request.url}`);
    response.writeHead(answer.status, { location: 'https://evil.example/x509.pem' }).end(answer.body);
  });
  server.on('tlsClientError', () => {});
  beforeAll(async () => {
    listening = await openLoopback(server);
  });
  afterAll(() => listening?.close());
  const begin = () => {
    answer = { status: 200, body: signing?.cert ?? '' };
    asked = [];
    now = Date.now();
  };
  afterEach(() => expect(asked.every((line) => line.startsWith(HOST))).toBe(true));

  const open = (ca: Buffer | undefined = tls?.cert) =>
    certificates({
      now: () => now,
      connection: {
        port: listening.port,
        lookup: (_host, options, done) =>
          options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
        ...(ca && { ca }),
      },
    });
  const signed = (text: string) =>
    createSign('RSA-SHA256')
      .update(text)
      .sign(signing?.key ?? '', 'hex');

  test('verify what their key signed, part by part, and nothing else', async () => {
    begin();
    const { verifies } = open();
    expect(await verifies(url, signed('before body'), ['before ', Buffer.from('body')])).toBe(true);
    expect(await verifies(url, signed('before body'), ['before ', Buffer.from('bodY')])).toBe(false);
    expect(await verifies(url, 'ab'.repeat(256), ['before ', 'body'])).toBe(false);
  });

  test('are read once a day, however many ask, and kept for another while they cannot be read', async () => {
    begin();
    const { verifies } = open();
    const ask = () => verifies(url, signed('x'), ['x']);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([true, true, true]);
    now += CERTIFICATE_TTL_MS - 1;
    await ask();
    expect(asked).toHaveLength(1);
    answer = { status: 503, body: '' };
    now += 1;
    expect(await ask()).toBe(true);
    now += CERTIFICATE_STALE_MS;
    await expect(ask()).rejects.toThrow(/HTTP 503/);
  });

  test('are few: the one that nobody asked for lately is forgotten', async () => {
    begin();
    const { verifies } = open();
    const ask = (name: string) => verifies(`https://${HOST}/${name}.pem`, signed('x'), ['x']);
    for (let index = 0; index < 9; index += 1) await ask(`c${index}`);
    await ask('c8');
    expect(asked).toHaveLength(9);
    await ask('c0');
    expect(asked).toHaveLength(10);
  });

  test.each([
    ['a redirect', { status: 302, body: '' }, /HTTP 302/],
    ['no certificate', { status: 200, body: 'hello' }, /is not one/],
    ['more than a certificate takes', { status: 200, body: 'x'.repeat(20_000) }, /more than 16384 bytes/],
    ['a certificate that cannot sign so', { status: 200, body: tls?.cert ?? '' }, /has no RSA key/],
  ])('are not taken from %s', async (_, given, says) => {
    begin();
    answer = given;
    await expect(open().verifies(url, signed('x'), ['x'])).rejects.toThrow(says);
  });

  test('are not taken when they are out of date, nor from a host that nobody vouches for', async () => {
    begin();
    now += 10 * 86_400_000;
    await expect(open().verifies(url, signed('x'), ['x'])).rejects.toThrow(/not valid today/);
    begin();
    await expect(open(signing?.cert).verifies(url, signed('x'), ['x'])).rejects.toThrow(/no connection/);
    expect(asked).toEqual([]);
  });
});
