// What a stage may say in its file, and what is refused, name by name. That osls asks is in serverless.test.ts.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';
import { RULES, readParameters } from '../../lib/build/parameters.ts';

const yaml = await readFile(join(ROOT, 'serverless.yml'), 'utf8');
const [, block = ''] = /^params:\n {2}default:\n((?: {4}.*\n|\s*\n)+)/m.exec(yaml) ?? [];
/** As osls has them before variables are resolved; empty texts are the only ones in quotes but `on`. */
const defaults: Record<string, unknown> = Object.fromEntries(
  [...block.matchAll(/^ {4}(\w+): (.*)$/gm)].map(([, name = '', text = '']) => [name, plainOf(text)]),
);
function plainOf(text: string): unknown {
  if (/^".*"$/.test(text)) return text.slice(1, -1);
  if (/^\d+$/.test(text)) return Number(text);
  return text === 'false' ? false : text;
}

const GOOD = { slsEndpoint: 'eu-central-1.log.aliyuncs.com', topic: 'new' };
const read = (given: object, local = false) => readParameters({ given, defaults, local });
const says = (given: object, local = false): string => {
  try {
    return `taken: ${JSON.stringify(read(given, local))}`;
  } catch (error) {
    return (error as Error).message;
  }
};

const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:notices';
const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-4000-8000-000000000000';
const ALIAS = 'arn:aws:kms:eu-central-1:111111111111:alias/mine';
const ROLE = 'arn:aws:iam::111111111111:role/list';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:hook-AbCdEf';

test('every parameter of serverless.yml has a rule, and its default keeps it', () => {
  const names = Object.keys(defaults);
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !Object.hasOwn(RULES, name))).toEqual([]);
  for (const [name, value] of Object.entries(defaults)) {
    if (String(value).includes('${') || (name === 'localGateway' && value === '')) continue;
    expect(RULES[name]?.(value), name).toBe(value);
  }
  expect(names).not.toContain('slsEndpoint');
});

test('the example is a stage that would be packaged', async () => {
  const text = await readFile(join(ROOT, '.stages/example.yml'), 'utf8');
  const given = [...text.matchAll(/^(\w+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
  expect(read(Object.fromEntries(given))).toEqual(GOOD);
  const ignored = (await readFile(join(ROOT, '.gitignore'), 'utf8')).split('\n');
  expect(ignored).toEqual(expect.arrayContaining(['.stages/*', '!.stages/example.yml']));
});

describe('takes', () => {
  test.each<[string, object, object]>([
    [
      'numbers as numbers, however they are written',
      { hookRate: '2.5', hookBurst: '7' },
      { hookRate: 2.5, hookBurst: 7 },
    ],
    ['lists of YAML', { inventoryRoles: [ROLE, ROLE] }, { inventoryRoles: `${ROLE},${ROLE}` }],
    ['lists between commas', { inventoryRoles: `${ROLE}, ${ROLE}` }, { inventoryRoles: `${ROLE},${ROLE}` }],
    ['an empty list', { inventoryRoles: '' }, { inventoryRoles: '' }],
    [
      'an account that YAML reads as a number',
      { syncConfigIn: 's3', syncConfig: 'bucket/key.json', syncConfigBucketOwner: 111111111111 },
      { syncConfigIn: 's3', syncConfig: 'bucket/key.json', syncConfigBucketOwner: '111111111111' },
    ],
    ['no limit of executions', { hookConcurrency: 'none' }, { hookConcurrency: 'none' }],
    [
      'a topic that is there',
      { topic: 'given', topicArn: TOPIC, topicKmsKey: KEY },
      { topic: 'given', topicArn: TOPIC, topicKmsKey: KEY },
    ],
    ['nobody, said twice', { topic: 'none', nobodyIsTold: 'true' }, { topic: 'none', nobodyIsTold: true }],
    [
      'a network',
      { vpcSubnets: ['subnet-01234567'], vpcSecurityGroups: 'sg-01234567' },
      { vpcSubnets: 'subnet-01234567', vpcSecurityGroups: 'sg-01234567' },
    ],
    ['V4 with the region of the endpoint', { slsSignature: 'v4' }, { slsSignature: 'v4' }],
    ['the key of a secret', { secretKmsKey: KEY }, { secretKmsKey: KEY }],
  ])('%s', (_what, given, expected) => {
    expect(read({ ...GOOD, ...given })).toEqual({ ...GOOD, ...expected });
  });
});

describe('refuses, with a sentence', () => {
  test.each<[object, string]>([
    [
      { eventWindow: 0 },
      'parameter eventWindow must be a whole number from 1 to 300: a batch of more than 10 events needs a window in which they gather',
    ],
    [{ eventWindow: 301 }, 'parameter eventWindow must be a whole number from 1 to 300'],
    [{ topic: 'given' }, 'parameter topicArn is missing: topic is given'],
    [{ topic: 'given', topicArn: 'notices' }, 'parameter topicArn must be the ARN of an SNS topic'],
    [
      { topic: 'given', topicArn: `${TOPIC}.fifo` },
      'parameter topicArn must be the ARN of an SNS topic that is not FIFO',
    ],
    [{ topicArn: TOPIC }, 'parameter topicArn is for topic: given, and would be ignored'],
    [
      { topic: 'none' },
      'parameter topic is none: nobody would hear of refusals, failures and alarms. Say new or given, or say nobodyIsTold: true beside it',
    ],
    [{ nobodyIsTold: true }, 'parameter nobodyIsTold is true, and topic names somebody'],
    [{ topic: 'both' }, 'parameter topic must be one of none, new, given'],
    [
      { topic: 'none', nobodyIsTold: true, topicKmsKey: KEY },
      'parameter topicKmsKey is for a topic, and topic is none',
    ],
    [{ hookRate: 'many' }, 'parameter hookRate must be a number above 0, up to 10000'],
    [{ hookRate: 0 }, 'parameter hookRate must be a number above 0'],
    [{ hookRate: '1e3' }, 'parameter hookRate must be a number above 0'],
    [{ hookRate: '0x10' }, 'parameter hookRate must be a number above 0'],
    [{ hookRate: true }, 'parameter hookRate must be a number above 0'],
    [{ hookBurst: 2.5 }, 'parameter hookBurst must be a whole number from 1 to 5000'],
    [{ hookBurst: -1 }, 'parameter hookBurst must be a whole number from 1 to 5000'],
    [{ hookConcurrency: 0 }, 'parameter hookConcurrency must be a whole number from 1 to 900, or none'],
    [{ heartbeatStaleSeconds: 'soon' }, 'parameter heartbeatStaleSeconds must be a whole number'],
    [{ historyDays: 0 }, 'parameter historyDays must be a whole number from 1 to 3653'],
    [{ logRetentionInDays: 31 }, 'parameter logRetentionInDays must be one of 1, 3, 5'],
    [{ syncEvery: 2 }, 'parameter syncEvery must be one of 1, 5, 10, 15, 30, 60'],
    [{ schedule: true }, 'parameter schedule must be one of on, off'],
    [{ ownInstances: 'no' }, 'parameter ownInstances must be one of on, off'],
    [{ tracing: 'active' }, 'parameter tracing must be one of PassThrough, Active'],
    [{ slsEndpoint: 'https://host/path' }, 'parameter slsEndpoint must be the host of the region'],
    [{ slsEndpoints: 'a.example,,b.example' }, 'parameter slsEndpoints must be the host of the region'],
    [{ slsProject: 'My_Project' }, 'parameter slsProject must be '],
    [{ errorNames: 'go' }, 'parameter errorNames must be one of documented, sdk'],
    [{ slsSignature: 'v2' }, "parameter slsSignature must be one of '', v1, v4"],
    [{ slsSignature: 'v4', slsEndpoint: 'log.example.com' }, 'parameter slsRegion is missing'],
    [
      { slsSignature: 'v1', slsEndpoint: 'cn-hangzhou-acdr-ut-1.log.aliyuncs.com' },
      'parameter slsSignature must be v4',
    ],
    [{ slsConnectTo: 'nowhere' }, 'parameter slsConnectTo must be host:port'],
    [
      { secretName: 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:x' },
      'parameter secretName must be the name of a secret, not its ARN',
    ],
    [{ secretName: 'sls/*' }, 'parameter secretName must be the name of a secret'],
    [{ readSecretName: '' }, 'parameter readSecretName must be the name of a secret'],
    [{ secretKmsKey: ALIAS }, 'parameter secretKmsKey must be the ARN of a KMS key'],
    [{ inventoryKeys: `${KEY},${ALIAS}` }, 'parameter inventoryKeys must be the ARN of a KMS key'],
    [{ inventoryRoles: '*' }, 'parameter inventoryRoles must be ARNs of IAM roles'],
    [{ inventoryRoles: [ROLE, ''] }, 'parameter inventoryRoles must be ARNs of IAM roles'],
    [{ inventoryObjects: 'arn:aws:s3:::*' }, 'parameter inventoryObjects must be ARNs of S3 objects'],
    [{ inventorySecrets: SECRET }, 'parameter inventorySecrets must be pairs'],
    [{ hookSecrets: 'hook' }, 'parameter hookSecrets must be ARNs of secrets'],
    [
      { syncConfig: 'no-slash' },
      'parameter syncConfig must be the name of a parameter with its leading slash',
    ],
    [{ syncConfig: '/sync/*' }, 'parameter syncConfig must be the place of one document, without wildcards'],
    [{ syncConfigIn: 's3' }, 'parameter syncConfig must be bucket/key where syncConfigIn is s3'],
    [{ syncConfigIn: 's3', syncConfig: 's3://bucket/key' }, 'parameter syncConfig must be bucket/key'],
    [{ syncConfigBucketOwner: '111111111111' }, 'parameter syncConfigBucketOwner is for syncConfigIn: s3'],
    [
      { syncConfigIn: 's3', syncConfig: 'bucket/key', syncConfigBucketOwner: 12345 },
      'parameter syncConfigBucketOwner must be the id of an AWS account: 12 digits, in quotes',
    ],
    [{ vpcSubnets: 'subnet-01234567' }, 'parameters vpcSubnets and vpcSecurityGroups go together'],
    [
      { vpcSubnets: 'subnet-01234567', vpcSecurityGroups: 'default' },
      'parameter vpcSecurityGroups must be ids of security groups',
    ],
    [
      { syncConfigIn: 'file', syncConfig: '/tmp/sync.json' },
      'parameter syncConfigIn: file is for the local run alone',
    ],
    [{ localGateway: './x.ts' }, 'parameter localGateway is for the local run alone'],
    [{ slsEndpoit: 'a' }, 'parameter slsEndpoit is not known'],
    [{ constructor: 'a' }, 'parameter constructor is not known'],
    [{ topicArn: null }, 'parameter topicArn has no value: give one, or leave the line out'],
    [{ slsProject: { name: 'x' } }, 'parameter slsProject must be '],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of osls
    [{ slsProject: '${env:PROJECT}' }, 'parameter slsProject must be '],
  ])('%j', (given, sentence) => {
    expect(says({ ...GOOD, ...given })).toContain(sentence);
  });

  test('what is wrong by itself, and nothing that would follow from it', () => {
    expect(says({ ...GOOD, topic: 'news' })).toBe('parameter topic must be one of none, new, given');
    expect(says({ ...GOOD, slsEndpoint: 'x y', slsSignature: 'v4' })).toMatch(
      /^parameter slsEndpoint [^\n]*$/,
    );
  });

  test('the host of a project', () => {
    for (const slsEndpoint of [
      'my-project.cn-hangzhou.log.aliyuncs.com',
      'https://p.eu-central-1.log.aliyuncs.com/',
    ])
      expect(says({ ...GOOD, slsEndpoint })).toBe(
        'parameter slsEndpoint must be the host of the region, without the project, such as eu-central-1.log.aliyuncs.com, or an http(s) URL without path',
      );
  });

  test('a stage without an endpoint', () => {
    expect(says({ topic: 'new' })).toMatch(/^parameter slsEndpoint is missing: .*such as eu-central-1/);
  });

  test('a file that holds no parameters', () => {
    for (const given of [undefined, null, 'text', []]) {
      expect(says(given as never)).toBe('parameters are lines of "name: value", and there are none');
    }
  });

  test('all that is wrong at once, a line each', () => {
    const lines = says({ eventWindow: 0, hookRate: 'x', topic: 'given' }).split('\n');
    expect(lines.map((line) => line.split(' ')[1])).toEqual([
      'eventWindow',
      'hookRate',
      'slsEndpoint',
      'topicArn',
    ]);
  });
});

test('the local run may use what a deployment may not', () => {
  const local = { ...GOOD, syncConfigIn: 'file', syncConfig: '/tmp/sync.json', localGateway: '/x.ts' };
  expect(read(local, true)).toEqual(local);
});
