import { expect, test } from 'vitest';
import { ConfigError, readConfig, readSyncEnvironment } from '../../lib/runtime/config.ts';

const least = { SLS_SECRET_ID: 'test/secret', SLS_ENDPOINT: 'cn-hangzhou.log.aliyuncs.com' };

test('two variables are enough', () => {
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
    limits: { attempts: 4, attemptTimeoutMs: 5_000, totalTimeoutMs: 25_000 },
    heartbeatStaleSeconds: 300,
  });
});

test('empty variables count as absent', () => {
  const empty = { SLS_PROJECT: '', SLS_REGION: ' ', SLS_SIGNATURE: '', SLS_CONNECT_TO: '', SLS_ATTEMPTS: '' };
  expect(readConfig({ ...least, ...empty })).toEqual(readConfig(least));
});

test('dedicated clusters are signed with V4 without being told', () => {
  const SLS_ENDPOINT = 'cn-hangzhou-acdr-ut-3.log.aliyuncs.com';
  expect(readConfig({ ...least, SLS_ENDPOINT }).destination.signature).toBe('v4');
});

test.each([
  ['SLS_SECRET_ID', ''],
  ['SLS_ENDPOINT', ''],
  ['SLS_ENDPOINT', 'https://host/path'],
  ['SLS_ENDPOINT', 'ftp://host'],
  ['SLS_PROJECT', 'Evil.example/'],
  ['SLS_REGION', 'cn hangzhou'],
  ['SLS_SIGNATURE', 'v2'],
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
])('%s=%s is refused by name', (name, value) => {
  const read = () => readConfig({ ...least, [name]: value });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(new RegExp(`${name}: `));
});

test('a proxy is refused in words where Node is told to use one, and not read where it is not', () => {
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

test('V4 without any region is refused', () => {
  const env = { ...least, SLS_ENDPOINT: 'log-global.aliyuncs.com', SLS_SIGNATURE: 'v4' };
  expect(() => readConfig(env)).toThrow(/SLS_REGION/);
  expect(readConfig({ ...env, SLS_REGION: 'cn-hangzhou' }).destination.region).toBe('cn-hangzhou');
});

test('every fault is named at once', () => {
  expect(() => readConfig({ SLS_PROJECT: '!', SLS_ATTEMPTS: 'x' })).toThrow(
    /SLS_SECRET_ID.*SLS_ENDPOINT.*SLS_PROJECT.*SLS_ATTEMPTS/,
  );
});

test('the sync needs to know where its configuration is, and nothing else', () => {
  const SYNC_CONFIG = 'ssm:///sync';
  expect(readSyncEnvironment({ SYNC_CONFIG, SYNC_TOPIC_ARN: '' })).toEqual({
    configLocation: SYNC_CONFIG,
    workQueueUrl: undefined,
    deadLetterQueueUrl: undefined,
    topicArn: undefined,
    metricsService: 'sls-machine-groups',
  });
  expect(readSyncEnvironment({ SYNC_CONFIG, POWERTOOLS_SERVICE_NAME: 'test' }).metricsService).toBe('test');
  for (const wrong of [undefined, '', 'https://host/sync.json', 'ssm://']) {
    expect(() => readSyncEnvironment({ SYNC_CONFIG: wrong })).toThrow(/SYNC_CONFIG: /);
  }
});
