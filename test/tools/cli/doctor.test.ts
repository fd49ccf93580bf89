// The doctor against stand-ins that have each fault in turn: the line of that fault is wrong or a warning, and says what
// to do.
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import {
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../../lib/cli/doctor/finding.ts';
import { freePort, type LoopbackServer, openLoopback } from '../../support/loopback.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../../support/memory/dynalite.ts';
import { MARK, OWNER, PROJECT } from '../../support/names.ts';
import { DEFAULT_KEY, type StandIn, startStandIn } from '../../support/standin/index.ts';
import { type SecretsServer, startSecretsServer } from '../../support/standin/secrets.ts';
import { builtCli, type Environment, SECRET_ID, settingsFor } from './process.ts';

const cli = builtCli();
const DAY_MS = 86_400_000;
const HEALTHY = JSON.stringify(DEFAULT_KEY);
let standIn: StandIn;
let secrets: SecretsServer;
let dynamo: LocalDynamo;
let server: LoopbackServer;
let env: Environment;
let config: string;
/** What the secret store takes for now. */
let secretsNow = Date.now();
let inventory: { readonly status?: number; readonly age?: string; readonly body?: string } = {};

beforeAll(async () => {
  [standIn, dynamo] = await Promise.all([startStandIn(), startDynamo()]);
  secrets = await startSecretsServer({ secrets: { [SECRET_ID]: HEALTHY }, clock: () => secretsNow });
  server = await openLoopback(
    createServer((_, answer) => {
      const { status = 200, age = '0', body = '["10.0.0.1"]' } = inventory;
      answer.writeHead(status, { 'content-type': 'application/json', age }).end(body);
    }),
  );
  config = join(cli.folder, 'sync.json');
  await writeFile(config, JSON.stringify(documentOf(PROJECT)));
  env = { ...settingsFor(standIn, secrets.url), SYNC_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: dynamo.url };
  await setEpoch({ N: '1' }, { N: '1' });
});
afterAll(async () => {
  await Promise.all([standIn?.close(), secrets?.close(), server?.close(), dynamo?.[Symbol.asyncDispose]()]);
});
beforeEach(() => {
  standIn.faults.clear();
  standIn.setSkew(0);
  standIn.setKeys([DEFAULT_KEY]);
  standIn.groups(PROJECT).set('web', {
    ...{ groupName: 'web', groupType: '', machineIdentifyType: 'ip', machineList: ['10.0.0.1'] },
    groupAttribute: { groupTopic: '', externalName: MARK },
    ...{ createTime: 1_700_000_000, lastModifyTime: 1_700_000_000 },
  });
  secretsNow = Date.now();
  secrets.put(SECRET_ID, HEALTHY);
  inventory = {};
});

const documentOf = (project: string) => ({
  owner: OWNER,
  policy: 'sync',
  groups: [
    {
      ...{ project, name: 'web', identify: 'ip' },
      sources: [
        {
          type: 'http',
          url: `http://${server.address}/`,
          format: 'list',
          allowHttp: true,
          allowLoopback: true,
        },
      ],
    },
  ],
});

async function setEpoch(version: { N: string }, epoch: { N: string } | { S: string }): Promise<void> {
  const client = new DynamoDBClient(dynamo.client);
  await client.send(
    new UpdateItemCommand({
      TableName: TABLE,
      Key: { id: { S: 'deployment' } },
      UpdateExpression: 'SET #v = :v, #e = :e, #r = :v',
      ExpressionAttributeNames: { '#v': 'version', '#e': 'epoch', '#r': 'revision' },
      ExpressionAttributeValues: { ':v': version, ':e': epoch },
    }),
  );
  client.destroy();
}

async function examine(changes: Environment = {}, file = config) {
  const { code, stdout, stderr } = await cli.run(['doctor', '--config', file, '--local', '--json'], {
    ...env,
    ...changes,
  });
  expect(stderr).toBe('');
  const findings = JSON.parse(stdout) as Finding[];
  // Whatever is not right has something to be done.
  for (const { verdict, todo } of findings) expect(todo === undefined).toBe(verdict === 'ok');
  return { code, findings, odd: findings.filter(({ verdict }) => verdict !== 'ok') };
}

test('finds nothing where nothing is wrong, and writes nothing', async () => {
  standIn.forgetRequests();
  const { code, findings } = await examine();
  expect(findings.map(({ check, verdict }) => [verdict, check])).toEqual([
    ['ok', 'configuration'],
    ['ok', 'endpoint http://cn-hangzhou.log.aliyuncs.com'],
    ['ok', 'clock at cn-hangzhou.log.aliyuncs.com'],
    ['ok', 'secret of the AccessKey'],
    ['ok', `key in ${PROJECT}`],
    ['ok', `RAM in ${PROJECT}`],
    ['ok', `memory ${TABLE}`],
    ['ok', 'attention'],
    ['ok', 'sources'],
  ]);
  expect(code).toBe(0);
  expect(standIn.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('tells people in a line each, with what to do', async () => {
  inventory = { age: '600' };
  const { code, stdout } = await cli.run(['doctor', '--config', config, '--local'], env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok {6}configuration: 1 group of owner test-owner$/m);
  expect(stdout).toMatch(
    /^warning sources\[0\] http of ali-test-project\/web: was not read completely: .*; it adds, and nothing is removed/m,
  );
});

interface Fault {
  readonly arrange?: () => unknown;
  readonly env?: () => Environment | Promise<Environment>;
  readonly verdict: 'warning' | 'wrong';
  readonly check: string;
  readonly says: RegExp;
}

const forbidden = (
  operation: 'ListMachines' | 'GetMachineGroup' | 'GetAppliedConfigs' | 'ListMachineGroup',
) => standIn.faults.add({ kind: 'error', operation, status: 403, code: 'NoPermission', times: 1 });

const FAULTS: Readonly<Record<string, Fault>> = {
  'a clock that is behind by two minutes': {
    arrange: () => standIn.setSkew(120_000),
    verdict: 'warning',
    check: 'clock at cn-hangzhou.log.aliyuncs.com',
    says: /^this machine is 1(?:19|20|21) s behind$/,
  },
  'a clock that is ahead by twenty minutes': {
    arrange: () => standIn.setSkew(-1_200_000),
    verdict: 'wrong',
    check: 'clock at cn-hangzhou.log.aliyuncs.com',
    says: /^this machine is 1(?:199|200|201) s ahead: SLS refuses what it signs$/,
  },
  'an endpoint that is not there': {
    env: async () => ({ SLS_CONNECT_TO: `127.0.0.1:${await freePort()}` }),
    verdict: 'wrong',
    check: 'endpoint http://cn-hangzhou.log.aliyuncs.com',
    says: /^gives no answer \(.*ECONNREFUSED/,
  },
  'somebody else in place of SLS': {
    env: () => ({ SLS_CONNECT_TO: server.address }),
    verdict: 'wrong',
    check: 'endpoint http://cn-hangzhou.log.aliyuncs.com',
    says: /^answers with 200, and not as SLS does$/,
  },
  'a key that SLS does not know': {
    arrange: () => standIn.setKeys([]),
    verdict: 'wrong',
    check: `key in ${PROJECT}`,
    says: /^Unauthorized: /,
  },
  'two parts of different keys': {
    arrange: () => standIn.setKeys([{ ...DEFAULT_KEY, accessKeySecret: 'not-the-same-secret' }]),
    verdict: 'wrong',
    check: `key in ${PROJECT}`,
    says: /^SignatureNotMatch: /,
  },
  'an action that the sync needs': {
    arrange: () => forbidden('ListMachines'),
    verdict: 'wrong',
    check: `RAM log:ListMachines in ${PROJECT}`,
    says: /^is refused \(NoPermission: .*\): nothing proves that a machine is gone$/,
  },
  'the action that all need': {
    arrange: () => forbidden('GetMachineGroup'),
    verdict: 'wrong',
    check: `RAM log:GetMachineGroup in ${PROJECT}`,
    says: /^is refused \(NoPermission: .*\): no group can be synced$/,
  },
  'the action that finds groups': {
    arrange: () => forbidden('ListMachineGroup'),
    verdict: 'wrong',
    check: `RAM log:ListMachineGroup in ${PROJECT}`,
    says: /groups that nobody keeps are not found$/,
  },
  'an action that only the API needs': {
    arrange: () => forbidden('GetAppliedConfigs'),
    verdict: 'warning',
    check: `RAM log:GetAppliedConfigs in ${PROJECT}`,
    says: /the API needs it, the sync does not$/,
  },
  'a secret that is not there': {
    env: () => ({ SLS_SECRET_ID: 'test/none' }),
    verdict: 'wrong',
    check: 'secret of the AccessKey',
    says: /^cannot be read \(.*ResourceNotFoundException\)$/,
  },
  'a secret that may not be read': {
    arrange: () =>
      secrets.faults.add({ kind: 'error', status: 400, type: 'AccessDeniedException', times: 1 }),
    verdict: 'wrong',
    check: 'secret of the AccessKey',
    says: /^cannot be read \(.*AccessDeniedException\)$/,
  },
  'a secret of another shape': {
    arrange: () => secrets.put(SECRET_ID, JSON.stringify({ AccessKeyId: 'test-key-id' })),
    verdict: 'wrong',
    check: 'secret of the AccessKey',
    says: /accessKeyId/,
  },
  'an old key': {
    arrange: () => {
      secretsNow = Date.now() - 91 * DAY_MS;
      secrets.put(SECRET_ID, HEALTHY);
    },
    verdict: 'warning',
    check: 'secret of the AccessKey',
    says: /^is 91 days old$/,
  },
  'a source that cannot be read': {
    arrange: () => {
      inventory = { status: 403 };
    },
    verdict: 'wrong',
    check: `sources of ${PROJECT}/web`,
    says: /^could not be read \(.*403/,
  },
  'a source that has nothing': {
    arrange: () => {
      inventory = { body: '[]' };
    },
    verdict: 'warning',
    check: `sources[0] http of ${PROJECT}/web`,
    says: /^was read completely and has no machine$/,
  },
  'a group that SLS does not give': {
    env: async () => ({ SLS_CONNECT_TO: `127.0.0.1:${await freePort()}` }),
    verdict: 'wrong',
    check: `group ${PROJECT}/web`,
    says: /^could not be read in SLS \(ConnectionFailed: connection failed: ECONNREFUSED at 127\.0\.0\.1\)$/,
  },
  'a memory that is not reached': {
    env: async () => ({ AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${await freePort()}` }),
    verdict: 'wrong',
    check: `memory ${TABLE}`,
    says: /^cannot be read \(.*ECONNREFUSED at 127\.0\.0\.1\)$/,
  },
  'a source that is old': {
    arrange: () => {
      inventory = { age: '600' };
    },
    verdict: 'warning',
    check: `sources[0] http of ${PROJECT}/web`,
    says: /^was not read completely: /,
  },
  'no memory': {
    env: () => ({ SYNC_TABLE: '' }),
    verdict: 'warning',
    check: 'memory',
    says: /^there is none/,
  },
  'a memory that is not there': {
    env: () => ({ SYNC_TABLE: 'another-table' }),
    verdict: 'wrong',
    check: 'memory another-table',
    says: /^cannot be read \(.*ResourceNotFoundException\)$/,
  },
  'no settings': {
    env: () => ({ SLS_ENDPOINT: '', SLS_SIGNATURE: 'v5' }),
    verdict: 'wrong',
    check: 'settings',
    says: /^environment: SLS_ENDPOINT: is required; SLS_SIGNATURE: v1 or v4$/,
  },
};

describe('finds', () => {
  test.each(Object.entries(FAULTS))('%s', async (_, fault) => {
    fault.arrange?.();
    const { code, odd } = await examine(await fault.env?.());
    const found = odd.find(({ check }) => check === fault.check);
    expect(found, JSON.stringify(odd)).toMatchObject({
      verdict: fault.verdict,
      says: expect.stringMatching(fault.says),
    });
    expect(code).toBe(odd.some(({ verdict }) => verdict === 'wrong') ? 1 : 0);
  });

  test('no missing right in what was not reached', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { odd } = await examine({ AWS_ENDPOINT_URL_DYNAMODB: url, AWS_ENDPOINT_URL_SECRETS_MANAGER: url });
    for (const name of [`memory ${TABLE}`, 'secret of the AccessKey'])
      expect(odd.find(({ check }) => check === name)?.todo).toMatch(/^it was not reached from here: /);
  });

  test('groups that need a person, and says what tells more', async () => {
    const client = new DynamoDBClient(dynamo.client);
    const key = { id: { S: `group ${PROJECT}/web` } };
    const verdict = JSON.stringify({ is: 'attention', since: 1, code: 'refused identify-mismatch' });
    const Item = { ...key, version: { N: '1' }, revision: { N: '1' }, verdict: { S: verdict } };
    await client.send(new PutItemCommand({ TableName: TABLE, Item }));
    try {
      const { odd } = await examine();
      expect(odd).toContainEqual({
        ...{ verdict: 'warning', check: 'attention', says: '1 group needs attention' },
        todo: 'see `status`',
      });
    } finally {
      await client.send(new DeleteItemCommand({ TableName: TABLE, Key: key }));
      client.destroy();
    }
  });

  test('a memory of another system', async () => {
    await setEpoch({ N: '99' }, { N: '1' });
    try {
      const { odd } = await examine();
      expect(odd).toContainEqual(
        expect.objectContaining({
          verdict: 'wrong',
          check: `memory ${TABLE}`,
          says: expect.stringContaining('version 99'),
        }),
      );
    } finally {
      await setEpoch({ N: '1' }, { N: '1' });
    }
  });

  test('an action that it takes to watch the configs that a group names', async () => {
    const document = documentOf(PROJECT);
    const groups = document.groups.map((group) => ({ ...group, configs: ['access-log'] }));
    const other = join(cli.folder, 'bound.json');
    await writeFile(other, JSON.stringify({ ...document, groups }));
    forbidden('GetAppliedConfigs');
    const { code, odd } = await examine({}, other);
    expect(code).toBe(1);
    expect(odd).toContainEqual({
      verdict: 'wrong',
      check: `RAM log:GetAppliedConfigs in ${PROJECT}`,
      says: expect.stringMatching(/nobody sees whether the configs of groups are applied$/),
      todo: 'allow log:GetAppliedConfigs in RAM; lib/ram/bindings.json has it',
    });
  });

  test('a project that is not there, and a configuration that is none', async () => {
    const other = join(cli.folder, 'other.json');
    await writeFile(other, JSON.stringify(documentOf('no-project')));
    const { code, odd } = await examine({}, other);
    expect(code).toBe(1);
    expect(odd).toContainEqual(expect.objectContaining({ check: 'key in no-project', verdict: 'wrong' }));
    await writeFile(other, '{}');
    const { odd: odds } = await examine({}, other);
    expect(odds).toContainEqual(expect.objectContaining({ check: 'configuration', verdict: 'wrong' }));
  });
});
