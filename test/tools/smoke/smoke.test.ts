// The smoke test against what `npm start` starts, with the stack, the queues, the configuration and the key of the hook
// in moto. The test stands in for the functions behind the queues.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ROOT } from '../../../lib/build/bundle.ts';
import { readTrigger } from '../../../lib/core/trigger/trigger.ts';
import { COMPILED } from '../../support/compiled.ts';
import { freePort } from '../../support/loopback.ts';
import { describeWithMoto } from '../../support/moto.ts';
import { PROJECT } from '../../support/names.ts';
import { needs } from '../../support/needs.ts';
import { LONG } from '../../support/whole.ts';
import { CALLER } from '../local/gateway-iam.ts';
import { type Started, startReady, TEST_MS } from '../local/start-process.ts';
import { HOOK_KEY } from '../local/sync-files.ts';
import { type Finding, type Patience, smoke } from './checks.ts';
import { type Options, type Target, targetOf } from './target.ts';

const STACK = 'sls-machine-groups-test';
const QUEUES = ['SyncInventoryQueue', 'SyncWorkQueue', 'SyncDeadLetters', 'SyncWorkDeadLetters'];
const CONFIG = {
  owner: 'smoke',
  policy: 'sync',
  hooks: { cmdb: { scheme: 'generic', secretId: 'smoke/cmdb' } },
  groups: [
    {
      project: PROJECT,
      name: 'web',
      identify: 'ip',
      sources: [{ type: 'http', format: 'list', url: 'https://cmdb.example/list', hook: 'cmdb' }],
    },
  ],
};

let run: Started;
let url: string;
beforeAll(async () => {
  const started = await startReady({ IAM: 'on' });
  run = started.run;
  url = `http://127.0.0.1:${started.port}`;
}, TEST_MS);
afterAll(async () => {
  run?.child.kill('SIGTERM');
  await run?.ended;
}, TEST_MS);

async function verdicts(target: Target, patience: Patience): Promise<Record<string, Finding>> {
  const found: Record<string, Finding> = {};
  for await (const finding of smoke(target, patience)) found[finding.check] = finding;
  return found;
}

const only = (found: Record<string, Finding>) =>
  Object.fromEntries(Object.entries(found).map(([check, { verdict }]) => [check, verdict]));

const HTTP_OK = { openapi: 'ok', plan: 'ok', list: 'ok', 'hook unsigned': 'ok', 'hook signed': 'ok' };

// A start of its own.
describe('a local run, as a command', needs(LONG), () => {
  const command = (args: string[], env: Record<string, string> = {}) => {
    const own = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...COMPILED,
    };
    const options = { env: { ...own, ...env }, encoding: 'utf8' } as const;
    return spawnSync(process.execPath, [join(ROOT, 'test/tools/smoke/run.ts'), ...args], options);
  };
  const caller = {
    AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
    HOOK_KEY,
  };

  test(
    'is right, and has no queues',
    () => {
      const { stdout, stderr, status } = command(['--url', url, '--hook', 'cmdb'], caller);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout.split('\n').map((line) => line.replace(/:.*/, ''))).toEqual([
        'ok      openapi',
        'ok      plan',
        'ok      list',
        'ok      hook unsigned',
        'ok      hook signed',
        'skipped inventory queue',
        'skipped work queue',
        'nothing is wrong',
        '',
      ]);
      expect(stdout).toMatch(/plan: 2 groups: .*; nothing was written/);
    },
    TEST_MS,
  );

  test(
    'is wrong for a caller without credentials, and for a wrong key of the hook',
    () => {
      const { stdout, status } = command(['--url', url, '--hook', 'cmdb'], { HOOK_KEY: 'not-its-key' });
      expect(status).toBe(1);
      expect(stdout).toContain('wrong   openapi: answered with 403, not 200');
      expect(stdout).toContain('ok      hook unsigned: a stranger is refused with 401');
      expect(stdout).toContain('wrong   hook signed: answered with 401, not 202');
      expect(stdout).toMatch(/\nwrong: openapi, plan, list, hook signed\n$/);
    },
    TEST_MS,
  );

  test.each([
    [[], 'say --stage <stage> for a deployment, or --url'],
    [['--url', 'https://example.com'], '--url is for a local run'],
    [['--stage', 'dev', '--url', 'http://127.0.0.1:1'], 'say --stage <stage>'],
    [['--stag', 'dev'], "Unknown option '--stag'"],
    [['--stage', 'dev', '--region', 'eu-central-1'], 'stack sls-machine-groups-dev cannot be read: '],
  ])(
    '%j asks nothing, and says why',
    (args, says) => {
      const { stderr, status } = command(args);
      expect(stderr).toContain(says);
      expect(stderr).not.toContain('    at ');
      expect(status).toBe(2);
    },
    TEST_MS,
  );
});

describeWithMoto('a stack', (moto) => {
  let sqs: SQSClient;
  const taken: Message[] = [];

  beforeAll(async () => {
    for (const [name, value] of Object.entries(moto.environment)) vi.stubEnv(name, value);
    vi.stubEnv('AWS_ACCESS_KEY_ID', CALLER.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', CALLER.secretAccessKey);
    sqs = new SQSClient(moto.client);
    // Made by hand, since moto says of queues in a stack that they are at AWS.
    const urls = await Promise.all(
      QUEUES.map(async (id) => {
        const fifo = { QueueName: `${id}.fifo`, Attributes: { FifoQueue: 'true' } };
        const input = /Work/.test(id) ? fifo : { QueueName: id };
        const { QueueUrl } = await sqs.send(new CreateQueueCommand(input));
        return [`${id}Url`, QueueUrl] as const;
      }),
    );
    const outputs = { HttpApiUrl: url, SyncConfigLocation: 'ssm:///smoke/sync', ...Object.fromEntries(urls) };
    const cloud = new CloudFormationClient(moto.client);
    await cloud.send(new CreateStackCommand(stackWith(STACK, outputs)));
    const large = { ...outputs, SyncConfigLocation: 's3://smoke-test/sync.json' };
    await cloud.send(new CreateStackCommand(stackWith(`${STACK}-large`, large)));
    const ssm = new SSMClient(moto.client);
    const parameter = { Name: '/smoke/sync', Type: 'String', Value: JSON.stringify(CONFIG) } as const;
    await ssm.send(new PutParameterCommand(parameter));
    const secrets = new SecretsManagerClient(moto.client);
    const SecretString = JSON.stringify({ current: HOOK_KEY });
    await secrets.send(new CreateSecretCommand({ Name: 'smoke/cmdb', SecretString }));
    for (const client of [cloud, ssm, secrets]) client.destroy();
  });
  afterAll(() => {
    sqs?.destroy();
    vi.unstubAllEnvs();
  });

  const stackWith = (StackName: string, outputs: Readonly<Record<string, string>>) => ({
    StackName,
    TemplateBody: JSON.stringify({
      Resources: { Any: { Type: 'AWS::SQS::Queue' } },
      Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
    }),
  });
  const target = (options: Options = { stage: 'test' }) => targetOf(options, process.env);
  const queues = async () => (await target()).queues ?? expect.fail('no queues');
  /** What the functions behind the queues do with what is not for them: they take it. */
  const take = async () => {
    const { inventory, work } = await queues();
    for (const { url: QueueUrl } of [inventory, work]) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      taken.push(...Messages);
      for (const { ReceiptHandle } of Messages)
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  };

  test(
    'is found by its outputs, and an event goes through each queue',
    async () => {
      const found = await verdicts(await target(), { pause: take, looks: 10 });
      expect(only(found)).toEqual({ ...HTTP_OK, 'inventory queue': 'ok', 'work queue': 'ok' });
      const triggers = taken.map(({ Body = '' }) => readTrigger(JSON.parse(Body)));
      // Of no region that a source can read, and of no group that can be configured beside it.
      expect(triggers).toMatchObject([
        { kind: 'inventory', hint: { region: 'smoke-test' } },
        { kind: 'work', work: { groups: ['smoke-test/none'] } },
      ]);
    },
    TEST_MS,
  );

  test(
    'is wrong where nobody takes from a queue, and where dead letters come',
    async () => {
      const { inventory } = await queues();
      const spoil = async () => {
        await sqs.send(new SendMessageCommand({ QueueUrl: inventory.deadLetters, MessageBody: 'given up' }));
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: inventory.url }));
        for (const { ReceiptHandle } of Messages)
          await sqs.send(new DeleteMessageCommand({ QueueUrl: inventory.url, ReceiptHandle }));
      };
      const found = await verdicts(await target(), { pause: spoil, looks: 5 });
      expect(found['inventory queue']?.says).toMatch(
        /^\d+ messages became dead letters meanwhile: look at the log of sync-from-inventory$/,
      );
      expect(found['work queue']).toMatchObject({
        verdict: 'wrong',
        says: '1 messages are still in it: look at the log of sync-group and its event source',
      });
      await take();
    },
    TEST_MS,
  );

  test('without an answer is wrong, check by check', async () => {
    const nobody = { ...(await target()), url: `http://127.0.0.1:${await freePort()}` };
    const found = await verdicts(nobody, { pause: take, looks: 10 });
    const { openapi, list } = found;
    expect(openapi?.says).toMatch(/^GET \/openapi\.json got no answer: /);
    expect(list?.verdict).toBe('wrong');
  });

  test('that is not there, or is older than its outputs, is told by name', async () => {
    await expect(target({ stage: 'none' })).rejects.toThrow(
      /^stack sls-machine-groups-none cannot be read: /,
    );
    const cloud = new CloudFormationClient(moto.client);
    const TemplateBody = JSON.stringify({ Resources: { Q: { Type: 'AWS::SQS::Queue' } } });
    await cloud.send(new CreateStackCommand({ StackName: 'sls-machine-groups-old', TemplateBody }));
    cloud.destroy();
    await expect(target({ stage: 'old' })).rejects.toThrow(
      'stack sls-machine-groups-old has no output HttpApiUrl: deploy it anew',
    );
  });

  test('whose configuration has more than a MiB has its hook', async () => {
    const s3 = new S3Client(moto.client);
    const Body = `${' '.repeat(1_048_576)}${JSON.stringify(CONFIG)}`;
    const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
    await s3.send(new CreateBucketCommand({ Bucket: 'smoke-test', CreateBucketConfiguration }));
    await s3.send(new PutObjectCommand({ Bucket: 'smoke-test', Key: 'sync.json', Body }));
    s3.destroy();
    const hook = await (await target({ stage: 'test-large' })).hook();
    expect(hook).toEqual({ name: 'cmdb', scheme: 'generic', key: HOOK_KEY });
  });

  test('whose hook is unknown, or whose key cannot be read, says so', async () => {
    await expect((await target({ stage: 'test', hook: 'other' })).hook()).rejects.toThrow(
      'the sync configuration has no hook other',
    );
    const secrets = new SecretsManagerClient(moto.client);
    await secrets.send(new CreateSecretCommand({ Name: 'smoke/text', SecretString: 'not-JSON-nor-shown' }));
    secrets.destroy();
    const ssm = new SSMClient(moto.client);
    const hooks = { cmdb: { scheme: 'generic', secretId: 'smoke/text' } };
    const Value = JSON.stringify({ ...CONFIG, hooks });
    await ssm.send(new PutParameterCommand({ Name: '/smoke/sync', Value, Overwrite: true }));
    ssm.destroy();
    await expect((await target()).hook()).rejects.toThrow(
      'no key to sign with: its secret is not JSON. Its key may also stand in the variable HOOK_KEY',
    );
  });
});
