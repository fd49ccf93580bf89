// Secrets of a local run: what its file may hold, and that a token goes to the origin that it is bound to, and nowhere else.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { netboxCall } from '../../functions/hook-calls.ts';
import { openLoopback } from '../../support/loopback.ts';
import { PROJECT } from '../../support/names.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { readLocalSecrets } from './local-secrets.ts';
import { type Started, secretsSaid, startReady, TEST_MS } from './start-process.ts';

const TOKEN = 'not-a-real-netbox-token';
const HOOK = 'not-a-real-netbox-key';
const ORIGIN = 'http://127.0.0.1:8702';

const files = temporaryFolder('start-secrets');
afterAll(files.remove);

const read = (value: unknown) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return readLocalSecrets(text, 'secrets.json', ['ours']);
};

test('takes text and objects, with the origins that may get them', () => {
  expect(read({})).toEqual({ values: {}, bindings: [] });
  expect(
    read({
      'inventory/netbox': { value: TOKEN, origins: [ORIGIN, 'https://netbox.example.com'] },
      'hooks/netbox': { value: { current: HOOK } },
    }),
  ).toEqual({
    values: { 'inventory/netbox': TOKEN, 'hooks/netbox': JSON.stringify({ current: HOOK }) },
    bindings: [ORIGIN, 'https://netbox.example.com'].map(
      (origin) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:inventory/netbox-AbCdEf=${origin}`,
    ),
  });
});

test.each<[string, unknown, RegExp]>([
  ['no JSON', `{"a": ${TOKEN}}`, /must be JSON, expected a value at line 1, column 7;/],
  ['a list', [TOKEN], /must be an object of secrets/],
  ['too much text', ' '.repeat(300_000), /is larger than 262144 bytes/],
  ['too many', Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, {}])), /more than 50 secrets/],
  ['a name that is none', { 'a b': { value: TOKEN } }, /"a b" is not the name of a secret/],
  ['one of ours', { ours: { value: TOKEN } }, /"ours" is a secret of the local run itself/],
  ['bare text', { a: TOKEN }, /"a" must be an object with "value"/],
  ['no value', { a: { origins: [] } }, /"a" must have a "value"/],
  ['an unknown field', { a: { value: TOKEN, origin: ORIGIN } }, /"a" has a field "origin"/],
  ['one origin without a list', { a: { value: TOKEN, origins: ORIGIN } }, /must have a list of 20 "origins"/],
  ['a path', { a: { value: TOKEN, origins: [`${ORIGIN}/api`] } }, /"a" has no origin in origins\[0\]/],
  ['two in one', { a: { value: TOKEN, origins: [`${ORIGIN},${ORIGIN}`] } }, /no origin in origins\[0\]/],
  ['a large value', { a: { value: 'x'.repeat(70_000) } }, /more than 65536 characters/],
])('refuses %s, and repeats no value', (_, value, says) => {
  expect(() => read(value)).toThrow(says);
  expect(() => read(value)).toThrow(/^secrets\.json: .*such as \{"inventory\/netbox"/);
  expect(() => read(value)).not.toThrow(TOKEN);
});

/** NetBox, as far as it matters here: devices for who has the token. */
async function netbox(asked: (string | undefined)[]) {
  return openLoopback(
    createServer((request, response) => {
      const { authorization } = request.headers;
      asked.push(authorization);
      if (authorization !== `Token ${TOKEN}`) return response.writeHead(403).end();
      const device = { id: 1, name: 'web-1', primary_ip4: { address: '10.0.7.1/24' } };
      const body = JSON.stringify({ count: 1, next: null, previous: null, results: [device] });
      return response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    }),
  );
}

test(
  'a token reaches the NetBox that it is bound to, no other host and no log',
  async () => {
    const [asked, askedOther]: [(string | undefined)[], (string | undefined)[]] = [[], []];
    await using inventory = await netbox(asked);
    await using other = await netbox(askedOther);
    const folder = join(files.path, 'sync');
    const group = (name: string, address: string, secretId: string, hook = 'netbox') => ({
      ...{ project: PROJECT, name, identify: 'ip' },
      sources: [
        {
          ...{ type: 'http', url: `http://${address}/api/dcim/devices/?tag=web`, format: 'netbox' },
          ...{ allowHttp: true, allowLoopback: true, hook },
          header: { name: 'Authorization', prefix: 'Token ', secretId },
        },
      ],
    });
    const configure = (...groups: object[]) =>
      writeFile(
        join(folder, 'sync.json'),
        JSON.stringify({
          ...{ owner: 'local', policy: 'sync' },
          hooks: {
            netbox: { scheme: 'netbox', secretId: 'hooks/netbox' },
            forgotten: { scheme: 'generic', secretId: 'hooks/forgotten' },
          },
          groups: [...groups, group('others', inventory.address, 'inventory/netbox', 'forgotten')],
        }),
      );
    await mkdir(folder);
    await configure(group('devices', inventory.address, 'inventory/netbox'));
    const secrets = {
      'inventory/netbox': { value: TOKEN, origins: [`http://${inventory.address}`] },
      'hooks/netbox': { value: { current: HOOK } },
    };
    await writeFile(join(folder, 'secrets.json'), JSON.stringify(secrets));
    const { run, port } = await startReady({ SYNC_FOLDER: folder, LOG: 'text' });
    await using _ = stopping(run);
    // Nothing is said that is not so with this configuration.
    expect(run.stdout()).toMatch(/^sync: \S+sync\.json the configuration, as you left them/m);
    expect(run.stdout()).toMatch(
      /^secrets: \S+secrets\.json is for secrets of .* \(2 now\), read when this/m,
    );
    expect(run.stdout()).not.toMatch(/^(?:explain|hook): /m);

    const post = async (path: string, init: RequestInit) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', ...init });
      return { status: response.status, text: await response.text() };
    };
    const sync = (mode: string) =>
      post('/sync', { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mode }) });

    expect(await sync('apply')).toEqual({ status: 200, text: expect.stringContaining('"written":2') });
    const written = await fetch(`http://127.0.0.1:${port}/machinegroups/devices?projectName=${PROJECT}`);
    expect(await written.json()).toMatchObject({ machineList: ['10.0.7.1'] });
    const { headers = {}, body = '' } = netboxCall(undefined, { key: HOOK });
    const told = await post('/hooks/netbox', { headers, body: body as string });
    expect(told).toMatchObject({ status: 202 });
    const seconds = `${Math.floor(Date.now() / 1000)}`;
    const claim = { 'x-signature-timestamp': seconds, 'x-signature': `sha256=${'0'.repeat(64)}` };
    expect(await post('/hooks/forgotten', { headers: claim, body: '{}' })).toMatchObject({ status: 503 });
    await expect.poll(run.stdout).toMatch(/ secret\.failed hooks\/forgotten: the secret does not exist/);
    await expect.poll(run.stdout).toMatch(/ Hook 503 .*try again later\. \(the secret does not exist/);

    await configure(group('devices', other.address, 'inventory/netbox'));
    const elsewhere = await sync('plan');
    expect(elsewhere.text).toContain('is bound to other origins than where it would go');
    await configure(group('devices', inventory.address, 'inventory/unknown'));
    const unknown = await sync('plan');
    expect(unknown.text).toContain(
      'is not bound to an origin: add it to the deployment’s inventorySecrets; ',
    );
    expect(unknown.text).toContain('with `npm start`: put it into .cache/local/<port>/secrets.json');
    expect(askedOther).toEqual([]);
    expect(new Set(asked)).toEqual(new Set([`Token ${TOKEN}`]));
    expect(`${elsewhere.text}${unknown.text}`).not.toContain(TOKEN);

    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8'))).toEqual(secrets);
  },
  TEST_MS,
);

/** Whatever happens, it stops, and has said no secret. */
const stopping = (run: Started): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    run.child.kill('SIGTERM');
    await run.ended;
    expect(secretsSaid(run)).toEqual([]);
  },
});
