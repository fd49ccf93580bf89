// Queues and notices against moto: fan-out to workers, bursts of events, records that cannot be read.
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { workFor } from '../../lib/core/trigger/work.ts';
import { addresses } from '../support/addresses.ts';
import { describeWithMoto } from '../support/moto.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { lambdaContext } from './events.ts';
import { SyncFunctions } from './sync-setup.ts';

const schedule = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };
const stateChange = (n: number) => ({
  version: '0',
  id: `event-${n}`,
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '123456789012',
  time: '2026-02-03T04:05:06Z',
  region: 'eu-central-1',
  resources: [],
  detail: { 'instance-id': `i-${n}`, state: 'running' },
});

describeWithMoto('with moto', (moto) => {
  let sqs: SQSClient;
  let sync: SyncFunctions;
  let env: Record<string, string>;
  const queueOf = (name: string) => env[name] as string;

  beforeAll(() => {
    sqs = new SQSClient(moto.client);
  });
  afterAll(() => sqs?.destroy());
  beforeEach(async () => {
    await moto.reset();
    sync = await SyncFunctions.start();
    const create = async (name: string, fifo: boolean) => {
      const input = { QueueName: name, ...(fifo && { Attributes: { FifoQueue: 'true' } }) };
      return (await sqs.send(new CreateQueueCommand(input))).QueueUrl as string;
    };
    env = {
      SYNC_WORK_QUEUE_URL: await create('work.fifo', true),
      SYNC_INVENTORY_QUEUE_URL: await create('inventory', false),
      SYNC_DEAD_LETTER_QUEUE_URL: await create('dead-letters', false),
      AWS_ENDPOINT_URL_SQS: moto.url,
      AWS_ENDPOINT_URL_SNS: moto.url,
    };
  });
  afterEach(() => sync[Symbol.asyncDispose]());

  async function receive(queueUrl: string): Promise<Message[]> {
    const all: Message[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) return all;
      all.push(...Messages);
    }
  }
  const records = (bodies: readonly unknown[]) => ({
    Records: bodies.map((body, index) => ({
      messageId: `message-${index}`,
      eventSource: 'aws:sqs',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })),
  });

  test('above the limit the schedule hands each group to a worker, in the order of that group', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `web-${index}`);
    await sync.configure({ fanOutAbove: 11, groups: names.map((name) => sync.group(name)) });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory', env);
    expect(await handler(schedule, lambdaContext)).toMatchObject({ enqueued: 12 });
    expect(sync.readings).toBe(0);

    const messages = await receive(queueOf('SYNC_WORK_QUEUE_URL'));
    expect(messages.map(({ Attributes }) => Attributes?.MessageGroupId).sort()).toEqual(
      names.map((name) => `${PROJECT}/${name}`).sort(),
    );
    const work = records(messages.map(({ Body }) => Body));
    expect(await handler(work, lambdaContext)).toEqual({ batchItemFailures: [] });
    for (const name of names) expect(sync.members(name)).toEqual(['10.0.0.1']);
  });
  test('at the limit it works in process', async () => {
    await sync.configure({ fanOutAbove: 2, groups: [sync.group('web'), sync.group('cache')] });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory', env);
    expect(await handler(schedule, lambdaContext)).toMatchObject({ status: 'ok' });
    expect(await receive(queueOf('SYNC_WORK_QUEUE_URL'))).toEqual([]);
  });
  test('a family goes to a worker as a whole, from the schedule and from an event about its tags', async () => {
    const sources = [{ type: 'ec2', regions: ['us-east-1'], all: true }];
    const family = { project: PROJECT, name: '{a}-x', by: { a: 'tag:a' }, identify: 'ip', sources };
    await sync.configure({ fanOutAbove: 1, groups: [sync.group('web')], families: [family] });
    const handler = await sync.load('sync-from-inventory', env);
    expect(await handler(schedule, lambdaContext)).toMatchObject({ enqueued: 2 });
    const messages = await receive(queueOf('SYNC_WORK_QUEUE_URL'));
    expect(messages.map(({ Body = '' }) => JSON.parse(Body).group).sort()).toEqual([
      `${PROJECT}/web`,
      `${PROJECT}/{a}-x`,
    ]);
    const changed = (tagKey: string) => ({
      ...stateChange(1),
      source: 'aws.tag',
      'detail-type': 'Tag Change on Resource',
      region: 'us-east-1',
      detail: { 'changed-tag-keys': [tagKey], service: 'ec2', 'resource-type': 'instance' },
    });
    await sync.configure({ fanOutAbove: 0, groups: [sync.group('web')], families: [family] });
    expect(await handler(changed('a'), lambdaContext)).toMatchObject({ enqueued: 1 });
    expect(await handler(changed('b'), lambdaContext)).toMatchObject({ status: 'ok', groups: [] });
  });
  test('500 events are one run over the groups they concern', async () => {
    const ec2 = { type: 'ec2', regions: ['us-east-1'], tags: { role: 'web' } };
    await sync.configure({
      groups: [
        sync.group('web', { sources: [{ ...ec2, regions: ['eu-central-1'] }] }),
        sync.group('far', { sources: [ec2] }),
      ],
    });
    const burst = records(Array.from({ length: 500 }, (_, n) => stateChange(n)));
    const handler = await sync.load('sync-from-inventory', {
      ...env,
      AWS_ENDPOINT_URL_EC2: moto.url,
      AWS_ENDPOINT_URL_AUTO_SCALING: moto.url,
    });
    expect(await handler(burst, lambdaContext)).toEqual({ batchItemFailures: [] });
    const runs = sync.functions.lines.filter(({ event }) => event === 'sync.run');
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ counts: { groups: 1 } });
    expect(sync.functions.standIn.requests.every(({ path }) => !path.includes('far'))).toBe(true);
  });
  test('a record that cannot be read goes aside with the reason; the others go on', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory', env);
    const event = records(['{', { 'detail-type': 7 }, schedule]);
    expect(await handler(event, lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(sync.members('web')).toEqual(['10.0.0.1']);
    const dead = await receive(queueOf('SYNC_DEAD_LETTER_QUEUE_URL'));
    expect(dead.map(({ Body }) => Body).sort()).toEqual(['{', '{"detail-type":7}'].sort());
    for (const { MessageAttributes } of dead) {
      expect(MessageAttributes?.reason?.StringValue).toMatch(/JSON|EventBridge event/);
    }
  });
  test('and fails by itself when it cannot be put aside', async () => {
    await sync.configure({ groups: [sync.group('web')] });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory', {
      ...env,
      SYNC_DEAD_LETTER_QUEUE_URL: `${queueOf('SYNC_DEAD_LETTER_QUEUE_URL')}-gone`,
    });
    const event = records(['{', schedule]);
    expect(await handler(event, lambdaContext)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    expect(sync.members('web')).toEqual(['10.0.0.1']);
  });
  test('only the records of a group that failed come back', async () => {
    await sync.configure({ groups: [sync.group('web'), sync.group('lost', { project: 'no-such-project' })] });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory', env);
    const event = records([
      workFor(`${PROJECT}/web`, 'r', 'recheck'),
      workFor('no-such-project/lost', 'r', 'recheck'),
    ]);
    expect(await handler(event, lambdaContext)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
    expect(sync.members('web')).toEqual(['10.0.0.1']);
  });
  test('12, 13: what an event asked for in vain is looked at once more, after a minute', async () => {
    await sync.configure({ groups: [sync.group('web'), sync.group('lost', { project: 'no-such-project' })] });
    sync.inventory = () => ['10.0.0.1'];
    const worker = await sync.load('sync-group', { ...env, SYNC_WORK_QUEUE_URL: '' });
    const later = async () => {
      const AttributeNames = ['ApproximateNumberOfMessagesDelayed', 'ApproximateNumberOfMessages'] as const;
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueOf('SYNC_INVENTORY_QUEUE_URL'),
          AttributeNames: [...AttributeNames],
        }),
      );
      return AttributeNames.map((name) => Number(Attributes?.[name]));
    };
    const event = records([
      workFor(`${PROJECT}/web`, 'r', 'event'),
      workFor('no-such-project/lost', 'r', 'event'),
    ]);
    const done = { batchItemFailures: [] };
    expect(await worker(event, lambdaContext)).toEqual(done);
    // The one that failed.
    expect(await later()).toEqual([1, 0]);
    expect(sync.members('web')).toEqual(['10.0.0.1']);
    expect(await worker(event, lambdaContext)).toEqual(done);
    // The same, and the one that found nothing to do.
    expect(await later()).toEqual([3, 0]);
    await worker(records([workFor(`${PROJECT}/web`, 'r', 'recheck')]), lambdaContext);
    expect(await later()).toEqual([3, 0]);
  });
  test('what cannot be sent for comes back from its queue', async () => {
    await sync.configure({ groups: [sync.group('lost', { project: 'no-such-project' })] });
    const worker = await sync.load('sync-group', {
      ...env,
      SYNC_INVENTORY_QUEUE_URL: `${queueOf('SYNC_INVENTORY_QUEUE_URL')}-gone`,
    });
    const event = records([workFor('no-such-project/lost', 'r', 'event')]);
    expect(await worker(event, lambdaContext)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    expect(sync.functions.lines).toContainEqual(expect.objectContaining({ event: 'recheck.failed' }));
  });
  test('refusals are told to the topic, success is not', async () => {
    const sns = new SNSClient(moto.client);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'sync' }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'subscriber' }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }));
    sns.destroy();
    await sync.configure({ groups: [sync.group('web')] });
    await sync.remember('web', addresses(20));
    const handler = await sync.load('sync-from-inventory', { ...env, SYNC_TOPIC_ARN: TopicArn as string });

    sync.inventory = () => addresses(20);
    await handler(schedule, lambdaContext);
    expect(await receive(QueueUrl as string)).toEqual([]);
    await sync.remember('web', addresses(20));
    sync.inventory = () => [];
    await handler(schedule, lambdaContext);
    const [notice, ...others] = (await receive(QueueUrl as string)).map(({ Body }) =>
      JSON.parse(Body as string),
    );
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ Subject: 'sls-machine-groups: 1 new, 0 standing, 0 recovered' });
    expect(notice.Message).toContain(`${PROJECT}/web`);
    expect(sync.functions.standIn.groups(PROJECT).get('web')?.groupAttribute.externalName).toBe(MARK);
  });
});
