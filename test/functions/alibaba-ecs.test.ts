// Sync runs whose inventory is ECS, end to end: with the deployment's AccessKey and with one of the inventory's own, and
// what the author of the configuration may not have done with either.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROJECT } from '../support/names.ts';
import { ACCOUNT, ECS_KEY, type EcsStandIn, shownInstance, startEcs } from '../support/stand-in-ecs/index.ts';
import { DEFAULT_KEY } from '../support/standin/index.ts';
import { lambdaContext, SCHEDULE } from './events.ts';
import { SECRET_ID } from './setup.ts';
import { SyncFunctions } from './sync-setup.ts';

const KEY_ID = 'test/ecs-key';
const KEY_ARN = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${KEY_ID}-AbCdEf`;

let sync: SyncFunctions;
let ecs: EcsStandIn;
/** Where nobody but the author of the configuration wants requests to go. */
let thief: EcsStandIn;

beforeEach(async () => {
  [sync, ecs, thief] = await Promise.all([SyncFunctions.start(), startEcs(), startEcs()]);
  const { accessKeyId, accessKeySecret: secret } = DEFAULT_KEY;
  ecs.cloud.keys.set(accessKeyId, { secret, account: ACCOUNT });
  ecs.cloud.instances.set(`${ACCOUNT} cn-hangzhou`, [shownInstance(1), shownInstance(2)]);
  sync.functions.secrets.put(KEY_ID, JSON.stringify(ECS_KEY));
});
afterEach(async () => {
  for (const one of [sync, ecs, thief]) await one[Symbol.asyncDispose]();
});

const source = (endpoint: string, more: object = {}) => ({
  type: 'alibaba-ecs',
  regions: ['cn-hangzhou'],
  all: true,
  endpoints: { ecs: endpoint },
  ...more,
});

async function run(sources: readonly object[], env: Record<string, string> = {}) {
  await sync.configure({ groups: [sync.group('web', { sources })] });
  const handler = await sync.load('sync', { SYNC_INVENTORY_ENDPOINTS: ecs.origin, ...env });
  return sync.sync(handler, { mode: 'apply' });
}

test('the deployment’s AccessKey reads, and the group becomes what ECS shows', async () => {
  const { report } = await run([source(ecs.origin)]);
  expect(report.status).toBe('ok');
  expect(sync.members('web')).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(ecs.refused).toEqual([]);
});

test('a key that may not read removes nobody', async () => {
  await run([source(ecs.origin)]);
  ecs.cloud.denied.add(`${ACCOUNT} DescribeInstances`);
  const { report } = await run([source(ecs.origin)]);
  expect(report.groups[0]).toMatchObject({ status: 'failed', error: { code: 'forbidden' } });
  expect(sync.members('web')).toEqual(['10.0.0.1', '10.0.0.2']);
});

test.each(['not the JSON of a key', JSON.stringify({ ...ECS_KEY, accessKeySecret: 'marked secret' })])(
  'a secret that is no AccessKey is told without its value',
  async (text) => {
    sync.functions.secrets.put(KEY_ID, text);
    const env = { SYNC_INVENTORY_SECRETS: `${KEY_ARN}=${ecs.origin}` };
    const { report, result } = await run([source(ecs.origin, { secretId: KEY_ID })], env);
    expect(report.groups[0]).toMatchObject({ status: 'failed', error: { code: 'failed' } });
    expect(`${result.body} ${JSON.stringify(sync.functions.lines)}`).not.toMatch(/marked|not the JSON of/);
    expect(ecs.asked).toEqual([]);
  },
);

test('a secret of its own reads where the deployer binds it, by name and by ARN', async () => {
  ecs.cloud.keys.delete(DEFAULT_KEY.accessKeyId);
  for (const secretId of [KEY_ID, KEY_ARN]) {
    const { report } = await run([source(ecs.origin, { secretId })], {
      SYNC_INVENTORY_SECRETS: `${KEY_ARN}=https://ecs.aliyuncs.com,${KEY_ARN}=${ecs.origin}`,
    });
    expect(report.status).toBe('ok');
  }
  expect(sync.members('web')).toEqual(['10.0.0.1', '10.0.0.2']);
});

describe('nothing is signed', () => {
  async function refused(sources: readonly object[], env: Record<string, string>, says: string) {
    const { result } = await run(sources, env);
    expect(result.statusCode).toBe(500);
    expect(result.body).toContain(says);
    expect([...ecs.asked, ...thief.asked, ...ecs.refused, ...thief.refused]).toEqual([]);
    expect(sync.functions.standIn.requests).toEqual([]);
  }

  test.each(['ecs', 'ess', 'sts'])(
    'for an endpoint of %s that the deployer does not list',
    async (service) => {
      const endpoints = { ecs: ecs.origin, [service]: thief.origin };
      await refused(
        [source('', { endpoints })],
        {},
        `groups[0].sources[0].endpoints.${service}: is neither a documented`,
      );
    },
  );

  test.each([
    'attacker.example',
    'http://ecs.aliyuncs.com',
    'ecs.oss-cn-hangzhou.aliyuncs.com',
    'http://169.254.169.254',
    'http://localhost:8080',
  ])('for %s', async (endpoint) => {
    await refused([source(endpoint)], {}, 'groups[0].sources[0].endpoints.ecs: is neither a documented');
  });

  test('for a listed endpoint in another scheme', async () => {
    const endpoint = ecs.origin.replace('http:', 'https:');
    await refused([source(endpoint)], {}, 'endpoints.ecs: is neither a documented');
  });

  test.each([
    ['to nothing', '', 'secretId: is not bound to an origin'],
    [
      'to Alibaba Cloud alone, where the endpoint is another',
      'https://ecs.aliyuncs.com',
      'secretId: is bound to other',
    ],
    ['to an inventory of http', 'https://netbox.example.com', 'secretId: is bound to other'],
  ])('with a secret that is bound %s', async (_what, origin, says) => {
    const env = origin === '' ? {} : { SYNC_INVENTORY_SECRETS: `${KEY_ARN}=${origin}` };
    await refused([source(ecs.origin, { secretId: KEY_ID })], env, `groups[0].sources[0].${says}`);
  });

  test('at documented endpoints with a secret that is bound elsewhere, nor with one that is nobody’s to bind', async () => {
    const documented = { type: 'alibaba-ecs', regions: ['cn-hangzhou'], all: true };
    const env = { SYNC_INVENTORY_SECRETS: `${KEY_ARN}=${ecs.origin}` };
    const says = 'secretId: is bound to other origins than https://ecs.aliyuncs.com';
    await refused([{ ...documented, secretId: KEY_ID }], env, says);
    await refused([{ ...documented, secretId: SECRET_ID }], env, 'secretId: is not bound to an origin');
  });

  test('by the schedule and by explain either', async () => {
    await sync.configure({ groups: [sync.group('web', { sources: [source(thief.origin)] })] });
    const says = 'groups[0].sources[0].endpoints.ecs: is neither a documented';
    await expect((await sync.load('sync-from-inventory'))(SCHEDULE, lambdaContext)).rejects.toThrow(says);
    const query = { group: `${PROJECT}/web`, machine: '10.0.0.1' };
    const call = { method: 'GET', path: '/explain', query };
    expect((await sync.functions.http(await sync.load('explain'), call)).body).toContain(says);
    expect([...thief.asked, ...thief.refused]).toEqual([]);
  });
});
