// What a deployment would make of serverless.yml, read from the template and the zips that osls writes.
import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionFiles, ROOT } from '../../lib/build/bundle.ts';
import { ROUTES } from '../../lib/build/openapi.ts';
import { needs } from '../support/needs.ts';
import { LONG } from '../support/whole.ts';
import {
  oslsPackage,
  oslsSays,
  type Package,
  type Properties,
  type Resource,
  type Statement,
} from './osls.ts';

/** Routes that answer without IAM credentials, each with its reason. */
const OPEN_ROUTES: readonly string[] = [
  // Takes requests of systems that cannot sign with AWS; the function checks their own signature.
  'POST /hooks/{source}',
];

/** Resources that a stack may consist of. Each type that can let somebody in is looked at below. */
const TYPES = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  // It has no policy of its own: only this account's roles get in.
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::QueryDefinition',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
];

/** A resource as osls wrote it. */
/** Names of the buckets that a rule watches, if it watches any. */
function bucketsOf({ EventPattern }: { readonly EventPattern?: unknown }): unknown[] {
  const { detail } = Object(EventPattern) as { detail?: { bucket?: { name: unknown } } };
  return detail?.bucket ? [detail.bucket.name] : [];
}

interface Made {
  readonly Type: string;
  readonly DependsOn?: unknown;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

/** Seconds of the functions that no gateway waits for. */
const TIMEOUTS: Readonly<Record<string, number>> = {
  coverage: 900,
  'sync-from-inventory': 900,
  'sync-group': 120,
};

/** Actions for which AWS knows no resource: nothing narrower than "*" can be granted. */
const WITHOUT_RESOURCE = [
  'autoscaling:DescribeAutoScalingInstances',
  'ec2:DescribeInstances',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** What Lambda wants on "*" before it takes a function into a network (Lambda developer guide, "Attaching to a VPC"). */
const NETWORK_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

const allow = (Action: Statement['Action'], Resource: unknown): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const here = (service: string, resource: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});
const readSecret = (name: string) =>
  allow('secretsmanager:GetSecretValue', here('secretsmanager', `secret:${name}-??????`));
const consume = (queue: string) =>
  allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], arnOf(queue));

// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
const HISTORY_OBJECTS = { 'Fn::Sub': '${HistoryBucket.Arn}/runs/*' };

const DEFAULT_SECRET = 'sls-machine-groups/dev/access-key';
const ACCESS_KEY = readSecret(DEFAULT_SECRET);

const kmsKey = (digit: number) =>
  `arn:aws:kms:eu-central-1:111111111111:key/0000000${digit}-0000-4000-8000-000000000000`;
const decrypt = (key: string): Statement => ({
  ...allow('kms:Decrypt', key),
  Condition: {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
    StringEquals: { 'kms:ViaService': { 'Fn::Sub': 'secretsmanager.${AWS::Region}.amazonaws.com' } },
  },
});
/** Bucket in which a run leaves readings for its workers. */
const READINGS = 'SyncReadings';
const objectsOf = (bucket: string) => ({ 'Fn::Sub': `\${${bucket}.Arn}/*` });
const tlsOnly = (Action: string, Resource: unknown) => ({
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action,
  Resource,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

/** One secret for two origins, and another for one of them. */
const BOUND = [
  'arn:aws:secretsmanager:eu-central-1:111111111111:secret:netbox-AbCdEf=https://netbox.example.com',
  'arn:aws:secretsmanager:eu-central-1:111111111111:secret:netbox-AbCdEf=http://10.0.0.7:8080',
  'arn:aws:secretsmanager:eu-central-1:111111111111:secret:consul=x-AbCdEf=http://10.0.0.7:8080',
].join(',');

interface Deployment {
  readonly title: string;
  readonly params: readonly string[];
  readonly tracing: string;
  readonly retention: number;
  readonly schedule: { readonly rate: string; readonly state: 'ENABLED' | 'DISABLED' };
  /** Of the looks at who reports. */
  readonly coverage: Deployment['schedule'];
  /** State of the rules for events of this account's instances. */
  readonly rules: 'ENABLED' | 'DISABLED';
  /** Concurrent executions that are reserved, by function. */
  readonly reserved: Readonly<Record<string, number>>;
  /** Of the hooks' route. */
  readonly limits: { readonly ThrottlingRateLimit: number; readonly ThrottlingBurstLimit: number };
  /** Network of the functions that read inventories. */
  readonly network: object | undefined;
  /** Secret of the functions that only read. */
  readonly readingSecret: string;
  /** What the functions that read inventories are told of secrets. */
  readonly secrets: { readonly bound: string; readonly kept: string };
  /** What the parameters grant. */
  readonly grants: Readonly<
    Record<
      | 'config'
      | 'inventory'
      | 'keys'
      | 'secretKey'
      | 'readSecretKey'
      | 'network'
      | 'hookSecrets'
      | 'tell'
      | 'trace',
      readonly Statement[]
    >
  >;
}

const DEPLOYMENTS: readonly Deployment[] = [
  {
    title: 'told nothing',
    params: [],
    tracing: 'PassThrough',
    retention: 30,
    schedule: { rate: 'rate(5 minutes)', state: 'ENABLED' },
    coverage: { rate: 'rate(30 minutes)', state: 'ENABLED' },
    rules: 'ENABLED',
    reserved: { hooks: 10 },
    limits: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 100 },
    network: undefined,
    readingSecret: DEFAULT_SECRET,
    secrets: { bound: '', kept: `${DEFAULT_SECRET},${DEFAULT_SECRET},` },
    grants: {
      config: [allow('ssm:GetParameter', here('ssm', 'parameter/sls-machine-groups/dev/sync'))],
      inventory: [allow(['ec2:DescribeInstances', 'autoscaling:DescribeAutoScalingInstances'], '*')],
      keys: [],
      secretKey: [],
      readSecretKey: [],
      network: [],
      hookSecrets: [],
      tell: [],
      trace: [],
    },
  },
  {
    title: 'told everything',
    params: [
      'tracing=Active',
      'logRetentionInDays=7',
      'readSecretName=test/reading-key',
      'syncConfigIn=s3',
      'syncConfig=test-bucket/sync.json',
      'syncConfigBucketOwner=111111111111',
      'slsEndpoints=cn-shanghai.log.aliyuncs.com,http://sls.example:8080',
      'syncEvery=60',
      'schedule=off',
      'coverageEvery=off',
      'ownInstances=off',
      'approvers=2',
      'inventoryRoles=arn:aws:iam::111111111111:role/list,arn:aws:iam::222222222222:role/list',
      'inventoryObjects=arn:aws:s3:::test-bucket/machines.txt',
      'inventoryBuckets=test-bucket',
      `inventorySecrets=${BOUND}`,
      'inventoryEndpoints=ecs.internal.example,http://ecs.example:8080',
      'inventoryKeys=arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-4000-8000-000000000000',
      'hookSecrets=arn:aws:secretsmanager:eu-central-1:111111111111:secret:hook-AbCdEf',
      'topic=new',
      `secretKmsKey=${kmsKey(1)}`,
      `readSecretKmsKey=${kmsKey(2)}`,
      `topicKmsKey=${kmsKey(3)}`,
      'vpcSubnets=subnet-0123456789abcdef0,subnet-0123456789abcdef1',
      'vpcSecurityGroups=sg-0123456789abcdef0',
      'hookRate=2.5',
      'hookBurst=7',
      'hookConcurrency=none',
      'historyDays=30',
    ],
    tracing: 'Active',
    retention: 7,
    schedule: { rate: 'rate(1 hour)', state: 'DISABLED' },
    coverage: { rate: 'rate(1 hour)', state: 'DISABLED' },
    rules: 'DISABLED',
    reserved: {},
    limits: { ThrottlingRateLimit: 2.5, ThrottlingBurstLimit: 7 },
    network: {
      SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      SecurityGroupIds: ['sg-0123456789abcdef0'],
    },
    readingSecret: 'test/reading-key',
    secrets: {
      bound: BOUND,
      kept: `${DEFAULT_SECRET},test/reading-key,arn:aws:secretsmanager:eu-central-1:111111111111:secret:hook-AbCdEf`,
    },
    grants: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
      config: [allow('s3:GetObject', { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::test-bucket/sync.json' })],
      inventory: [
        allow('sts:AssumeRole', [
          'arn:aws:iam::111111111111:role/list',
          'arn:aws:iam::222222222222:role/list',
        ]),
        allow('s3:GetObject', ['arn:aws:s3:::test-bucket/machines.txt']),
        allow('secretsmanager:GetSecretValue', [
          'arn:aws:secretsmanager:eu-central-1:111111111111:secret:netbox-AbCdEf',
          'arn:aws:secretsmanager:eu-central-1:111111111111:secret:consul=x-AbCdEf',
        ]),
      ],
      keys: [
        allow('kms:Decrypt', [
          'arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-4000-8000-000000000000',
        ]),
      ],
      hookSecrets: [
        allow('secretsmanager:GetSecretValue', [
          'arn:aws:secretsmanager:eu-central-1:111111111111:secret:hook-AbCdEf',
        ]),
      ],
      secretKey: [decrypt(kmsKey(1))],
      readSecretKey: [decrypt(kmsKey(2))],
      network: [
        allow(NETWORK_ACTIONS, '*'),
        {
          Effect: 'Deny',
          Action: NETWORK_ACTIONS,
          Resource: '*',
          Condition: {
            ArnLike: { 'lambda:SourceFunctionArn': here('lambda', 'function:sls-machine-groups-dev-*') },
          },
        },
      ],
      tell: [
        allow('sns:Publish', { Ref: 'SyncTopic' }),
        allow(['kms:GenerateDataKey', 'kms:Decrypt'], kmsKey(3)),
      ],
      trace: [allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*')],
    },
  },
];

/** Functions that use the key that only reads. */
const READERS = [
  'approve-removals',
  'coverage',
  'explain',
  'get-group',
  'list-config-groups',
  'list-configs',
  'list-groups',
  'list-machines',
  'plan',
];

/** Functions that read inventories, and groups beside them. */
const INVENTORY_READERS = [
  'approve-removals',
  'coverage',
  'explain',
  'plan',
  'retire',
  'sync',
  'sync-from-inventory',
  'sync-group',
];

/** What each function may do beside writing its own log and sending traces: by hand, to check what is deployed. */
function mayOf({ readingSecret, grants }: Deployment): Readonly<Record<string, readonly Statement[]>> {
  const { config, keys, hookSecrets, tell } = grants;
  const readingKey = [readSecret(readingSecret), ...grants.readSecretKey];
  const accessKey = [ACCESS_KEY, ...grants.secretKey];
  const inventory = [...config, ...grants.inventory, ...keys, ...grants.network];
  const memory = ['dynamodb:BatchGetItem', 'dynamodb:GetItem'];
  const readMemory = allow(memory, arnOf('SyncMemory'));
  const keepMemory = allow([...memory, 'dynamodb:UpdateItem'], arnOf('SyncMemory'));
  const putHistory = allow('s3:PutObject', HISTORY_OBJECTS);
  const readHistory = [
    allow('s3:GetObject', HISTORY_OBJECTS),
    {
      ...allow('s3:ListBucket', arnOf('HistoryBucket')),
      Condition: { StringLike: { 's3:prefix': 'runs/*' } },
    },
  ];
  const keepHistory = [putHistory, allow('sqs:SendMessage', arnOf('HistoryQueue'))];
  return {
    ack: [...config, ...keys, keepMemory],
    'apply-config': accessKey,
    'approve-removals': [
      ...readingKey,
      ...inventory,
      keepMemory,
      allow('sqs:SendMessage', arnOf('SyncWorkQueue')),
    ],
    coverage: [...readingKey, ...inventory, keepMemory],
    'create-group': [...accessKey, ...keepHistory],
    'delete-group': [...accessKey, keepMemory, ...keepHistory],
    explain: [...readingKey, ...inventory, readMemory],
    freeze: [...config, ...keys, keepMemory],
    'get-coverage': [...config, ...keys, readMemory],
    'get-group': readingKey,
    history: readHistory,
    hooks: [...config, allow('sqs:SendMessage', arnOf('SyncWorkQueue')), ...hookSecrets, ...keys],
    'keep-history': [putHistory, consume('HistoryQueue')],
    'list-approvals': [...config, ...keys, readMemory],
    'list-config-groups': readingKey,
    'list-configs': readingKey,
    'list-groups': readingKey,
    'list-machines': readingKey,
    openapi: [],
    'patch-group': [...accessKey, keepMemory, ...keepHistory],
    plan: [...readingKey, ...inventory, readMemory],
    'remove-config': accessKey,
    restore: [...accessKey, ...config, ...keys, keepMemory, ...keepHistory, ...readHistory],
    retire: [...accessKey, ...inventory, keepMemory, ...keepHistory],
    'revoke-approval': [keepMemory],
    status: [...config, ...keys, readMemory],
    sync: [...accessKey, ...inventory, ...tell, keepMemory, ...keepHistory],
    'sync-from-inventory': [
      ...accessKey,
      ...inventory,
      ...tell,
      consume('SyncInventoryQueue'),
      allow('sqs:SendMessage', arnOf('SyncWorkQueue')),
      allow('s3:PutObject', objectsOf(READINGS)),
      allow('sqs:SendMessage', [arnOf('SyncInventoryQueue'), arnOf('SyncDeadLetters')]),
      keepMemory,
      ...keepHistory,
    ],
    'sync-group': [
      ...accessKey,
      ...inventory,
      ...tell,
      consume('SyncWorkQueue'),
      allow('s3:GetObject', objectsOf(READINGS)),
      allow('sqs:SendMessage', [arnOf('SyncInventoryQueue'), arnOf('SyncDeadLetters')]),
      keepMemory,
      ...keepHistory,
    ],
    unack: [keepMemory],
    unfreeze: [keepMemory],
    'update-group': [...accessKey, keepMemory, ...keepHistory],
    'update-machines': [...accessKey, keepMemory, ...keepHistory],
  };
}

/** For what takes seconds on a quiet machine and many more on a busy one. */
const SLOW_MS = 120_000;

const names = (await functionFiles()).map((file) => basename(file, '.ts')).sort();
const nameOf = ({ Handler = '' }: Properties): string =>
  /^\.build\/([^/]+)\/index\.handler$/.exec(Handler)?.[1] ?? `not a bundle: ${Handler}`;

const CFN_LINT_MISSING =
  spawnSync('cfn-lint', ['--version'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'cfn-lint is not installed (pip install cfn-lint)';

test('docs/deploying.md names the open routes, and no others', async () => {
  const page = await readFile(join(ROOT, 'docs/deploying.md'), 'utf8');
  const [, named = ''] = /Every route but (.+?) wants\s+IAM/s.exec(page) ?? [];
  expect(Array.from(named.matchAll(/`([^`]+)`/g), ([, route]) => route)).toEqual(OPEN_ROUTES);
});

describe.each(DEPLOYMENTS)('$title', (deployment) => {
  const { tracing, retention, params, grants, readingSecret } = deployment;
  let made: Package;
  let functions: Map<string, Resource>;

  beforeAll(async () => {
    made = await oslsPackage(...params);
    functions = new Map(
      made.ofType('AWS::Lambda::Function').map((made_) => [nameOf(made_.Properties), made_]),
    );
  });
  afterAll(() => made?.remove());

  test('each file of functions/ is a function, and each function is such a file', () => {
    expect([...functions.keys()].sort()).toEqual(names);
    for (const [name, { Properties: p }] of functions) {
      expect(p).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: tracing },
      });
      // An HTTP API waits 30 seconds at most.
      if (name in TIMEOUTS) expect(p.Timeout).toBe(TIMEOUTS[name]);
      else expect(p.Timeout).toBeLessThan(30);
    }
  });

  test('each route wants IAM credentials', () => {
    const routes = made.ofType('AWS::ApiGatewayV2::Route').map(({ Properties: p }) => p);
    expect(routes.length).toBeGreaterThan(0);
    const open = routes.filter(({ AuthorizationType }) => AuthorizationType !== 'AWS_IAM');
    expect(open.map(({ RouteKey }) => RouteKey)).toEqual(OPEN_ROUTES);
  });

  test('each route without IAM has a limit, on a stage that is made after it', () => {
    const all = Object.entries(made.template.Resources) as [string, Made][];
    const open = all.filter(
      ([, { Type, Properties: p }]) =>
        Type === 'AWS::ApiGatewayV2::Route' && p.AuthorizationType !== 'AWS_IAM',
    );
    const stages = all.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Stage');
    const limits = OPEN_ROUTES.map((route) => [route, deployment.limits]);
    expect(stages.map(([, { DependsOn, Properties: p }]) => [DependsOn, p.RouteSettings])).toEqual([
      [['HttpApiLogGroup', ...open.map(([id]) => id)], Object.fromEntries(limits)],
    ]);
  });

  describe('lets nobody in', () => {
    let all: (Made & { readonly id: string })[];
    beforeAll(() => {
      const resources = Object.entries(made.template.Resources) as [string, Made][];
      all = resources.map(([id, resource]) => ({ id, ...resource }));
    });
    const of = (type: string) => all.filter(({ Type }) => Type === type);
    const propertiesOf = (type: string) => of(type).map(({ Properties: p }) => p);
    const idOf = (name: string) => functions.get(name)?.id ?? `no function ${name}`;

    test('by a kind of resource that nobody thought of', () => {
      const topics = grants.tell.length > 0 ? ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy'] : [];
      const types = new Set(all.map(({ Type }) => Type));
      expect([...types].sort()).toEqual([...TYPES, ...topics].sort());
    });
    test('by a route that is not documented, or is for another function', () => {
      // No CORS, and no route or target of its own, as an API that is made in one step has.
      const [api, ...others] = of('AWS::ApiGatewayV2::Api');
      expect(others).toEqual([]);
      expect(api?.Properties).toEqual({ Name: 'dev-sls-machine-groups', ProtocolType: 'HTTP' });
      const integrations = new Map(
        of('AWS::ApiGatewayV2::Integration').map(({ id, Properties: p }) => [id, p] as const),
      );
      const lambdaOf = (route: Record<string, unknown>) => {
        const [, [folder, { Ref = '' }]] = (
          route.Target as { 'Fn::Join': [string, [string, { Ref: string }]] }
        )['Fn::Join'];
        const integration = integrations.get(Ref);
        expect([folder, integration?.IntegrationType]).toEqual(['integrations', 'AWS_PROXY']);
        return integration?.IntegrationUri;
      };
      const routes = propertiesOf('AWS::ApiGatewayV2::Route').map((p) => [p.RouteKey, lambdaOf(p)]);
      const expected = ROUTES.map(({ method, path, function: name }) => [
        `${method} ${path}`,
        arnOf(idOf(name)),
      ]);
      expect(routes.sort()).toEqual(expected.sort());
      expect(integrations.size).toBe(ROUTES.length);
    });
    test('by a permission to invoke a function, but this API and the schedule', () => {
      const api = (function_: string) => ({
        FunctionName: arnOf(idOf(function_)),
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Join': [
            '',
            [
              ...['arn:', { Ref: 'AWS::Partition' }, ':execute-api:', { Ref: 'AWS::Region' }, ':'],
              ...[{ Ref: 'AWS::AccountId' }, ':', { Ref: 'HttpApi' }, '/*'],
            ],
          ],
        },
      });
      const clocks = of('AWS::Events::Rule').filter(({ Properties: p }) => p.ScheduleExpression);
      const clock = (function_: string, isOfCoverage: boolean) => ({
        FunctionName: arnOf(idOf(function_)),
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: arnOf(clocks.find(({ id }) => id.startsWith('Coverage') === isOfCoverage)?.id ?? ''),
      });
      const expected = [
        ...ROUTES.map(({ function: name }) => api(name)),
        clock('sync-from-inventory', false),
        clock('coverage', true),
      ];
      const permissions = propertiesOf('AWS::Lambda::Permission');
      const sorted = (some: readonly object[]) => some.map((one) => JSON.stringify(one)).sort();
      expect(sorted(permissions)).toEqual(sorted(expected));
    });
    test('by a queue, but from its own stack', () => {
      const sources = propertiesOf('AWS::Lambda::EventSourceMapping').map((p) => [
        p.EventSourceArn,
        p.FunctionName,
      ]);
      expect(sources).toEqual([
        [arnOf('SyncInventoryQueue'), arnOf(idOf('sync-from-inventory'))],
        [arnOf('SyncWorkQueue'), arnOf(idOf('sync-group'))],
        [arnOf('HistoryQueue'), arnOf(idOf('keep-history'))],
      ]);
      // The rules below send to one of the queues; whoever else sends needs a role of this account.
      const rules = ['InstanceStateRule', 'AutoScalingRule', 'InstanceTagRule'].map(arnOf);
      const ofFiles = { 'Fn::If': ['WatchesBuckets', arnOf('InventoryObjectRule'), { Ref: 'AWS::NoValue' }] };
      expect(propertiesOf('AWS::SQS::QueuePolicy')).toEqual([
        {
          Queues: [{ Ref: 'SyncInventoryQueue' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                ...allow('sqs:SendMessage', arnOf('SyncInventoryQueue')),
                Principal: { Service: 'events.amazonaws.com' },
                Condition: { ArnEquals: { 'aws:SourceArn': [...rules, ofFiles] } },
              },
              tlsOnly('sqs:*', '*'),
            ],
          },
        },
        {
          Queues: [
            ...[{ Ref: 'SyncDeadLetters' }, { Ref: 'SyncWorkQueue' }, { Ref: 'SyncWorkDeadLetters' }],
            { Ref: 'HistoryQueue' },
          ],
          PolicyDocument: { Version: '2012-10-17', Statement: [tlsOnly('sqs:*', '*')] },
        },
      ]);
      const guarded = made.ofType('AWS::SQS::QueuePolicy').flatMap(({ Properties: p }) => p.Queues);
      const queues = of('AWS::SQS::Queue').map(({ id: Ref }) => ({ Ref }));
      expect(guarded).toEqual(expect.arrayContaining(queues));
    });
    test('by the topic, but alarms of this stage and roles of this account, by TLS', () => {
      const topic = { Ref: 'SyncTopic' };
      const alarms = here('cloudwatch', 'alarm:sls-machine-groups-dev-*');
      const policies = propertiesOf('AWS::SNS::TopicPolicy');
      expect(policies).toEqual(
        propertiesOf('AWS::SNS::Topic').map(() => ({
          Topics: [topic],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'Alarms',
                ...allow('sns:Publish', topic),
                Principal: { Service: 'cloudwatch.amazonaws.com' },
                Condition: { ArnLike: { 'aws:SourceArn': alarms } },
              },
              tlsOnly('sns:Publish', topic),
            ],
          },
        })),
      );
    });
    test('by an event, but of AWS itself on the bus of this account', () => {
      const rules = propertiesOf('AWS::Events::Rule');
      expect(rules.filter(({ EventBusName }) => EventBusName !== undefined)).toEqual([]);
      const sources = rules.flatMap(
        (p) => (p.EventPattern as { source: string[] } | undefined)?.source ?? [],
      );
      expect(sources).toEqual(['aws.ec2', 'aws.autoscaling', 'aws.tag', 'aws.s3']);
      const [ofFiles, ...others] = of('AWS::Events::Rule').flatMap(({ Condition }) => Condition ?? []);
      expect([ofFiles, others]).toEqual(['WatchesBuckets', []]);
      const buckets = params.find((param) => param.startsWith('inventoryBuckets='))?.split('=')[1];
      expect(made.ofType('AWS::Events::Rule').flatMap(({ Properties: p }) => bucketsOf(p))).toEqual(
        buckets === undefined ? [] : [[buckets]],
      );
      const targets = rules.flatMap((p) => (p.Targets as { Arn: unknown }[]).map(({ Arn }) => Arn));
      const queue = arnOf('SyncInventoryQueue');
      const ticks = ['sync-from-inventory', 'coverage'].map((name) => arnOf(idOf(name)));
      expect(targets).toEqual([...ticks, ...sources.map(() => queue)]);
    });
    test('by a bucket: that of the deployment, and that of the history', () => {
      const statements = propertiesOf('AWS::S3::BucketPolicy').flatMap(
        (p) => (p.PolicyDocument as { Statement: Statement[] }).Statement,
      );
      expect(statements.map(({ Effect }) => Effect)).toEqual(statements.map(() => 'Deny'));
      // Nothing that would make the first public.
      const others = of('AWS::S3::Bucket').filter(({ id }) => id !== READINGS);
      const [ofDeployment, history, ...more] = others.map(({ Properties: p }) => p);
      expect(more).toEqual([]);
      expect(Object.keys(ofDeployment ?? {})).toEqual(['BucketEncryption']);
      expect(history?.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    });
    test('by the bucket of readings, which one function alone writes, by TLS, and where nothing stays', () => {
      const [bucket] = of('AWS::S3::Bucket').filter(({ id }) => id === READINGS);
      expect(bucket).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      expect(bucket?.Properties).toEqual({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: {
          Rules: [expect.objectContaining({ Status: 'Enabled', ExpirationInDays: 1 })],
        },
      });
      const [policy] = propertiesOf('AWS::S3::BucketPolicy').filter(
        ({ Bucket }) => (Bucket as { Ref?: string }).Ref === READINGS,
      );
      const role = functions.get('sync-from-inventory')?.Properties.Role?.['Fn::GetAtt'][0] ?? '';
      expect(policy?.PolicyDocument).toEqual({
        Version: '2012-10-17',
        Statement: [
          tlsOnly('s3:*', [arnOf(READINGS), objectsOf(READINGS)]),
          {
            Sid: 'WrittenByTheRunAlone',
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:PutObject',
            Resource: objectsOf(READINGS),
            Condition: { ArnNotEquals: { 'aws:PrincipalArn': arnOf(role) } },
          },
        ],
      });
      for (const [name, { Properties: p }] of functions) {
        const knows = ['sync-from-inventory', 'sync-group'].includes(name);
        expect(p.Environment?.Variables?.SYNC_READINGS_BUCKET, name).toEqual(
          knows ? { Ref: READINGS } : undefined,
        );
      }
    });
  });

  test('the history is encrypted, by TLS alone, written once, kept for as long as told, and outlives the stack', () => {
    const [bucket] = made.ofType('AWS::S3::Bucket').filter(({ id }) => id === 'HistoryBucket');
    const days = params.find((param) => param.startsWith('historyDays='))?.split('=')[1] ?? '400';
    expect(bucket).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: {
          Rules: [
            {
              Status: 'Enabled',
              ExpirationInDays: Number(days),
              NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            },
            { Status: 'Enabled', ExpiredObjectDeleteMarker: true },
          ],
        },
      },
    });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
    const objects = { 'Fn::Sub': '${HistoryBucket.Arn}/*' };
    const [policy] = made
      .ofType('AWS::S3::BucketPolicy')
      .filter(({ id }) => id === 'HistoryBucketPolicy')
      .map(({ Properties: p }) => p as unknown as { PolicyDocument: { Statement: unknown } });
    expect(policy?.PolicyDocument.Statement).toEqual([
      tlsOnly('s3:*', [arnOf('HistoryBucket'), objects]),
      {
        Sid: 'WriteOnce',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: objects,
        Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
      },
    ]);
    const writers = Object.entries(mayOf(deployment)).flatMap(([name, may]) =>
      may.some(({ Action }) => Action === 's3:PutObject') ? name : [],
    );
    for (const [name, { Properties: p }] of functions) {
      const { HISTORY_BUCKET: told, HISTORY_QUEUE_URL: queue } = p.Environment?.Variables ?? {};
      const hasHistory = [...writers, 'history', 'restore'].includes(name);
      expect(told, name).toEqual(hasHistory ? { Ref: 'HistoryBucket' } : undefined);
      const waits = writers.includes(name) && name !== 'keep-history';
      expect(queue, name).toEqual(waits ? { Ref: 'HistoryQueue' } : undefined);
    }
  });

  test('each function has a role of its own that may what is written here', () => {
    const may = mayOf(deployment);
    expect(Object.keys(may).sort()).toEqual(names);
    const roles = new Map(made.ofType('AWS::IAM::Role').map((role) => [role.id, role.Properties]));
    const used = [...functions.values()].map(({ Properties: p }) => p.Role?.['Fn::GetAtt'][0] ?? '');
    expect([...used].sort()).toEqual([...roles.keys()].sort());
    expect(new Set(used).size).toBe(names.length);

    for (const [name, { Properties: p }] of functions) {
      const role = roles.get(p.Role?.['Fn::GetAtt'][0] ?? '');
      expect(role?.AssumeRolePolicyDocument?.Statement).toEqual([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]);
      expect(role?.ManagedPolicyArns).toBeUndefined();
      const log = made
        .ofType('AWS::Logs::LogGroup')
        .find(({ Properties: { LogGroupName } }) => LogGroupName === `/aws/lambda/${p.FunctionName}`);
      const writeLog = {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [log?.id, 'Arn'] },
      };
      const statements = role?.Policies?.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      expect(statements, name).toEqual([writeLog, ...(may[name] ?? []), ...grants.trace]);
    }
  });

  test('each function is told of the secret that it may read', () => {
    for (const [name, { Properties: p }] of functions) {
      const told = p.Environment?.Variables.SLS_SECRET_ID;
      expect(told, name).toBe(READERS.includes(name) ? readingSecret : DEFAULT_SECRET);
    }
  });

  test('the functions that read the configuration are told what it may name', () => {
    const given = (name: string) =>
      params.find((param) => param.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
    for (const [name, { Properties: p }] of functions) {
      const told = p.Environment?.Variables ?? {};
      const calls = INVENTORY_READERS.includes(name);
      const writes = calls || name === 'restore';
      expect(told.SLS_ENDPOINTS, name).toBe(writes ? given('slsEndpoints') : undefined);
      expect(told.SYNC_INVENTORY_ENDPOINTS, name).toBe(calls ? given('inventoryEndpoints') : undefined);
      const others = ['hooks', 'ack', 'unack', 'freeze', 'unfreeze', 'list-approvals', 'revoke-approval'];
      const reads = calls || [...others, 'get-coverage', 'status', 'restore'].includes(name);
      expect(told.SYNC_CONFIG_BUCKET_OWNER, name).toBe(reads ? given('syncConfigBucketOwner') : undefined);
      // What opens file://.
      expect(Object.keys(told), name).not.toContain('IS_OFFLINE');
    }
  });

  test('nothing else grants anything, no action holds a wildcard, and few have no resource', () => {
    const policies = ['Policy', 'ManagedPolicy', 'RolePolicy', 'UserPolicy', 'GroupPolicy'];
    expect(policies.flatMap((type) => made.ofType(`AWS::IAM::${type}`))).toEqual([]);
    const statements = made
      .ofType('AWS::IAM::Role')
      .flatMap(({ Properties: p }) => p.Policies ?? [])
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const actions = (some: readonly Statement[]) => some.flatMap(({ Action }) => Action);
    expect(actions(statements).length).toBeGreaterThan(names.length);
    expect(actions(statements).filter((action) => !/^[a-z0-9]+:[A-Za-z]+$/.test(action))).toEqual([]);
    const everywhere = actions(statements.filter(({ Resource }) => [Resource].flat().includes('*')));
    const known = [...WITHOUT_RESOURCE, ...NETWORK_ACTIONS];
    expect(everywhere.filter((action) => !known.includes(action))).toEqual([]);
  });

  test('the schedule, the rules, the networks and the limits of executions are as told', () => {
    const { schedule, rules, reserved } = deployment;
    const rulesMade = made.ofType('AWS::Events::Rule');
    const all = rulesMade.map(({ Properties: p }) => p);
    const clocks = rulesMade.filter(({ Properties: p }) => p.ScheduleExpression);
    const clockOf = (isOfCoverage: boolean) =>
      clocks.filter(({ id }) => id.startsWith('Coverage') === isOfCoverage).map(({ Properties: p }) => p);
    const clock = ({ rate, state }: Deployment['schedule']) => ({ ScheduleExpression: rate, State: state });
    expect(clockOf(false)).toMatchObject([clock(schedule)]);
    expect(clockOf(true)).toMatchObject([clock(deployment.coverage)]);
    // The rule for files is there or not, whatever is done about this account's instances.
    const states = all.flatMap(({ EventPattern, State }) => (EventPattern && State ? State : []));
    expect(states).toEqual([rules, rules, rules]);
    for (const [name, { Properties: p }] of functions) {
      expect(p.ReservedConcurrentExecutions, name).toBe(reserved[name]);
      const reads = INVENTORY_READERS.includes(name);
      expect(p.VpcConfig, name).toEqual(reads ? deployment.network : undefined);
    }
  });

  test('alarms tell whom the runs tell, and one is mute while there is no schedule', () => {
    const told = grants.tell.flatMap(({ Action, Resource }) => (Action === 'sns:Publish' ? [Resource] : []));
    const alarms = made.ofType('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(3);
    for (const { id, Properties: p } of alarms) {
      expect({ id, alarm: p.AlarmActions, ok: p.OKActions }).toEqual({ id, alarm: told, ok: told });
      const { schedule, coverage } = deployment;
      const clock = { DeadScheduleAlarm: schedule, CoverageAlarm: coverage }[id];
      const isMute = clock?.state === 'DISABLED';
      expect(p.ActionsEnabled ?? true, id).toBe(!isMute);
    }
    const topics = made.ofType('AWS::SNS::Topic').map(({ id }) => ({ Ref: id }));
    expect(topics).toEqual(told);
    for (const name of ['sync', 'sync-from-inventory', 'sync-group']) {
      const variables = functions.get(name)?.Properties.Environment?.Variables;
      expect(variables?.SYNC_TOPIC_ARN, name).toEqual(told[0] ?? '');
    }
  });

  test('the memory outlives the stack, and the functions that keep it know its name', () => {
    const [table, ...others] = made.ofType('AWS::DynamoDB::Table');
    expect(others).toEqual([]);
    expect(table).toMatchObject({
      id: 'SyncMemory',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        SSESpecification: { SSEEnabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    });
    expect(table?.Properties).not.toHaveProperty('TimeToLiveSpecification');
    for (const [name, { Properties: p }] of functions) {
      const keeps = [
        ...[...INVENTORY_READERS, 'ack', 'unack', 'freeze', 'unfreeze', 'list-approvals', 'revoke-approval'],
        ...[
          'get-coverage',
          'status',
          'update-group',
          'patch-group',
          'delete-group',
          'update-machines',
          'restore',
        ],
      ].includes(name);
      expect(p.Environment?.Variables?.SYNC_TABLE, name).toEqual(keeps ? { Ref: 'SyncMemory' } : undefined);
    }
  });

  test('functions that read inventories know which secret may go where, and which may go nowhere', () => {
    for (const [name, { Properties: p }] of functions) {
      const { SYNC_INVENTORY_SECRETS: bound, SYNC_KEPT_SECRETS: kept } = p.Environment?.Variables ?? {};
      const reads = INVENTORY_READERS.includes(name);
      expect({ name, bound, kept }).toEqual({ name, ...(reads ? deployment.secrets : {}) });
    }
  });

  test('the stack tells the address, the topic, the queues, the table and the functions', () => {
    const outputs = Object.entries(made.template.Outputs ?? {}).map(
      ([id, { Value }]) => [id, Value] as const,
    );
    const told = Object.fromEntries(outputs.filter(([id]) => !/^(Serverless|HttpApiId$)/.test(id)));
    const { HttpApiUrl, SyncConfigLocation, SyncTopicArn, ...others } = told;
    expect(JSON.stringify(HttpApiUrl)).toContain('"HttpApi"');
    expect(String(SyncConfigLocation)).toMatch(/^(?:ssm|s3):\/\//);
    expect(SyncTopicArn).toEqual(grants.tell[0]?.Resource);
    const idOf = (name: string) => name.replace(/(?:^|-)([a-z])/g, (_, letter) => letter.toUpperCase());
    const ofFunctions = names.map((name) => [`${idOf(name)}Function`, { Ref: functions.get(name)?.id }]);
    expect(others).toEqual({
      SyncInventoryQueueUrl: { Ref: 'SyncInventoryQueue' },
      SyncWorkQueueUrl: { Ref: 'SyncWorkQueue' },
      SyncDeadLettersUrl: { Ref: 'SyncDeadLetters' },
      SyncWorkDeadLettersUrl: { Ref: 'SyncWorkDeadLetters' },
      SyncMemoryTable: { Ref: 'SyncMemory' },
      HistoryQueueUrl: { Ref: 'HistoryQueue' },
      HistoryBucketName: { Ref: 'HistoryBucket' },
      ...Object.fromEntries(ofFunctions),
    });
  });

  test('two stages of one account share no name', () => {
    const resources = Object.values(made.template.Resources as Record<string, Made>);
    const named = resources.flatMap(({ Properties: p }) =>
      Object.entries(p ?? {}).filter(([key]) => /Name$/.test(key) && !/^(?:Metric|Stage)Name$/.test(key)),
    );
    // What is outside the stack has its name from a parameter, if it is given one.
    const variables = [...functions.values()].flatMap(({ Properties: p }) =>
      Object.entries(p.Environment?.Variables ?? {}).filter(([key]) =>
        /^(?:SLS_SECRET_ID|SYNC_CONFIG)$/.test(key),
      ),
    );
    const all = params.length > 0 ? named : [...named, ...variables];
    expect(named.length).toBeGreaterThan(names.length);
    expect(all.filter(([, value]) => typeof value === 'string' && !value.includes('dev'))).toEqual([]);
  });

  test('logs are kept for a limited time', () => {
    const kept = made.ofType('AWS::Logs::LogGroup').map(({ Properties: p }) => p.RetentionInDays);
    // One more: that of the API.
    expect(kept).toEqual([...names, 'access'].map(() => retention));
  });

  test('the API logs each request with the ARN of who made it, as one JSON object', () => {
    const [stage] = Object.values(made.template.Resources as Record<string, Made>).filter(
      ({ Type }) => Type === 'AWS::ApiGatewayV2::Stage',
    );
    const settings = stage?.Properties.AccessLogSettings as Record<string, unknown> | undefined;
    expect(settings?.DestinationArn).toEqual(arnOf('HttpApiLogGroup'));
    const format = String(settings?.Format);
    const line = format.replace('$context.error.messageString', '"$context.error.messageString"');
    expect(JSON.parse(line)).toEqual({
      time: '$context.requestTimeEpoch',
      requestId: '$context.requestId',
      caller: '$context.identity.userArn',
      ip: '$context.identity.sourceIp',
      method: '$context.httpMethod',
      route: '$context.routeKey',
      status: '$context.status',
      integrationStatus: '$context.integrationStatus',
      integrationError: '$context.integrationErrorMessage',
      error: '$context.error.messageString',
    });
    expect(format).not.toContain('\n');
  });

  test('as many people have to approve removals as the deployment is told', () => {
    const told = params.find((param) => param.startsWith('approvers='))?.slice('approvers='.length) ?? '1';
    for (const [name, { Properties: p }] of functions) {
      const asks = ['approve-removals', 'list-approvals', 'revoke-approval', 'restore'].includes(name);
      expect(p.Environment?.Variables.SYNC_APPROVERS, name).toBe(asks ? told : undefined);
    }
  });

  test(
    'each zip holds its bundle, byte for byte, and nothing else',
    async () => {
      for (const { name, dir: folder, files: sizes } of made.bundles) {
        const files = Object.keys(sizes);
        const zip = await made.unzip(functions.get(name)?.Properties.Code?.S3Key ?? '');
        expect(Object.keys(zip).sort()).toEqual(files.map((file) => `.build/${name}/${file}`).sort());
        expect(Object.keys(zip).filter((path) => !path.endsWith('.mjs'))).toEqual([]);
        for (const file of files) {
          const content = await readFile(join(folder, file));
          expect(content.equals(zip[`.build/${name}/${file}`] as Uint8Array), file).toBe(true);
        }
      }
    },
    SLOW_MS,
  );

  test('cfn-lint finds nothing', { ...needs(CFN_LINT_MISSING ?? LONG), timeout: SLOW_MS }, async () => {
    // Beside .cfnlintrc.yaml, which says what is ignored and why; a finding makes it exit with an error.
    const run = promisify(execFile)('cfn-lint', ['-t', made.templateFile], { cwd: ROOT });
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  });
});

test(
  'nothing is packaged that would send the AccessKey to an inventory',
  async () => {
    const arn =
      'arn:aws:secretsmanager:eu-central-1:111111111111:secret:sls-machine-groups/dev/access-key-AbCdEf';
    const refusal = await oslsPackage(`inventorySecrets=${arn}=https://netbox.example.com`).then(
      () => 'packaged',
      (error: Error) => error.message,
    );
    expect(refusal).toContain(
      'parameter inventorySecrets: entry 1 binds the secret of an AccessKey or of a hook, which is never sent to an inventory',
    );
    // A sentence for who deploys, without a stack.
    expect(refusal).not.toContain('osls-plugin.ts');
  },
  SLOW_MS,
);

test(
  'nothing is packaged of parameters that are wrong, or of a stage without a file',
  async () => {
    const refusal = (...params: string[]) =>
      oslsPackage(...params).then(
        () => 'packaged',
        (error: Error) => error.message,
      );
    const wrong = await refusal('slsEndpoint=', 'eventWindow=0', 'hookRate=many', 'topic=given');
    expect(wrong).toContain('.stages/dev.yml is refused');
    for (const name of ['slsEndpoint', 'eventWindow', 'hookRate', 'topicArn']) {
      expect(wrong).toContain(`parameter ${name} `);
    }
    // Sentences for who deploys, without a stack.
    expect(wrong).not.toContain('osls-plugin.ts');
    expect(await oslsSays('print', '--stage', 'nowhere')).toContain(
      'stage nowhere has no file .stages/nowhere.yml',
    );
    expect(await oslsSays('deploy', '--stage', 'example')).toContain('stage example is there to be copied');
    expect(await oslsSays('package', '--stage', 'example', '--param', 'hookRate=1')).toContain(
      '--param hookRate is not taken: write it into .stages/example.yml',
    );
  },
  SLOW_MS,
);
