// Every environment variable of the functions with every class of bad text in it: what is not on a written list is
// refused with a line that names the variable and repeats no value.
import { expect, test } from 'vitest';
import { ConfigError, readConfig, readSyncEnvironment } from '../../lib/runtime/environment.ts';
import { type BadClass, BLANKS, TEXT_CLASSES } from './classes.ts';

/** A good value for each. */
const GOOD: Readonly<Record<string, string>> = {
  NODE_USE_ENV_PROXY: '0',
  NODE_OPTIONS: '--enable-source-maps',
  SLS_SECRET_ID: 'test/access-key',
  SLS_ENDPOINT: 'cn-hangzhou.log.aliyuncs.com',
  SLS_ENDPOINTS: 'cn-shanghai.log.aliyuncs.com',
  SLS_PROJECT: 'ali-test-project',
  SLS_PROJECTS: 'ali-test-project',
  SLS_REGION: 'cn-hangzhou',
  SLS_SIGNATURE: 'v4',
  SLS_CONNECT_TO: 'sls.example:443',
  SLS_ATTEMPTS: '4',
  SLS_ATTEMPT_TIMEOUT_MS: '5000',
  SLS_TIMEOUT_MS: '25000',
  SLS_SECRET_TTL_SECONDS: '300',
  SLS_SECRET_STALE_SECONDS: '3600',
  HEARTBEAT_STALE_SECONDS: '300',
  SLS_ERROR_NAMES: 'documented',
  HISTORY_BUCKET: 'history-of-prod',
  SYNC_CONFIG: 'ssm:///sls-machine-groups/sync',
  SYNC_INVENTORY_SECRETS:
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:netbox-AbCdEf=https://netbox.example.com',
  SYNC_INVENTORY_ENDPOINTS: 'ecs.internal.example',
  SYNC_KEPT_SECRETS: 'test/access-key,test/reading-key',
  SYNC_CONFIG_BUCKET_OWNER: '123456789012',
  SYNC_APPROVERS: '2',
  SYNC_PERIOD_S: '300',
  IS_OFFLINE: 'true',
};

const EVERYTHING = Object.keys(TEXT_CLASSES) as BadClass[];
/** Blanks around a value are taken off, and an empty one is none. */
const NONE: readonly BadClass[] = ['missing', 'empty', ...BLANKS];
const TRIMMED: readonly BadClass[] = ['a blank behind', 'a hundred thousand blanks'];
const OPTIONAL: readonly BadClass[] = [...NONE, ...TRIMMED];
/** Names that something may have. */
const NAMES: readonly BadClass[] = [
  'another word',
  'a name every object knows',
  'an exponent',
  'a hexadecimal number',
  'the word null',
];

const TAKES: Readonly<Record<string, readonly BadClass[]>> = {
  // Node's own: all but a proxy.
  NODE_USE_ENV_PROXY: EVERYTHING,
  NODE_OPTIONS: EVERYTHING,
  // A name for Secrets Manager to know or not.
  SLS_SECRET_ID: EVERYTHING.filter((what) => !NONE.includes(what)),
  SLS_ENDPOINT: [...TRIMMED, ...NAMES, 'a fraction', 'a slash behind'],
  // A list, so that one name twice is one.
  SLS_ENDPOINTS: [...OPTIONAL, ...NAMES, 'twice, as a gateway joins them', 'a fraction', 'a slash behind'],
  // The list does not have the others.
  SLS_PROJECT: OPTIONAL,
  SLS_PROJECTS: [...OPTIONAL, 'twice, as a gateway joins them'],
  SLS_REGION: [...OPTIONAL, ...NAMES, 'a negative number'],
  SLS_SIGNATURE: OPTIONAL,
  SLS_CONNECT_TO: OPTIONAL,
  SLS_ATTEMPTS: OPTIONAL,
  SLS_ATTEMPT_TIMEOUT_MS: OPTIONAL,
  SLS_TIMEOUT_MS: OPTIONAL,
  SLS_SECRET_TTL_SECONDS: OPTIONAL,
  SLS_SECRET_STALE_SECONDS: OPTIONAL,
  HEARTBEAT_STALE_SECONDS: OPTIONAL,
  SLS_ERROR_NAMES: OPTIONAL,
  HISTORY_BUCKET: [
    ...[...OPTIONAL, 'a fraction', 'a hexadecimal number', 'an exponent', 'the word null'],
    'a name every object knows',
  ] as BadClass[],
  SYNC_PERIOD_S: OPTIONAL,
  SYNC_INVENTORY_SECRETS: [...OPTIONAL, 'twice, as a gateway joins them'],
  SYNC_INVENTORY_ENDPOINTS: [
    ...OPTIONAL,
    ...NAMES,
    'twice, as a gateway joins them',
    'a fraction',
    'a slash behind',
  ],
  // Names for Secrets Manager to know or not.
  SYNC_KEPT_SECRETS: EVERYTHING,
  // What stands behind ssm:// is for Systems Manager to know or not.
  SYNC_CONFIG: EVERYTHING.filter((what) =>
    (TEXT_CLASSES[what as keyof typeof TEXT_CLASSES] as (good: string) => string | undefined)('ssm://x')
      ?.trim()
      .startsWith('ssm://'),
  ),
  SYNC_CONFIG_BUCKET_OWNER: OPTIONAL,
  SYNC_APPROVERS: OPTIONAL,
  IS_OFFLINE: OPTIONAL,
};

test('every variable that is read is here, or takes any text', () => {
  const asked = new Set<string>();
  const watched = new Proxy<Record<string, string | undefined>>(GOOD, {
    get: (env, name: string) => {
      asked.add(name);
      return env[name];
    },
  });
  readConfig(watched);
  readSyncEnvironment(watched);
  // Addresses and names that only AWS can judge, and the name that the metrics go by.
  const anyText = [
    'SYNC_WORK_QUEUE_URL',
    'SYNC_INVENTORY_QUEUE_URL',
    'SYNC_DEAD_LETTER_QUEUE_URL',
    'SYNC_READINGS_BUCKET',
    'SYNC_TOPIC_ARN',
    'HISTORY_QUEUE_URL',
    // Where the SDK would look.
    ...['AWS_REGION', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'],
    'SYNC_TABLE',
    'POWERTOOLS_SERVICE_NAME',
  ];
  expect([...asked].sort()).toEqual([...Object.keys(GOOD), ...anyText].sort());
});

test.each(Object.entries(GOOD))('%s is refused by its name with every wrong value', (name, good) => {
  const read = /^(?:SYNC_|IS_OFFLINE$)/.test(name) ? readSyncEnvironment : readConfig;
  read(GOOD);
  const taken: string[] = [];
  for (const [what, make] of Object.entries(TEXT_CLASSES)) {
    const value = (make as (good: string) => string | undefined)(good);
    try {
      read({ ...GOOD, [name]: value });
      taken.push(what);
    } catch (error) {
      expect(error, what).toBeInstanceOf(ConfigError);
      const { message } = error as ConfigError;
      expect(message, what).toContain(`${name}: `);
      expect(message.length, what).toBeLessThan(300);
      expect(message, what).not.toMatch(/\p{C}/u);
      if (value && value.length > 5 && value !== good) expect(message, what).not.toContain(value);
    }
  }
  expect(taken.sort()).toEqual([...(TAKES[name] ?? [])].sort());
});
