// What a whole run reads, counted at the servers that it reads from.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Served, serve } from '../unit/inventory/served.ts';
import { SyncFunctions } from './sync-setup.ts';

const TOKEN_ID = 'test/inventory-token';
const TOKEN_ARN = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${TOKEN_ID}-AbCdEf`;

let sync: SyncFunctions;
let inventory: Served;

beforeEach(async () => {
  sync = await SyncFunctions.start();
  inventory = await serve((request, response) => {
    const broken = request.url === '/broken';
    response.writeHead(broken ? 500 : 200, { 'content-type': 'application/json' }).end('["10.0.0.1"]');
  });
  sync.functions.secrets.put(TOKEN_ID, 'not-a-real-inventory-token');
});
afterEach(async () => {
  for (const one of [sync, inventory]) await one[Symbol.asyncDispose]();
});

const source = (path: string) => ({
  ...sync.httpSource,
  url: `${inventory.origin}${path}`,
  header: { name: 'x-token', secretId: TOKEN_ID },
});
const names = Array.from({ length: 40 }, (_, index) => `group-${index}`);
const load = () => sync.load('sync', { SYNC_INVENTORY_SECRETS: `${TOKEN_ARN}=${inventory.origin}` });
/** The deployment's AccessKey is read once a process. */
const secretReads = () => sync.functions.secrets.requests - 1;

test('40 groups of one list: one reading, one read of its secret; the next run reads anew', async () => {
  await sync.configure({ groups: names.map((name) => sync.group(name, { sources: [source('/list')] })) });
  const handler = await load();
  const { report } = await sync.sync(handler, { mode: 'apply' });
  expect(report.counts).toMatchObject({ groups: 40, added: 40 });
  expect(inventory.asked).toHaveLength(1);
  expect(secretReads()).toBe(1);
  expect((await sync.sync(handler, { mode: 'plan' })).report.counts).toMatchObject({
    byStatus: { 'in-sync': 40 },
  });
  expect(inventory.asked).toHaveLength(2);
  expect(secretReads()).toBe(2);
});

test('a list that fails is asked once, and fails the groups that have it and no other', async () => {
  await sync.configure({
    groups: names.map((name, index) =>
      sync.group(name, { sources: [source('/list'), ...(index % 2 ? [source('/broken')] : [])] }),
    ),
  });
  const { report } = await sync.sync(await load(), { mode: 'apply' });
  expect(report.counts.byStatus).toMatchObject({ failed: 20, written: 20 });
  expect(inventory.asked.map(({ url }) => url).sort()).toEqual(['/broken', '/list']);
  for (const { group, status, error } of report.groups) {
    const isBroken = Number(/\d+$/.exec(group)?.[0]) % 2 === 1;
    expect([group, status]).toEqual([group, isBroken ? 'failed' : 'written']);
    if (isBroken) expect(error?.message).toMatch(/^sources\[1\] http: /);
  }
});
