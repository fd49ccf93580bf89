// Queues and notices against moto: fan-out to workers, bursts of events, records that cannot be read.
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BATCH_GROUPS, batchFor, workFor } from '../../lib/core/trigger/work.ts';
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
    sync = await SyncFunctions.start({ groupQuota: 1_000 });
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

  test('above the limit the schedule hands groups to a worker, those of one inventory in one message', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `web-${index}`);
    await sync.configure({ fanOutAbove: 11, groups: names.map((name) => sync.group(name)) });
    sync.inventory = () => ['10.0.0.1'];
    const handler = await sync.load('sync-from-inventory', env);
    expect(await handler(schedule, lambdaContext)).toMatchObject({ enqueued: 12 });
    expect(sync.readings).toBe(0);

    const messages = await receive(queueOf('SYNC_WORK_QUEUE_URL'));
    expect(messages.map(({ Body }) => JSON.parse(Body as string).groups)).toEqual([
      names.map((name) => `${PROJECT}/${name}`),
    ]);
    const work = records(messages.map(({ Body }) => Body));
    expect(await handler(work, lambdaContext)).toEqual({ batchItemFailures: [] });
    for (const name of names) expect(sync.members(name)).toEqual(['10.0.0.1']);
    expect(sync.readings).toBe(1);
  });
  describe('where groups of one inventory are more than a message takes', () => {
    const names = Array.from({ length: BATCH_GROUPS + 3 }, (_, index) => `web-${index}`);
    /** The schedule hands them on; the events that two workers get. */
    async function handedOn(bucket: string) {
      await sync.configure({ fanOutAbove: 0, groups: names.map((name) => sync.group(name)) });
      sync.inventory = () => ['10.0.0.1'];
      const settings = {
        ...env,
        SYNC_READINGS_BUCKET: bucket,
        AWS_ENDPOINT_URL_S3: moto.url,
      };
      const handler = await sync.load('sync-from-inventory', settings);
      expect(await handler(schedule, lambdaContext)).toMatchObject({ enqueued: names.length });
      const messages = await receive(queueOf('SYNC_WORK_QUEUE_URL'));
      const worker = await sync.load('sync-group', { ...settings, SYNC_WORK_QUEUE_URL: '' });
      return { worker, events: messages.map(({ Body }) => records([Body])) };
    }
    const s3 = () => new S3Client({ ...moto.client, forcePathStyle: true });

    test('the schedule reads it once for all workers, and leaves each the part of its groups', async () => {
      const client = s3();
      await client.send(new CreateBucketCommand({ Bucket: 'readings' }));
      client.destroy();
      const { worker, events } = await handedOn('readings');
      expect(events).toHaveLength(2);
      expect(sync.readings).toBe(1);
      const began = Date.now();
      for (const event of events)
        expect(await worker(event, lambdaContext)).toEqual({ batchItemFailures: [] });
      expect(sync.readings).toBe(1);
      for (const name of names) expect(sync.members(name)).toEqual(['10.0.0.1']);
      // As old as it is: it began before the worker did.
      const reports = sync.functions.lines.filter(({ event }) => event === 'sync.group') as unknown as {
        readings: readonly { takenAt: string; complete: boolean }[];
      }[];
      const taken = reports.flatMap(({ readings = [] }) =>
        readings.map(({ takenAt }) => Date.parse(takenAt)),
      );
      expect(taken.every((at) => at <= began)).toBe(true);
    });
    test('a worker whose part was changed reads for itself', async () => {
      const client = s3();
      await client.send(new CreateBucketCommand({ Bucket: 'readings' }));
      const { worker, events } = await handedOn('readings');
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'readings' }));
      expect(Contents).toHaveLength(2);
      for (const { Key } of Contents)
        await client.send(new PutObjectCommand({ Bucket: 'readings', Key, Body: '{"version":1}' }));
      client.destroy();
      for (const event of events)
        expect(await worker(event, lambdaContext)).toEqual({ batchItemFailures: [] });
      expect(sync.readings).toBe(1 + events.length);
      for (const name of names) expect(sync.members(name)).toEqual(['10.0.0.1']);
      expect(sync.functions.lines).toContainEqual(expect.objectContaining({ event: 'reading.unusable' }));
    });
    test('without a place for it each worker reads for itself', async () => {
      const { worker, events } = await handedOn('no-such-bucket');
      expect(sync.functions.lines).toContainEqual(expect.objectContaining({ event: 'reading.kept' }));
      const before = sync.readings;
      for (const event of events)
        expect(await worker(event, lambdaContext)).toEqual({ batchItemFailures: [] });
      expect(sync.readings - before).toBe(events.length);
    });
  });
  test('12: of a batch only the group that failed is looked at again', async () => {
    const lost = sync.group('lost', { project: 'no-such-project' });
    await sync.configure({ groups: [sync.group('web'), lost, sync.group('cache')] });
    sync.inventory = () => ['10.0.0.1'];
    const worker = await sync.load('sync-group', { ...env, SYNC_WORK_QUEUE_URL: '' });
    const groups = [`${PROJECT}/web`, 'no-such-project/lost', `${PROJECT}/cache`];
    const batch = batchFor({ id: 'part-0', groups, asked: 'event' }, 'r');
    expect(await worker(records([batch]), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect([sync.members('web'), sync.members('cache')]).toEqual([['10.0.0.1'], ['10.0.0.1']]);
    const later = sync.functions.lines.filter(({ event }) => event === 'sync.recheck');
    expect(later).toMatchObject([{ groups: 1 }]);
    // Nobody sends for what the schedule asked for: its next tick looks.
    const ticked = batchFor({ id: 'part-0', groups, asked: 'schedule' }, 's');
    expect(await worker(records([ticked]), lambdaContext)).toEqual({ batchItemFailures: [] });
    expect(sync.functions.lines.filter(({ event }) => event === 'sync.recheck')).toHaveLength(1);
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
    // By itself: nobody knows how many groups it has.
    expect(messages.map(({ Body = '' }) => JSON.parse(Body).groups).sort()).toEqual([
      [`${PROJECT}/web`],
      [`${PROJECT}/{a}-x`],
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
