import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, readSyncEnvironment } from '../../../lib/runtime/environment.ts';

const least = { SLS_SECRET_ID: 'test/secret', SLS_ENDPOINT: 'cn-hangzhou.log.aliyuncs.com' };

test('reads a configuration from two variables', () => {
  expect(readConfig(least)).toEqual({
    secretId: 'test/secret',
    secretTtlMs: 300_000,
    secretStaleMs: 3_600_000,
    defaultProject: undefined,
    destination: {
      endpoint: { protocol: 'https:', host: 'cn-hangzhou.log.aliyuncs.com', port: undefined },
      connectTo: undefined,
      signature: 'v1',
      region: 'cn-hangzhou',
    },
    endpoints: new Map([
      [
        'https://cn-hangzhou.log.aliyuncs.com',
        { protocol: 'https:', host: 'cn-hangzhou.log.aliyuncs.com', port: undefined },
      ],
    ]),
    limits: { attempts: 4, attemptTimeoutMs: 5_000, totalTimeoutMs: 25_000 },
    heartbeatStaleSeconds: 300,
    errorNames: 'documented',
  });
});

test('takes empty variables for absent', () => {
  const empty = { SLS_PROJECT: '', SLS_REGION: ' ', SLS_SIGNATURE: '', SLS_CONNECT_TO: '', SLS_ATTEMPTS: '' };
  expect(readConfig({ ...least, ...empty })).toEqual(readConfig(least));
});

test('signs with V4 for dedicated clusters without being told', () => {
  const SLS_ENDPOINT = 'cn-hangzhou-acdr-ut-3.log.aliyuncs.com';
  expect(readConfig({ ...least, SLS_ENDPOINT }).destination.signature).toBe('v4');
});

test.each([
  ['SLS_SECRET_ID', ''],
  ['SLS_ENDPOINT', ''],
  ['SLS_ENDPOINT', 'https://host/path'],
  ['SLS_ENDPOINT', 'ftp://host'],
  ['SLS_ENDPOINT', 'http://a:0080'],
  ['SLS_ENDPOINTS', 'cn-shanghai.log.aliyuncs.com,'],
  ['SLS_ENDPOINTS', 'cn-shanghai.log.aliyuncs.com cn-beijing.log.aliyuncs.com'],
  ['SLS_ENDPOINTS', 'cn-shanghai.log.aliyuncs.com,https://host/path'],
  ['SLS_PROJECT', 'Evil.example/'],
  ['SLS_REGION', 'cn hangzhou'],
  ['SLS_SIGNATURE', 'v2'],
  ['SLS_ERROR_NAMES', 'go'],
  ['SLS_CONNECT_TO', 'host'],
  ['SLS_CONNECT_TO', 'host:0'],
  ['SLS_ATTEMPTS', '0'],
  ['SLS_ATTEMPTS', 'four'],
  ['SLS_TIMEOUT_MS', '1.5'],
  ['SLS_SECRET_TTL_SECONDS', '-1'],
  ['SLS_SECRET_STALE_SECONDS', '1e9'],
  ['NODE_USE_ENV_PROXY', '1'],
  ['NODE_OPTIONS', '--use-env-proxy'],
  ['NODE_OPTIONS', '--max-http-header-size=9000 --use_env_proxy=true'],
])('refuses %s=%s by its name', (name, value) => {
  const read = () => readConfig({ ...least, [name]: value });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(new RegExp(`${name}: `));
});

test('refuses a proxy where Node is told to use one, and ignores it where it is not', () => {
  expect(() =>
    readConfig({ ...least, NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'http://proxy.example' }),
  ).toThrow(
    'environment: NODE_USE_ENV_PROXY: asks for a proxy, and none is used: connections go straight to their addresses',
  );
  const unread = {
    NODE_USE_ENV_PROXY: '0',
    NODE_OPTIONS: '--no-use-env-proxy',
    HTTPS_PROXY: 'http://proxy.example',
    NO_PROXY: '*',
  };
  expect(readConfig({ ...least, ...unread })).toEqual(readConfig(least));
});

test('refuses V4 without any region', () => {
  const env = { ...least, SLS_ENDPOINT: 'log-global.aliyuncs.com', SLS_SIGNATURE: 'v4' };
  expect(() => readConfig(env)).toThrow(/SLS_REGION/);
  expect(readConfig({ ...env, SLS_REGION: 'cn-hangzhou' }).destination.region).toBe('cn-hangzhou');
});

test('names every fault at once', () => {
  expect(() => readConfig({ SLS_PROJECT: '!', SLS_ATTEMPTS: 'x' })).toThrow(
    /SLS_SECRET_ID.*SLS_ENDPOINT.*SLS_PROJECT.*SLS_ATTEMPTS/,
  );
});

test('has a memory where one is named', () => {
  expect(readConfig(least).table).toBeUndefined();
  expect(readConfig({ ...least, SYNC_TABLE: 'sls-memory' }).table).toBe('sls-memory');
  for (const wrong of ['ab', 'a table', 'arn:aws:dynamodb:eu-central-1:123456789012:table/x'])
    expect(() => readConfig({ ...least, SYNC_TABLE: wrong })).toThrow(/SYNC_TABLE: the name of/);
});

test('serves any project, or those that are listed', () => {
  const projects = (list: string, project = '') =>
    readConfig({ ...least, SLS_PROJECTS: list, SLS_PROJECT: project }).projects;
  expect(projects(' ')).toBeUndefined();
  expect(projects('one-project, two-project', 'two-project')).toEqual(
    new Set(['one-project', 'two-project']),
  );
  for (const wrong of [',', 'one-project,', 'one-project,,two-project', 'One', 'one-project two-project'])
    expect(() => projects(wrong), wrong).toThrow(/SLS_PROJECTS: /);
  expect(() => projects('one-project', 'two-project')).toThrow(
    'environment: SLS_PROJECT: is the default project; SLS_PROJECTS: does not list it',
  );
});

test('asks for the sync only where its configuration is', () => {
  const SYNC_CONFIG = 'ssm:///sync';
  expect(readSyncEnvironment({ SYNC_CONFIG, SYNC_TOPIC_ARN: '' })).toEqual({
    configLocation: SYNC_CONFIG,
    configBucketOwner: undefined,
    local: false,
    workQueueUrl: undefined,
    inventoryQueueUrl: undefined,
    deadLetterQueueUrl: undefined,
    readingsBucket: undefined,
    topicArn: undefined,
    table: undefined,
    approvers: 1,
    periodMs: undefined,
    secretBindings: [],
    inventoryEndpoints: new Set(),
    metricsService: 'sls-machine-groups',
  });
  expect(readSyncEnvironment({ SYNC_CONFIG, POWERTOOLS_SERVICE_NAME: 'test' }).metricsService).toBe('test');
  expect(readSyncEnvironment({ SYNC_CONFIG, SYNC_PERIOD_S: '300' }).periodMs).toBe(300_000);
  for (const wrong of [undefined, '', 'https://host/sync.json', 'ssm://']) {
    expect(() => readSyncEnvironment({ SYNC_CONFIG: wrong })).toThrow(/SYNC_CONFIG: /);
  }
});

describe('secrets for inventories', () => {
  const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:netbox-AbCdEf';
  const origin = 'https://netbox.example.com';
  const read = (env: object) => readSyncEnvironment({ ...least, SYNC_CONFIG: 'ssm:///sync', ...env });

  test('are bound to origins', () => {
    const SYNC_INVENTORY_SECRETS = `${arn}=${origin},${arn}=http://10.0.0.7:8080`;
    expect(read({ SYNC_INVENTORY_SECRETS, SYNC_KEPT_SECRETS: 'a, b' }).secretBindings).toEqual([
      { arn, origin },
      { arn, origin: 'http://10.0.0.7:8080' },
    ]);
  });

  test.each([
    ['no pair', { SYNC_INVENTORY_SECRETS: arn }, 'entry 1 must be <ARN'],
    ['no origin', { SYNC_INVENTORY_SECRETS: `${arn}=${origin}/api` }, 'entry 1 must end with an origin'],
    ['the own AccessKey by name', { SLS_SECRET_ID: ' netbox ' }, 'entry 1 binds'],
    ['the own AccessKey by ARN', { SLS_SECRET_ID: arn }, 'entry 1 binds'],
    ['a kept secret by name', { SYNC_KEPT_SECRETS: 'a, netbox,' }, 'entry 1 binds'],
    ['a kept secret by a part of its ARN', { SYNC_KEPT_SECRETS: arn.slice(0, -7) }, 'entry 1 binds'],
  ])('are refused at start-up: %s', (_what, env, says) => {
    const start = () => read({ SYNC_INVENTORY_SECRETS: `${arn}=${origin}`, ...env });
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(`environment: SYNC_INVENTORY_SECRETS: ${says}`);
    expect(start).not.toThrow(/netbox\.example\.com\/api|123456789012/);
  });
});
test('endpoints are listed in any spelling, and known by one', () => {
  const SYNC_INVENTORY_ENDPOINTS = 'https://ecs.internal.example:443/ , http://ecs:8080';
  expect([
    ...readSyncEnvironment({ SYNC_CONFIG: 'ssm:///sync', SYNC_INVENTORY_ENDPOINTS }).inventoryEndpoints,
  ]).toEqual(['https://ecs.internal.example', 'http://ecs:8080']);
  const SLS_ENDPOINTS = ' https://cn-shanghai.log.aliyuncs.com:443/ , http://sls.internal.example:8080 ';
  const { endpoints } = readConfig({ ...least, SLS_ENDPOINTS });
  expect([...endpoints.keys()]).toEqual([
    'https://cn-hangzhou.log.aliyuncs.com',
    'https://cn-shanghai.log.aliyuncs.com',
    'http://sls.internal.example:8080',
  ]);
});

describe('files', () => {
  const SYNC_CONFIG = 'file:///etc/sync.json';
  test.each(['file:///etc/sync.json', 'file://./sync.json'])(
    'are refused where they are not read: %s',
    (file) => {
      for (const IS_OFFLINE of [undefined, '', ' ']) {
        const read = () => readSyncEnvironment({ SYNC_CONFIG: file, IS_OFFLINE });
        expect(read).toThrow(ConfigError);
        expect(read).toThrow('environment: SYNC_CONFIG: file:// is read in the local run alone');
      }
    },
  );
  test('are read in the local run', () => {
    expect(readSyncEnvironment({ SYNC_CONFIG, IS_OFFLINE: 'true' })).toMatchObject({
      configLocation: SYNC_CONFIG,
      local: true,
    });
  });
  test.each(['false', '1', 'yes', 'TRUE'])('refuse IS_OFFLINE=%s by its name', (IS_OFFLINE) => {
    expect(() => readSyncEnvironment({ SYNC_CONFIG, IS_OFFLINE })).toThrow(/IS_OFFLINE: /);
  });
});

test('the owner of the configuration’s bucket is an account', () => {
  const read = (SYNC_CONFIG_BUCKET_OWNER: string) =>
    readSyncEnvironment({ SYNC_CONFIG: 's3://bucket/sync.json', SYNC_CONFIG_BUCKET_OWNER }).configBucketOwner;
  expect(read('123456789012')).toBe('123456789012');
  expect(read('')).toBeUndefined();
  for (const wrong of ['12345678901', '1234567890123', '12345678901a', 'arn:aws:iam::123456789012:root']) {
    expect(() => read(wrong)).toThrow(/SYNC_CONFIG_BUCKET_OWNER: /);
  }
});
