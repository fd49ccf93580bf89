// A header's secret from moto's Secrets Manager, in requests to real servers: where it goes, and where it does not.
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createSecretReader } from '../../../lib/aws/secrets.ts';
import { resolveBySystem } from '../../../lib/inventory/egress.ts';
import { open as openHttp } from '../../../lib/inventory/sources/http/read.ts';
import { httpSource } from '../../../lib/inventory/sources/http/settings.ts';
import { boundSecretReader } from '../../../lib/runtime/sync/wire.ts';
import { describeWithMoto } from '../../support/moto.ts';
import { serve } from './served.ts';

const TOKEN = 'not-a-real-inventory-token';
const NAME = 'inventory/netbox';

const list = (machine: string) => JSON.stringify([machine]);

describeWithMoto('with moto', (moto) => {
  let admin: SecretsManagerClient;
  let arn: string;
  /** Ids that Secrets Manager was asked for. */
  let read: string[];

  beforeAll(() => {
    admin = new SecretsManagerClient(moto.client);
    for (const [name, value] of Object.entries(moto.environment)) vi.stubEnv(name, value);
  });
  beforeEach(async () => {
    await moto.reset();
    const made = await admin.send(new CreateSecretCommand({ Name: NAME, SecretString: TOKEN }));
    arn = made.ARN as string;
    read = [];
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    admin?.destroy();
  });

  function snapshot(url: string, origins: readonly string[], header: object = {}) {
    const settings = httpSource.parse({
      type: 'http',
      url,
      format: 'list',
      allowHttp: true,
      allowLoopback: true,
      header: { name: 'Authorization', secretId: NAME, prefix: 'Token ', ...header },
    });
    const fromAws = createSecretReader();
    const counted = (id: string) => {
      read.push(id);
      return fromAws(id);
    };
    const secret = boundSecretReader(
      counted,
      origins.map((origin) => ({ arn, origin })),
    );
    return openHttp(settings, 'sources[0] http', 'ip', { now: () => 0, secret, resolve: resolveBySystem })
      .snapshot()
      .then(
        ({ machines }) => machines.map(({ value }) => value),
        (error: Error) => error.message,
      );
  }

  const machines = () =>
    serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(list('10.0.0.1'));
    });
  const redirect = (to: string) =>
    serve((_request, response) => void response.writeHead(302, { location: to }).end());

  test('the secret goes to each origin that it is bound to, read by its ARN', async () => {
    await using one = await machines();
    await using other = await machines();
    for (const { origin } of [one, other]) {
      expect(await snapshot(`${origin}/list?a=b`, [one.origin, other.origin])).toEqual(['10.0.0.1']);
    }
    expect(read).toEqual([arn, arn]);
    expect([...one.asked, ...other.asked].map(({ headers }) => headers.authorization)).toEqual(
      Array(2).fill(`Token ${TOKEN}`),
    );
  });

  test('for another origin it is not even read, and nobody is connected to', async () => {
    await using bound = await machines();
    await using other = await machines();
    expect(await snapshot(other.origin, [bound.origin])).toMatch(
      /^sources\[0\] http: header\.secretId: is bound to other origins than where it would go/,
    );
    expect(await snapshot(other.origin, [])).toMatch(/header\.secretId: is not bound to an origin/);
    // Another name of the same machine is another origin.
    expect(await snapshot(bound.origin.replace('127.0.0.1', 'localhost'), [bound.origin])).toMatch(
      /bound to other/,
    );
    expect([read, bound.asked, other.asked]).toEqual([[], [], []]);
  });

  test('a redirect to another origin never gets it, be that bound or not', async () => {
    await using other = await machines();
    await using first = await redirect(`${other.origin}/list`);
    for (const origins of [[first.origin], [first.origin, other.origin]]) {
      expect(await snapshot(first.origin, origins)).toMatch(/redirected to .*, which is not followed/);
    }
    expect(other.asked).toEqual([]);
    expect(first.asked).toHaveLength(2);
  });

  test('a redirect within the origin gets it', async () => {
    await using server = await serve(({ url }, response) => {
      if (url === '/') response.writeHead(308, { location: '/list' }).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(list('10.0.0.2'));
    });
    expect(await snapshot(server.origin, [server.origin])).toEqual(['10.0.0.2']);
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill(`Token ${TOKEN}`));
  });

  test.each<[string, string, object, RegExp | string]>([
    ['a text', `${TOKEN}\r\n`, {}, TOKEN],
    ['a text with a mark before it', `\uFEFF${TOKEN}`, {}, TOKEN],
    [
      'an object, as the console writes it',
      `{"user":"robot","token":"${TOKEN}"}`,
      { secretKey: 'token' },
      TOKEN,
    ],
    ['an object without a key', `{"token":"${TOKEN}"}`, {}, /is a JSON object: name the key .* secretKey/],
    [
      'an object without that key',
      `{"token":"${TOKEN}"}`,
      { secretKey: 'Token' },
      /no text under its secretKey/,
    ],
    ['a text with a key', TOKEN, { secretKey: 'token' }, /is not a JSON object/],
    ['two lines', `${TOKEN}\nx-evil: 1`, {}, /does not fit into a header/],
    [
      'two lines under a key',
      JSON.stringify({ token: `${TOKEN}\r\nx: 1` }),
      { secretKey: 'token' },
      /does not fit/,
    ],
    ['a control character', `${TOKEN}\u0000`, {}, /does not fit into a header/],
    ['letters that no header takes', 'not-a-real-tökèn', {}, /does not fit into a header/],
    ['nothing but blanks', ' \n', {}, /does not fit into a header/],
    ['nothing under a key', '{"token":""}', { secretKey: 'token' }, /does not fit into a header/],
  ])('a secret that is %s', async (_what, text, header, expected) => {
    await admin.send(new PutSecretValueCommand({ SecretId: NAME, SecretString: text }));
    await using server = await machines();
    const outcome = await snapshot(server.origin, [server.origin], header);
    if (typeof expected === 'string') {
      expect(outcome).toEqual(['10.0.0.1']);
      expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([`Token ${expected}`]);
    } else {
      expect(outcome).toMatch(expected);
      expect(outcome).not.toContain(TOKEN);
      expect(server.asked).toEqual([]);
    }
  });
});
