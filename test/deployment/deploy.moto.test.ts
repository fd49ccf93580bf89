// `osls deploy` against moto: what comes of serverless.yml is asked of the services, not read from the template.
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import {
  DeleteEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  GetPolicyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionFiles } from '../../lib/build/bundle.ts';
import { readTrigger } from '../../lib/core/trigger/trigger.ts';
import { describeWithMoto, type Moto } from '../support/moto.ts';
import { LONG } from '../support/whole.ts';
import { FIXTURES } from '../unit/core/events.ts';
import { oslsPackage, type Package, type Statement } from './osls.ts';
import type { Template } from './template.ts';

const NAME = 'sls-machine-groups-dev';
const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
const queueArn = (name: string) => arn('sqs', `${NAME}-${name}`);
const queueUrl = (name: string) => `https://sqs.eu-central-1.amazonaws.com/123456789012/${NAME}-${name}`;

const names = (await functionFiles()).map((file) => basename(file, '.ts')).sort();

/** Functions whose timeout and concurrency are not the usual 29 seconds and any number. */
const UNUSUAL: Readonly<Record<string, { timeout: number; concurrency?: number }>> = {
  coverage: { timeout: 900 },
  'sync-from-inventory': { timeout: 900 },
  'sync-group': { timeout: 120 },
  hooks: { timeout: 29, concurrency: 10 },
};

const READ_KEY = `secretsmanager:GetSecretValue ${arn('secretsmanager', 'secret:sls-machine-groups/dev/access-key-??????')}`;
const READ_CONFIG = `ssm:GetParameter ${arn('ssm', 'parameter/sls-machine-groups/dev/sync')}`;
const INVENTORY = [
  READ_CONFIG,
  'ec2:DescribeInstances *',
  'autoscaling:DescribeAutoScalingInstances *',
] as const;
const consume = (queue: string) =>
  ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map(
    (action) => `sqs:${action} ${queueArn(queue)}`,
  );
const send = (queue: string) => `sqs:SendMessage ${queueArn(queue)}`;

/** CloudFormation names the table, since it outlives its stack. */
const memory = (...actions: string[]) => actions.map((action) => `dynamodb:${action} ${TABLE}`);
const TABLE = arn('dynamodb', 'table/its-name');
/** Objects of the bucket of readings, which it names as well. */
const READINGS = 'arn:aws:s3:::its-name/*';
const KEEP_MEMORY = memory('BatchGetItem', 'GetItem', 'UpdateItem');

/** CloudFormation names the bucket as well. */
const OBJECTS = 'arn:aws:s3:::its-name/runs/*';
const KEEP_HISTORY = [`s3:PutObject ${OBJECTS}`, send('history')];
const READ_HISTORY = [`s3:GetObject ${OBJECTS}`, 's3:ListBucket arn:aws:s3:::its-name'];

/** Each action and resource that a function is granted, its log aside; READ_KEY alone where nothing is said. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  openapi: [],
  'create-group': [READ_KEY, ...KEEP_HISTORY],
  history: READ_HISTORY,
  'keep-history': [`s3:PutObject ${OBJECTS}`, ...consume('history')],
  restore: [READ_KEY, READ_CONFIG, ...KEEP_MEMORY, ...KEEP_HISTORY, ...READ_HISTORY],
  'update-group': [READ_KEY, ...KEEP_MEMORY, ...KEEP_HISTORY],
  'patch-group': [READ_KEY, ...KEEP_MEMORY, ...KEEP_HISTORY],
  'delete-group': [READ_KEY, ...KEEP_MEMORY, ...KEEP_HISTORY],
  'update-machines': [READ_KEY, ...KEEP_MEMORY, ...KEEP_HISTORY],
  ack: [READ_CONFIG, ...KEEP_MEMORY],
  unack: KEEP_MEMORY,
  freeze: [READ_CONFIG, ...KEEP_MEMORY],
  unfreeze: KEEP_MEMORY,
  retire: [READ_KEY, ...INVENTORY, ...KEEP_MEMORY, ...KEEP_HISTORY],
  hooks: [READ_CONFIG, send('work.fifo')],
  explain: [READ_KEY, ...INVENTORY, ...memory('BatchGetItem', 'GetItem')],
  plan: [READ_KEY, ...INVENTORY, ...memory('BatchGetItem', 'GetItem')],
  'approve-removals': [READ_KEY, ...INVENTORY, ...KEEP_MEMORY, send('work.fifo')],
  'list-approvals': [READ_CONFIG, ...memory('BatchGetItem', 'GetItem')],
  'revoke-approval': [...KEEP_MEMORY],
  coverage: [READ_KEY, ...INVENTORY, ...KEEP_MEMORY],
  'get-coverage': [READ_CONFIG, ...memory('BatchGetItem', 'GetItem')],
  status: [READ_CONFIG, ...memory('BatchGetItem', 'GetItem')],
  sync: [READ_KEY, ...INVENTORY, ...KEEP_MEMORY, ...KEEP_HISTORY],
  'sync-from-inventory': [
    READ_KEY,
    ...INVENTORY,
    ...consume('inventory'),
    send('work.fifo'),
    `s3:PutObject ${READINGS}`,
    send('inventory'),
    send('dead-letters'),
    ...KEEP_MEMORY,
    ...KEEP_HISTORY,
  ],
  'sync-group': [
    READ_KEY,
    ...INVENTORY,
    ...consume('work.fifo'),
    `s3:GetObject ${READINGS}`,
    send('inventory'),
    send('dead-letters'),
    ...KEEP_MEMORY,
    ...KEEP_HISTORY,
  ],
};

/**
 * moto runs cfn-lint in ValidateTemplate and takes its warnings for errors, the one that is ignored here among
 * them (W3005, "dependency already enforced by a 'GetAtt'"; .cfnlintrc.yaml says why). So what is redundant is
 * left out: an order that a reference imposes anyway. Nothing else of the template is changed.
 */
async function leaveOutRedundantOrder(dir: string): Promise<void> {
  const file = join(dir, 'serverless-state.json');
  const state = JSON.parse(await readFile(file, 'utf8'));
  const { Resources } = state.service.provider.compiledCloudFormationTemplate as Template<{
    DependsOn?: string | string[];
    Properties: unknown;
  }>;
  for (const resource of Object.values(Resources)) {
    const text = JSON.stringify(resource.Properties);
    const isReferredTo = (id: string) =>
      text.includes(`{"Ref":"${id}"}`) || text.includes(`"Fn::GetAtt":["${id}"`);
    const left = [resource.DependsOn ?? []].flat().filter((id) => !isReferredTo(id));
    if (left.length > 0) resource.DependsOn = left;
    else delete resource.DependsOn;
  }
  await writeFile(file, JSON.stringify(state));
}

let made: Package;
beforeAll(async () => {
  made = await oslsPackage();
}, 300_000);
afterAll(() => made?.remove());

describe('the template', () => {
  test('lets the rules, and nobody else, fill the inventory queue', () => {
    const rules = ['InstanceStateRule', 'AutoScalingRule', 'InstanceTagRule'];
    const policies = made.ofType('AWS::SQS::QueuePolicy').map(({ Properties: p }) => p);
    const [ofInventory, ...others] = policies.map(({ Queues, PolicyDocument: p }) => ({
      Queues,
      allowed: p?.Statement.filter(({ Effect }) => Effect === 'Allow'),
    }));
    expect(others.flatMap(({ allowed }) => allowed)).toEqual([]);
    expect(ofInventory?.Queues).toEqual([{ Ref: 'SyncInventoryQueue' }]);
    expect(ofInventory?.allowed).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: { 'Fn::GetAtt': ['SyncInventoryQueue', 'Arn'] },
        Condition: { ArnEquals: { 'aws:SourceArn': rules.map((rule) => ({ 'Fn::GetAtt': [rule, 'Arn'] })) } },
      },
    ]);
    const filling = made
      .ofType('AWS::Events::Rule')
      .filter(({ Properties: p }) => JSON.stringify(p.Targets).includes('SyncInventoryQueue'));
    expect(filling.map(({ id }) => id)).toEqual(rules);
  });

  test('lets each queue of dead letters take those of one queue', () => {
    const queues = made.ofType('AWS::SQS::Queue').map(({ Properties: p }) => p);
    const takes = queues.flatMap(({ QueueName, RedriveAllowPolicy }) =>
      RedriveAllowPolicy ? [[QueueName, RedriveAllowPolicy]] : [],
    );
    const only = (name: string) => ({
      redrivePermission: 'byQueue',
      sourceQueueArns: [
        { 'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:${name}` },
      ],
    });
    expect(takes).toEqual([
      [`${NAME}-dead-letters`, only(`${NAME}-inventory`)],
      [`${NAME}-work-dead-letters.fifo`, only(`${NAME}-work.fifo`)],
    ]);
  });

  test('tries a scheduled run twice and lets no tick outlive the next', () => {
    const configs = made.ofType('AWS::Lambda::EventInvokeConfig').map(({ Properties: p }) => p);
    expect(configs).toMatchObject([
      { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 300 },
      // Coverage, whose next look measures the same.
      { MaximumRetryAttempts: 0 },
    ]);
  });
});

describeWithMoto('deployed to moto', deployed, undefined, LONG);

/** Half a minute before the first test: osls uploads every zip, and moto has cfn-lint look at the template. */
function deployed(moto: Moto): void {
  let lambda: LambdaClient;
  let sqs: SQSClient;
  let events: EventBridgeClient;
  const clients: { destroy(): void }[] = [];
  const client = <T extends { destroy(): void }>(made: T): T => {
    clients.push(made);
    return made;
  };

  beforeAll(async () => {
    lambda = client(new LambdaClient(moto.client));
    sqs = client(new SQSClient(moto.client));
    events = client(new EventBridgeClient(moto.client));
    await leaveOutRedundantOrder(made.dir);
    const { accessKeyId, secretAccessKey } = moto.client.credentials;
    await made.deploy({
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    });
  }, 300_000);
  afterAll(() => {
    for (const one of clients) one.destroy();
  });

  test('ends with a whole stack', async () => {
    const { Stacks } = await client(new CloudFormationClient(moto.client)).send(
      new DescribeStacksCommand({ StackName: NAME }),
    );
    expect(Stacks?.map(({ StackStatus }) => StackStatus)).toEqual(['UPDATE_COMPLETE']);
  });

  test('has every function, with the time and the environment it needs', async () => {
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    expect(Functions.map(({ FunctionName }) => FunctionName).sort()).toEqual(
      names.map((name) => `${NAME}-${name}`),
    );
    for (const { FunctionName = '', ...made } of Functions) {
      const name = FunctionName.slice(NAME.length + 1);
      expect(made, name).toMatchObject({
        Runtime: 'nodejs24.x',
        Handler: `.build/${name}/index.handler`,
        Timeout: UNUSUAL[name]?.timeout ?? 29,
      });
      expect(made.CodeSize, name).toBeGreaterThan(10_000);
      const { ReservedConcurrentExecutions } = await lambda.send(
        new GetFunctionConcurrencyCommand({ FunctionName }),
      );
      expect(ReservedConcurrentExecutions, name).toBe(UNUSUAL[name]?.concurrency);
    }
    const variablesOf = (name: string) =>
      Functions.find(({ FunctionName }) => FunctionName === `${NAME}-${name}`)?.Environment?.Variables;
    const shared = { SYNC_CONFIG: 'ssm:///sls-machine-groups/dev/sync', SYNC_TOPIC_ARN: '' };
    expect(variablesOf('sync')).toMatchObject(shared);
    expect(variablesOf('sync-from-inventory')).toMatchObject({
      ...shared,
      SYNC_WORK_QUEUE_URL: queueUrl('work.fifo'),
      SYNC_INVENTORY_QUEUE_URL: queueUrl('inventory'),
      SYNC_DEAD_LETTER_QUEUE_URL: queueUrl('dead-letters'),
    });
    expect(variablesOf('sync-group')).toMatchObject({
      ...shared,
      SYNC_INVENTORY_QUEUE_URL: queueUrl('inventory'),
      SYNC_DEAD_LETTER_QUEUE_URL: queueUrl('dead-letters'),
    });
    for (const name of ['hooks', 'approve-removals'])
      expect(variablesOf(name)).toMatchObject({ SYNC_WORK_QUEUE_URL: queueUrl('work.fifo') });
    for (const { FunctionName, Environment } of Functions) {
      const names = Object.keys(Environment?.Variables ?? {}).filter((name) =>
        /^SYNC_.*QUEUE_URL$/.test(name),
      );
      if (!/sync-|hooks$|approve-removals$/.test(FunctionName ?? '')) expect(names, FunctionName).toEqual([]);
    }
  });

  test('grants each function what is written here', async () => {
    const iam = client(new IAMClient(moto.client));
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    const used = new Set<string>();
    for (const { FunctionName = '', Role = '' } of Functions) {
      const RoleName = basename(Role);
      used.add(RoleName);
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      const policies = await Promise.all(
        PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
      );
      const granted = policies
        .flatMap(({ PolicyDocument = '' }) => statementsOf(PolicyDocument))
        .flatMap(({ Effect, Action, Resource }) =>
          [Action].flat().flatMap((action) =>
            [Resource].flat().map((resource) => {
              expect(Effect).toBe('Allow');
              const named = String(resource)
                .replace(/(?<=:table\/)sls-machine-groups-dev-SyncMemory-\w+$/, 'its-name')
                .replace(/(?<=:s3:::)[^/]+/, 'its-name');
              return `${action} ${named}`;
            }),
          ),
        );
      const log = arn('logs', `log-group:/aws/lambda/${FunctionName}`);
      const name = FunctionName.slice(NAME.length + 1);
      expect(granted, name).toEqual([
        `logs:CreateLogStream ${log}`,
        `logs:PutLogEvents ${log}`,
        ...(MAY[name] ?? [READ_KEY]),
      ]);
    }
    expect(used.size).toBe(names.length);
  });

  test('has queues that are encrypted, and give up in a queue of their kind', async () => {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    const queues = await Promise.all(
      QueueUrls.map(async (QueueUrl) => {
        const { Attributes = {} } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
        );
        const { SqsManagedSseEnabled, FifoQueue, VisibilityTimeout, MessageRetentionPeriod } = Attributes;
        const redrive = JSON.parse(Attributes.RedrivePolicy ?? 'null');
        return {
          name: Attributes.QueueArn,
          encrypted: SqsManagedSseEnabled === 'true',
          fifo: FifoQueue === 'true',
          hidden: Number(VisibilityTimeout),
          kept: Number(MessageRetentionPeriod) / 86_400,
          ...(redrive && { after: redrive.maxReceiveCount, to: redrive.deadLetterTargetArn }),
        };
      }),
    );
    const deadLetters = { encrypted: true, hidden: 30, kept: 14 };
    expect(queues.sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''))).toEqual([
      { name: queueArn('dead-letters'), fifo: false, ...deadLetters },
      { name: queueArn('history'), encrypted: true, fifo: false, hidden: 300, kept: 14 },
      {
        name: queueArn('inventory'),
        encrypted: true,
        fifo: false,
        // The function's timeout, the longest window, and what a hand-over takes.
        hidden: 900 + 300 + 30,
        kept: 4,
        after: 5,
        to: queueArn('dead-letters'),
      },
      { name: queueArn('work-dead-letters.fifo'), fifo: true, ...deadLetters },
      {
        name: queueArn('work.fifo'),
        encrypted: true,
        fifo: true,
        hidden: 120 + 30,
        kept: 4,
        after: 5,
        to: queueArn('work-dead-letters.fifo'),
      },
    ]);
  });

  test('feeds the functions from their queues, batch by batch', async () => {
    const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
    const mappings = EventSourceMappings.map((mapping) => ({
      from: mapping.EventSourceArn,
      to: mapping.FunctionArn,
      batch: mapping.BatchSize,
      window: mapping.MaximumBatchingWindowInSeconds,
      atATime: mapping.ScalingConfig?.MaximumConcurrency,
      answers: mapping.FunctionResponseTypes,
      state: mapping.State,
    }));
    const rest = { answers: ['ReportBatchItemFailures'], state: 'Enabled' };
    expect(mappings).toEqual([
      {
        from: queueArn('inventory'),
        to: arn('lambda', `function:${NAME}-sync-from-inventory`),
        batch: 10000,
        window: 30,
        atATime: 2,
        ...rest,
      },
      {
        from: queueArn('work.fifo'),
        to: arn('lambda', `function:${NAME}-sync-group`),
        batch: 1,
        window: undefined,
        atATime: 5,
        ...rest,
      },
      {
        from: queueArn('history'),
        to: arn('lambda', `function:${NAME}-keep-history`),
        batch: 10,
        window: undefined,
        atATime: 2,
        ...rest,
      },
    ]);
  });

  test.each([
    ['sync-from-inventory', 'rate(5 minutes)'],
    ['coverage', 'rate(30 minutes)'],
  ])('runs %s by the clock', async (name, rate) => {
    const { Rules = [] } = await events.send(new ListRulesCommand({}));
    const clocks = Rules.filter(({ ScheduleExpression }) => ScheduleExpression);
    expect(clocks).toHaveLength(2);
    const schedule = clocks.find(({ ScheduleExpression }) => ScheduleExpression === rate);
    expect(schedule).toMatchObject({ ScheduleExpression: rate, State: 'ENABLED' });
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: schedule?.Name }));
    const FunctionName = `${NAME}-${name}`;
    expect(Targets?.map(({ Arn }) => Arn)).toEqual([arn('lambda', `function:${FunctionName}`)]);
    const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName }));
    expect(JSON.parse(Policy).Statement).toMatchObject([
      {
        Action: 'lambda:InvokeFunction',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnLike: { 'AWS:SourceArn': schedule?.Arn } },
      },
    ]);
  });

  test('queues the events that a sync understands, and no others', async () => {
    // moto offers every event to rules with a schedule as well, and would run the functions in Docker.
    const { Rules = [] } = await events.send(new ListRulesCommand({}));
    for (const { Name, ScheduleExpression } of Rules) {
      if (!ScheduleExpression) continue;
      const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
      await events.send(new RemoveTargetsCommand({ Rule: Name, Ids: Targets.map(({ Id = '' }) => Id) }));
    }
    const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
    for (const { UUID } of EventSourceMappings)
      await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));

    const QueueUrl = `${moto.url}/123456789012/${NAME}-inventory`;
    const queued: string[] = [];
    const understood: string[] = [];
    for (const { name, event } of FIXTURES) {
      const { source, 'detail-type': type, detail, resources } = event as Record<string, unknown>;
      if (type === undefined) continue;
      if (readTrigger(event).kind === 'inventory') understood.push(name);
      const { FailedEntryCount } = await events.send(
        new PutEventsCommand({
          Entries: [
            {
              Source: String(source),
              DetailType: String(type),
              Detail: JSON.stringify(detail),
              Resources: resources as string[],
            },
          ],
        }),
      );
      expect(FailedEntryCount, name).toBe(0);
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      for (const { Body = '' } of Messages) {
        queued.push(name);
        expect(readTrigger(JSON.parse(Body)), name).toMatchObject({ kind: 'inventory' });
      }
    }
    expect(understood.length).toBeGreaterThan(5);
    expect(queued).toEqual(understood);
  });

  test('raises alarms over what the functions and the queues measure', async () => {
    // CloudFormation in moto knows no alarms: they are made by the service's own call, from their properties.
    const cloudwatch = client(new CloudWatchClient(moto.client));
    for (const { Properties: p } of made.ofType('AWS::CloudWatch::Alarm')) {
      const Dimensions = p.Dimensions?.map(({ Name, Value }) => ({ Name, Value: queueNameOf(Value) }));
      const input = { ...p, Dimensions } as unknown as PutMetricAlarmCommandInput;
      await cloudwatch.send(new PutMetricAlarmCommand(input));
    }
    const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
    const told = MetricAlarms.map((alarm) => {
      const dimensions = alarm.Dimensions?.map(({ Name, Value }) => `${Name}=${Value}`).join();
      const sign = alarm.ComparisonOperator === 'LessThanThreshold' ? '<' : '>';
      return [
        alarm.AlarmName?.slice(NAME.length + 1),
        `${alarm.Namespace} ${alarm.MetricName} ${dimensions}`,
        `${alarm.Statistic} ${sign} ${alarm.Threshold} in ${alarm.EvaluationPeriods} of ${alarm.Period} s`,
        alarm.TreatMissingData,
      ];
    });
    const own = (metric: string) => `SlsMachineGroups ${metric} service=${NAME}`;
    const visible = (queue: string) =>
      `AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${NAME}-${queue}`;
    expect(told).toEqual([
      ['dead-schedule', own('Scheduled'), 'Sum < 1 in 3 of 300 s', 'breaching'],
      ['failing', own('Failing'), 'Sum > 0 in 3 of 300 s', 'notBreaching'],
      ['attention', own('NewAttention'), 'Sum > 0 in 1 of 300 s', 'notBreaching'],
      ['coverage', own('CoverageDrops'), 'Sum > 0 in 1 of 1800 s', 'notBreaching'],
      ['dead-letters', visible('dead-letters'), 'Maximum > 0 in 1 of 300 s', 'notBreaching'],
      ['work-dead-letters', visible('work-dead-letters.fifo'), 'Maximum > 0 in 1 of 300 s', 'notBreaching'],
      [
        'history-waits',
        `AWS/SQS ApproximateAgeOfOldestMessage QueueName=${NAME}-history`,
        'Maximum > 3600 in 1 of 300 s',
        'notBreaching',
      ],
    ]);
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    const watched = MetricAlarms.flatMap(({ Dimensions = [] }) =>
      Dimensions.filter(({ Name }) => Name === 'QueueName').map(({ Value }) => Value),
    );
    expect(QueueUrls.map((url) => basename(url))).toEqual(expect.arrayContaining(watched));
  });

  /** The name of a queue where the template has a reference to it. */
  function queueNameOf(value: unknown): string {
    const [id] = (Object(value)['Fn::GetAtt'] as [string, 'QueueName'] | undefined) ?? [];
    if (id === undefined) return String(value);
    const queue = made.ofType('AWS::SQS::Queue').find((resource) => resource.id === id);
    return queue?.Properties.QueueName ?? `no queue ${id}`;
  }
}

/**
 * Statements of a policy that CloudFormation put into a role: moto keeps them in Python's notation, and keeps a
 * None in the place of everything that AWS::NoValue leaves out.
 */
function statementsOf(document: string): Statement[] {
  const text = decodeURIComponent(document).replaceAll("'", '"').replaceAll('None', 'null');
  const { Statement: statements } = JSON.parse(text) as { Statement: (Statement | null)[] };
  return statements.filter((statement) => statement !== null);
}
