// Hooks with a queue, which moto plays: the groups in a message, and none for a request that comes again.
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { workIn as readWork, workSchema } from '../../lib/core/trigger/work.ts';
import { describeWithMoto } from '../support/moto.ts';
import { PROJECT } from '../support/names.ts';
import { lambdaContext } from './events.ts';
import { GENERIC_KEY, genericCall, NETBOX_KEY, netboxBody, netboxCall } from './hook-calls.ts';
import { SyncFunctions } from './sync-setup.ts';

const QUEUE = 'work.fifo';

describeWithMoto('with moto', (moto) => {
  let sqs: SQSClient;
  let sync: SyncFunctions;
  let queueUrl: string;
  let env: Record<string, string>;

  beforeAll(() => {
    sqs = new SQSClient(moto.client);
  });
  afterAll(() => sqs?.destroy());
  beforeEach(async () => {
    await moto.reset();
    sync = await SyncFunctions.start();
    sync.inventory = () => ['10.0.0.1'];
    sync.functions.secrets.put('test/hooks/netbox', JSON.stringify({ current: NETBOX_KEY }));
    sync.functions.secrets.put('test/hooks/cmdb', JSON.stringify({ current: GENERIC_KEY }));
    queueUrl = await createQueue();
    // Of all that a sync needs this function has nothing: no AccessKey, no endpoint, no inventory.
    env = {
      SLS_SECRET_ID: '',
      SLS_ENDPOINT: '',
      SYNC_WORK_QUEUE_URL: queueUrl,
      AWS_ENDPOINT_URL_SQS: moto.url,
    };
  });
  afterEach(() => sync[Symbol.asyncDispose]());

  async function createQueue(): Promise<string> {
    const input = { QueueName: QUEUE, Attributes: { FifoQueue: 'true', VisibilityTimeout: '600' } };
    return (await sqs.send(new CreateQueueCommand(input))).QueueUrl as string;
  }
  async function configure(netbox: readonly string[], cmdb: readonly string[]): Promise<void> {
    const of = (hook: string) => (name: string) =>
      sync.group(name, { sources: [{ ...sync.httpSource, hook }] });
    await sync.configure({
      hooks: {
        netbox: { scheme: 'netbox', secretId: 'test/hooks/netbox' },
        cmdb: { scheme: 'generic', secretId: 'test/hooks/cmdb' },
      },
      groups: [...netbox.map(of('netbox')), ...cmdb.map(of('cmdb')), sync.group('other')],
    });
  }
  async function receive(): Promise<Message[]> {
    const all: Message[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) return all;
      all.push(...Messages);
    }
  }
  const runIdOf = ({ body }: { body: string }) => JSON.parse(body).runId as string;
  const workIn = ({ Body }: Message) => readWork(workSchema.parse(JSON.parse(Body as string)));
  const groupsOf = (messages: readonly Message[]) => messages.flatMap((one) => workIn(one).groups).sort();

  test('a request is one message for the groups that use the source, and nothing else is done', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `web-${index}`);
    await configure(names, ['cache']);
    const handler = await sync.load('hooks', env);
    const result = await sync.functions.http(handler, netboxCall());
    expect(result.statusCode).toBe(202);

    const messages = await receive();
    expect(groupsOf(messages)).toEqual(names.map((name) => `${PROJECT}/${name}`).sort());
    expect(messages.map(workIn)).toEqual([expect.objectContaining({ run: runIdOf(result), asked: 'event' })]);
    expect(sync.functions.lines).toContainEqual(
      expect.objectContaining({ event: 'sync.enqueued', trigger: 'hook netbox', runId: runIdOf(result) }),
    );
    expect(sync.readings).toBe(0);
    expect(sync.functions.standIn.requests).toEqual([]);
  });

  test('the same request is enqueued once: here, by another process, and by two at a time', async () => {
    await configure(['web'], ['cache', 'api']);
    const requests = [netboxCall(), genericCall()] as const;
    const ids = new Set<string>();
    for (const _ of [1, 2]) {
      const handler = await sync.load('hooks', env);
      for (const request of [...requests, ...requests]) {
        const results = [sync.functions.http(handler, request), sync.functions.http(handler, request, '1.0')];
        for (const result of await Promise.all(results)) {
          expect(result.statusCode).toBe(202);
          ids.add(runIdOf(result));
        }
      }
    }
    expect(ids.size).toBe(2);
    expect(groupsOf(await receive())).toEqual(['api', 'cache', 'web'].map((name) => `${PROJECT}/${name}`));
  });

  test('another change is enqueued again', async () => {
    await configure(['web'], ['cache']);
    const handler = await sync.load('hooks', env);
    const before = netboxBody(new Date(Date.now() - 1_000).toISOString());
    for (const request of [netboxCall(before), netboxCall()]) {
      expect((await sync.functions.http(handler, request)).statusCode).toBe(202);
    }
    expect(groupsOf(await receive())).toEqual([`${PROJECT}/web`, `${PROJECT}/web`]);
  });

  test('what cannot be enqueued is answered with 503, and enqueued when it comes again', async () => {
    await configure(['web'], ['cache']);
    const handler = await sync.load('hooks', env);
    const request = genericCall();
    await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
    const failed = await sync.functions.http(handler, request);
    expect(failed.statusCode).toBe(503);
    expect(failed.body).not.toMatch(/queue|sqs/i);

    await createQueue();
    expect((await sync.functions.http(handler, request)).statusCode).toBe(202);
    expect(groupsOf(await receive())).toEqual([`${PROJECT}/cache`]);
  });

  test('a refused request leaves nothing in the queue', async () => {
    await configure(['web'], ['cache']);
    const handler = await sync.load('hooks', env);
    const forged = netboxCall(undefined, { key: 'not-the-key-of-anybody' });
    expect((await sync.functions.http(handler, forged)).statusCode).toBe(401);
    expect((await sync.functions.http(handler, genericCall('', { seconds: '1700000000' }))).statusCode).toBe(
      401,
    );
    expect((await sync.functions.http(handler, netboxCall('', { source: 'other' }))).statusCode).toBe(404);
    expect(await receive()).toEqual([]);
  });

  test('a worker syncs what was enqueued, and its report names the run', async () => {
    await configure(['web'], ['cache']);
    const hooks = await sync.load('hooks', env);
    const result = await sync.functions.http(hooks, netboxCall());
    const bodies = (await receive()).map(({ Body }) => Body as string);
    const records = bodies.map((body, n) => ({ messageId: `message-${n}`, eventSource: 'aws:sqs', body }));
    const worker = await sync.load('sync-from-inventory', { AWS_ENDPOINT_URL_SQS: moto.url });
    expect(await worker({ Records: records }, lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(sync.members('web')).toEqual(['10.0.0.1']);
    expect(sync.members('cache')).toEqual([]);
    const runs = sync.functions.lines.filter(({ event }) => event === 'sync.run');
    expect(runs).toMatchObject([{ trigger: expect.stringContaining(runIdOf(result)) }]);
  });
});
