// Whoever may write the sync configuration, and no more, asks for secrets to be sent to a server of his own: by every
// way into a run, for every spelling of a secret.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workFor } from '../../lib/core/trigger/work.ts';
import { PROJECT } from '../support/names.ts';
import { DEFAULT_KEY } from '../support/standin/index.ts';
import { type Served, serve } from '../unit/inventory/served.ts';
import { lambdaContext, SCHEDULE } from './events.ts';
import { GENERIC_KEY, genericCall } from './hook-calls.ts';
import { SECRET_ID } from './setup.ts';
import { SyncFunctions } from './sync-setup.ts';

const TOKEN = 'not-a-real-inventory-token';
const TOKEN_ID = 'test/inventory-token';
const HOOK_ID = 'test/hooks/cmdb';
/** As the local Secrets Manager calls them. */
const arnOf = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}`;
const TOKEN_ARN = `${arnOf(TOKEN_ID)}-AbCdEf`;

let sync: SyncFunctions;
/** The inventory that may get the token. */
let honest: Served;
let thief: Served;

beforeEach(async () => {
  const list = (_request: unknown, response: import('node:http').ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end('["10.0.0.1"]');
  [sync, honest, thief] = await Promise.all([SyncFunctions.start(), serve(list), serve(list)]);
  const { secrets } = sync.functions;
  secrets.put(TOKEN_ID, TOKEN);
  secrets.put(HOOK_ID, JSON.stringify({ current: GENERIC_KEY }));
});
afterEach(async () => {
  for (const one of [sync, honest, thief]) await one[Symbol.asyncDispose]();
});

const headerFrom = (origin: string, secretId: string, more: object = {}) => ({
  ...sync.httpSource,
  url: `${origin}/list`,
  header: { name: 'x-stolen', secretId, ...more },
});

type Load = Parameters<SyncFunctions['load']>[0];
type Handler = Awaited<ReturnType<SyncFunctions['load']>>;

/** Each way into a run, and what comes of it as one text. */
const WAYS: readonly [string, Load, (handler: Handler) => Promise<unknown>][] = [
  ...['plan', 'apply'].map((mode): [string, Load, (handler: Handler) => Promise<unknown>] => [
    `POST /sync, ${mode}`,
    'sync',
    async (handler) => (await sync.sync(handler, { mode })).result.body,
  ]),
  ['a direct invocation', 'sync', (handler) => handler({ mode: 'plan' }, lambdaContext)],
  ['the schedule', 'sync-from-inventory', (handler) => handler(SCHEDULE, lambdaContext)],
  [
    'a plan of the event function',
    'sync-from-inventory',
    (handler) => handler({ mode: 'plan' }, lambdaContext),
  ],
  [
    'a message of the work queue',
    'sync-group',
    (handler) =>
      handler(
        {
          Records: [
            {
              messageId: 'one',
              eventSource: 'aws:sqs',
              body: JSON.stringify(workFor(`${PROJECT}/web`, 'test-run', 'event')),
            },
          ],
        },
        lambdaContext,
      ),
  ],
  [
    'GET /explain',
    'explain',
    async (handler) =>
      (
        await sync.functions.http(handler, {
          method: 'GET',
          path: '/explain',
          query: { group: `${PROJECT}/web`, machine: '10.0.0.1' },
        })
      ).body,
  ],
  [
    'a hook without a queue',
    'hooks',
    async (handler) => (await sync.functions.http(handler, genericCall('1'))).body,
  ],
];

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

async function outcomeOf(way: (typeof WAYS)[number], env: Record<string, string> = {}): Promise<string> {
  const handler = await sync.load(way[1], env);
  return way[2](handler).then(textOf, (error: Error) => error.message);
}

describe.each(WAYS)('%s', (...way) => {
  /** The second group, so that a run over the first one alone is refused as well. */
  async function configure(source: object): Promise<void> {
    await sync.configure({
      hooks: { cmdb: { scheme: 'generic', secretId: HOOK_ID } },
      groups: [
        sync.group('web', { sources: [{ ...sync.httpSource, url: honest.origin, hook: 'cmdb' }] }),
        sync.group('attack', { sources: [source] }),
      ],
    });
  }

  test.each([
    SECRET_ID,
    arnOf(SECRET_ID),
    `${arnOf(SECRET_ID)}-AbCdEf`,
    HOOK_ID,
    TOKEN_ID,
    TOKEN_ARN,
    'not/there',
  ])('sends nobody %s', async (secretId) => {
    await configure(headerFrom(thief.origin, secretId));
    const outcome = await outcomeOf(way, { SYNC_INVENTORY_SECRETS: `${TOKEN_ARN}=${honest.origin}` });
    const told = `${outcome} ${JSON.stringify(sync.functions.lines)}`;
    expect(told).toMatch(
      /groups\[1\]\.sources\[0\]\.header\.secretId: is (?:not bound to an|bound to other) origin/,
    );
    expect(told).not.toContain(TOKEN);
    expect(told).not.toContain(DEFAULT_KEY.accessKeySecret);
    expect(thief.asked).toEqual([]);
    // Nothing was read, of no group, and nothing written.
    expect(honest.asked).toEqual([]);
    expect(sync.functions.standIn.requests).toEqual([]);
    // The functions' own AccessKey and the hook's key, and no secret for a header.
    expect(sync.functions.secrets.requests).toBeLessThanOrEqual(way[1] === 'hooks' ? 2 : 1);
  });

  test('sends the secret to the origin that the deployer bound it to, whatever it is called', async () => {
    for (const secretId of [TOKEN_ID, TOKEN_ARN, arnOf(TOKEN_ID)]) {
      const asked = honest.asked.length;
      await sync.configure({
        hooks: { cmdb: { scheme: 'generic', secretId: HOOK_ID } },
        groups: [sync.group('web', { sources: [{ ...headerFrom(honest.origin, secretId), hook: 'cmdb' }] })],
      });
      await outcomeOf(way, { SYNC_INVENTORY_SECRETS: `${TOKEN_ARN}=${honest.origin}` });
      expect(honest.asked.slice(asked).map(({ headers }) => headers['x-stolen'])).toContain(TOKEN);
    }
    expect(thief.asked).toEqual([]);
  });

  test('says so, and does nothing, where the deployer would give away a key', async () => {
    await configure(headerFrom(thief.origin, SECRET_ID));
    for (const env of [
      { SYNC_INVENTORY_SECRETS: `${arnOf(SECRET_ID)}-AbCdEf=${thief.origin}` },
      { SYNC_INVENTORY_SECRETS: `${arnOf('other')}-AbCdEf=${thief.origin}`, SYNC_KEPT_SECRETS: 'a, other' },
      { SYNC_INVENTORY_SECRETS: `${arnOf(HOOK_ID)}-AbCdEf=${thief.origin}` },
    ]) {
      const said = await outcomeOf(way, env);
      const told = `${said} ${JSON.stringify(sync.functions.lines.splice(0))}`;
      expect(told).toMatch(
        /entry 1 binds the secret of an AccessKey or of a hook|hooks\.cmdb\.secretId: is bound/,
      );
    }
    expect([...thief.asked, ...honest.asked, ...sync.functions.standIn.requests]).toEqual([]);
  });
});

test('a secret of several values is not sent whole', async () => {
  const both = JSON.stringify({ user: 'robot', token: TOKEN });
  sync.functions.secrets.put(TOKEN_ID, `\uFEFF${both}`);
  const env = { SYNC_INVENTORY_SECRETS: `${TOKEN_ARN}=${honest.origin}` };
  const run = async (more: object) => {
    await sync.configure({
      groups: [sync.group('web', { sources: [headerFrom(honest.origin, TOKEN_ID, more)] })],
    });
    const { report } = await sync.sync(await sync.load('sync', env), { mode: 'plan' });
    return report.groups[0];
  };
  const refused = await run({});
  expect(refused?.error?.message).toMatch(
    /the secret is a JSON object: name the key of its value with secretKey/,
  );
  expect(honest.asked).toEqual([]);
  expect((await run({ secretKey: 'token', prefix: 'Bearer ' }))?.status).toBe('planned');
  expect(honest.asked.map(({ headers }) => headers['x-stolen'])).toEqual([`Bearer ${TOKEN}`]);
});

test('keys are read with a byte order mark before them', async () => {
  const { secrets } = sync.functions;
  secrets.put(SECRET_ID, `\uFEFF${JSON.stringify(DEFAULT_KEY)}`);
  secrets.put(HOOK_ID, `\uFEFF${JSON.stringify({ current: GENERIC_KEY })}`);
  await sync.configure({
    hooks: { cmdb: { scheme: 'generic', secretId: HOOK_ID } },
    groups: [sync.group('web', { sources: [{ ...sync.httpSource, hook: 'cmdb' }] })],
  });
  sync.inventory = () => ['10.0.0.1'];
  expect((await sync.functions.http(await sync.load('hooks'), genericCall('1'))).statusCode).toBe(202);
  expect(sync.members('web')).toEqual(['10.0.0.1']);
});
