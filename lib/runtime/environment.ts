// The only reader of the environment. Parsed once, at start; a wrong value is named, never guessed around.

import * as z from 'zod/mini';
import { type Endpoint, endpointText, parseEndpoint } from '../core/address/endpoint.ts';
import { givenAway, parseSecretBindings, type SecretBinding } from '../core/config/secret-binding.ts';
import { PROJECT_NAME } from '../core/group/machine-group.ts';
import { fault } from '../core/text/issues.ts';
import { ACCOUNT_ID, type NameRule } from '../core/text/rule.ts';
import {
  ACCESS_KEY_STALE_SECONDS,
  ACCESS_KEY_TTL_SECONDS,
  HEARTBEAT_STALE_SECONDS,
  SLS_ATTEMPT_MS,
  SLS_CALL_MS,
} from '../core/time/timeouts.ts';
import type { CallLimits } from '../sls/call.ts';
import { parseConnectTo, regionOf, requiresV4 } from '../sls/endpoint.ts';
import type { Destination } from '../sls/exchange.ts';

export interface Config {
  readonly secretId: string;
  readonly secretTtlMs: number;
  readonly secretStaleMs: number;
  readonly defaultProject: string | undefined;
  /** Projects that this deployment serves; undefined for any. */
  readonly projects: ReadonlySet<string> | undefined;
  /** DynamoDB table of the memory. Without one there is no lease, and each run is judged by itself. */
  readonly table: string | undefined;
  /** Where writes are kept for people to look at; undefined where they are not. */
  readonly history: HistoryPlace | undefined;
  readonly destination: Destination;
  /** Every endpoint that is called, its own and those that a group may name, by `endpointText`. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly limits: CallLimits;
  /** Greatest age of a heartbeat that counts as current. */
  readonly heartbeatStaleSeconds: number;
  /** Error codes of the documentation's pages, or those that SDKs compare with. */
  readonly errorNames: ErrorNames;
}

export type ErrorNames = 'documented' | 'sdk';

/** Where records of what was written are. */
export interface HistoryPlace {
  readonly bucket: string;
  /** Queue that takes them while the bucket cannot be written to. */
  readonly queueUrl: string | undefined;
  readonly region: string;
  /** Of a stand-in for S3; AWS where absent. */
  readonly endpoint: string | undefined;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'ConfigurationInvalid';
}

/**
 * Reads one variable. An empty one counts as absent: deployment tools cannot leave one out.
 * @throws Error that says what is wrong
 */
type Rule<T> = (value: string | undefined) => T;

type Variables = Readonly<Record<string, string | undefined>>;

/** One schema for all variables, because every cold start makes it. */
function variables<R extends Readonly<Record<string, Rule<unknown>>>>(rules: R) {
  return z.transform((env: Variables, context) => {
    const read: Record<string, unknown> = {};
    for (const [name, rule] of Object.entries(rules)) {
      try {
        read[name] = rule(env[name]?.trim() || undefined);
      } catch (error) {
        fault(context, [name], (error as Error).message);
      }
    }
    return read as { readonly [Name in keyof R]: ReturnType<R[Name]> };
  });
}

function required(value: string | undefined): string {
  if (value === undefined) throw new Error('is required');
  return value;
}

function number(fallback: number, min: number, max: number): Rule<number> {
  return (value) => {
    if (value === undefined) return fallback;
    // Other spellings, `1e3` and `0x10` among them, are more likely slips than meant.
    const parsed = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (parsed >= min && parsed <= max) return parsed;
    throw new Error(`a whole number from ${min} to ${max}`);
  };
}

function matching({ pattern, says }: NameRule): Rule<string | undefined> {
  return (value) => {
    if (value === undefined || pattern.test(value)) return value;
    throw new Error(says);
  };
}

const REGION: NameRule = { pattern: /^[a-z0-9-]{1,64}$/, says: 'a region id such as cn-hangzhou' };

const TABLE_NAME: NameRule = {
  pattern: /^[A-Za-z0-9_.-]{3,255}$/,
  says: 'the name of a DynamoDB table: 3 to 255 letters, digits, "_", "." and "-"',
};

/**
 * No connection here uses a proxy: those to inventories go to addresses that were checked, and a proxy would choose
 * its own. Who tells Node to use one has to hear that, not to see it ignored.
 */
const noProxy =
  (asked: RegExp): Rule<void> =>
  (value) => {
    if (value !== undefined && asked.test(value)) {
      throw new Error('asks for a proxy, and none is used: connections go straight to their addresses');
    }
  };

function endpointList(value: string | undefined): Endpoint[] {
  return value?.split(',').map((one) => parseEndpoint(one.trim())) ?? [];
}

/** Beside the names, what the SDK itself takes from the environment. */
const historyVariables = {
  HISTORY_BUCKET: matching({
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    says: 'the name of an S3 bucket',
  }),
  HISTORY_QUEUE_URL: (value) => value,
  AWS_REGION: (value) => value,
  AWS_ENDPOINT_URL: (value) => value,
  AWS_ENDPOINT_URL_S3: (value) => value,
} satisfies Readonly<Record<string, Rule<string | undefined>>>;

type HistoryVariables = Readonly<Record<keyof typeof historyVariables, string | undefined>>;

function historyIn(e: HistoryVariables): HistoryPlace | undefined {
  if (e.HISTORY_BUCKET === undefined) return undefined;
  return {
    bucket: e.HISTORY_BUCKET,
    queueUrl: e.HISTORY_QUEUE_URL,
    region: e.AWS_REGION ?? '',
    endpoint: e.AWS_ENDPOINT_URL_S3 ?? e.AWS_ENDPOINT_URL,
  };
}

/** Of functions that have the history and nothing else. @throws ConfigError */
export function readHistoryEnvironment(env: Variables): HistoryPlace {
  const place = historyIn(parseEnvironment(variables(historyVariables), env));
  if (place) return place;
  throw new ConfigError(`environment: ${noPlace('HISTORY_BUCKET', 'the history')}`);
}

/** What is kept in the table, in the words of the error where there is none. */
export type Kept = 'acknowledgements' | 'approvals' | 'figures of coverage' | 'freezes' | 'the status';

/** Said of a variable that has to name where something is kept. */
export function noPlace(variable: 'SYNC_TABLE' | 'HISTORY_BUCKET', kept: Kept | 'the history'): string {
  return `${variable}: is required, since ${kept} ${kept.startsWith('the ') ? 'is' : 'are'} kept in it`;
}

const environment = variables({
  ...historyVariables,
  NODE_USE_ENV_PROXY: noProxy(/^1$/),
  NODE_OPTIONS: noProxy(/(?:^|[\s"])--use[-_]env[-_]proxy/),
  SLS_SECRET_ID: required,
  SLS_ENDPOINT: (value) => parseEndpoint(required(value)),
  SLS_ENDPOINTS: endpointList,
  SLS_PROJECT: matching(PROJECT_NAME),
  SLS_PROJECTS: (value) => {
    // An entry that is empty is refused, too: a comma alone must not mean any project.
    const projects = value?.split(',').map((one) => one.trim());
    for (const one of projects ?? []) matching(PROJECT_NAME)(one);
    return projects && new Set(projects);
  },
  SYNC_TABLE: matching(TABLE_NAME),
  SLS_REGION: matching(REGION),
  SLS_SIGNATURE: (value) => {
    if (value === undefined || value === 'v1' || value === 'v4') return value;
    throw new Error('v1 or v4');
  },
  SLS_CONNECT_TO: (value) => (value === undefined ? undefined : parseConnectTo(value)),
  SLS_ATTEMPTS: number(4, 1, 10),
  SLS_ATTEMPT_TIMEOUT_MS: number(...SLS_ATTEMPT_MS),
  SLS_TIMEOUT_MS: number(...SLS_CALL_MS),
  SLS_SECRET_TTL_SECONDS: number(...ACCESS_KEY_TTL_SECONDS),
  SLS_SECRET_STALE_SECONDS: number(...ACCESS_KEY_STALE_SECONDS),
  HEARTBEAT_STALE_SECONDS: number(...HEARTBEAT_STALE_SECONDS),
  SLS_ERROR_NAMES: (value = 'documented') => {
    if (value === 'documented' || value === 'sdk') return value;
    throw new Error('documented or sdk');
  },
});

/** @throws ConfigError naming each wrong variable and its rule, never its value. */
export function readConfig(env: Variables): Config {
  const e = parseEnvironment(environment, env);
  const region = e.SLS_REGION ?? regionOf(e.SLS_ENDPOINT);
  const signature = e.SLS_SIGNATURE ?? (requiresV4(region) ? 'v4' : 'v1');
  if (signature === 'v4' && !region) {
    throw new ConfigError('environment: SLS_REGION: signature V4 needs it, and SLS_ENDPOINT names no region');
  }
  if (e.SLS_PROJECT !== undefined && e.SLS_PROJECTS?.has(e.SLS_PROJECT) === false)
    throw new ConfigError('environment: SLS_PROJECT: is the default project; SLS_PROJECTS: does not list it');
  return {
    secretId: e.SLS_SECRET_ID,
    secretTtlMs: e.SLS_SECRET_TTL_SECONDS * 1000,
    secretStaleMs: e.SLS_SECRET_STALE_SECONDS * 1000,
    defaultProject: e.SLS_PROJECT,
    projects: e.SLS_PROJECTS,
    table: e.SYNC_TABLE,
    history: historyIn(e),
    destination: { endpoint: e.SLS_ENDPOINT, connectTo: e.SLS_CONNECT_TO, signature, region },
    endpoints: new Map([e.SLS_ENDPOINT, ...e.SLS_ENDPOINTS].map((one) => [endpointText(one), one])),
    limits: {
      attempts: e.SLS_ATTEMPTS,
      attemptTimeoutMs: e.SLS_ATTEMPT_TIMEOUT_MS,
      totalTimeoutMs: e.SLS_TIMEOUT_MS,
    },
    heartbeatStaleSeconds: e.HEARTBEAT_STALE_SECONDS,
    errorNames: e.SLS_ERROR_NAMES,
  };
}

/** The same settings for another endpoint: its region is the one its name says. */
export function destinationAt(endpoint: Endpoint, own: Destination): Destination {
  const region = regionOf(endpoint) ?? own.region;
  return { ...own, endpoint, region, signature: requiresV4(region) ? 'v4' : own.signature };
}

/** What the sync functions need beside the SLS settings. */
export interface SyncEnvironment {
  /** Location of the sync configuration: `file://`, `s3://bucket/key` or `ssm://name`. */
  readonly configLocation: string;
  /** Account that has to own the bucket of an `s3://` location: 12 digits. */
  readonly configBucketOwner: string | undefined;
  /** Whether this is the local run. serverless-offline says so; nothing says so of what is deployed. */
  readonly local: boolean;
  /** FIFO queue of the workers; without it every run works in process. */
  readonly workQueueUrl: string | undefined;
  /** Queue of the events, which takes what has to be looked at again; without it the event's own queue gives it again. */
  readonly inventoryQueueUrl: string | undefined;
  /** Where records go that cannot be read. */
  readonly deadLetterQueueUrl: string | undefined;
  /** Bucket in which a run hands readings to its workers; without it each of them reads for itself. */
  readonly readingsBucket: string | undefined;
  /** Told of refusals and failures. */
  readonly topicArn: string | undefined;
  /** DynamoDB table of the memory, as in {@link Config}: some functions have it and no AccessKey. */
  readonly table: string | undefined;
  /** How many people have to approve removals. */
  readonly approvers: 1 | 2;
  /** Milliseconds between two runs of the schedule; none where it is off. */
  readonly periodMs: number | undefined;
  /** Which secret the header of an inventory may take to which origin. */
  readonly secretBindings: readonly SecretBinding[];
  /** Endpoints that ECS sources may name beside the documented ones, by `endpointText`. */
  readonly inventoryEndpoints: ReadonlySet<string>;
  /** The `service` dimension of the metrics: deployments that share an account differ in it. */
  readonly metricsService: string;
}

const LOCATION = /^(?:file|s3|ssm):\/\/./;

/** A plain object, so that functions without a sync are bundled without it. */
const syncEnvironment = {
  SYNC_CONFIG: (value) => {
    const location = required(value);
    if (LOCATION.test(location)) return location;
    throw new Error('a file://, s3://bucket/key or ssm://name location');
  },
  SYNC_CONFIG_BUCKET_OWNER: matching(ACCOUNT_ID),
  IS_OFFLINE: (value) => {
    if (value === undefined || value === 'true') return value === 'true';
    throw new Error('true in a local run, and left out everywhere else');
  },
  SYNC_WORK_QUEUE_URL: (value) => value,
  SYNC_INVENTORY_QUEUE_URL: (value) => value,
  SYNC_DEAD_LETTER_QUEUE_URL: (value) => value,
  SYNC_READINGS_BUCKET: (value) => value,
  SYNC_TOPIC_ARN: (value) => value,
  SYNC_TABLE: matching(TABLE_NAME),
  SYNC_APPROVERS: number(1, 1, 2) as Rule<1 | 2>,
  SYNC_PERIOD_S: (value) => (value === undefined ? undefined : number(0, 60, 86_400)(value)),
  SYNC_INVENTORY_SECRETS: (value) => (value === undefined ? [] : parseSecretBindings(value)),
  SYNC_INVENTORY_ENDPOINTS: endpointList,
  SYNC_KEPT_SECRETS: (value) => listOf(value),
} satisfies Readonly<Record<string, Rule<unknown>>>;

/** @throws ConfigError naming each wrong variable and its rule */
export function readSyncEnvironment(env: Variables): SyncEnvironment {
  const e = parseEnvironment(variables(syncEnvironment), env);
  if (e.SYNC_CONFIG.startsWith('file:') && !e.IS_OFFLINE)
    throw new ConfigError('environment: SYNC_CONFIG: file:// is read in the local run alone');
  const wrong = givenAway(e.SYNC_INVENTORY_SECRETS, [
    env.SLS_SECRET_ID?.trim() ?? '',
    ...e.SYNC_KEPT_SECRETS,
  ]);
  if (wrong !== undefined) throw new ConfigError(`environment: SYNC_INVENTORY_SECRETS: ${wrong}`);
  return {
    configLocation: e.SYNC_CONFIG,
    configBucketOwner: e.SYNC_CONFIG_BUCKET_OWNER,
    local: e.IS_OFFLINE,
    workQueueUrl: e.SYNC_WORK_QUEUE_URL,
    inventoryQueueUrl: e.SYNC_INVENTORY_QUEUE_URL,
    deadLetterQueueUrl: e.SYNC_DEAD_LETTER_QUEUE_URL,
    readingsBucket: e.SYNC_READINGS_BUCKET,
    topicArn: e.SYNC_TOPIC_ARN,
    table: e.SYNC_TABLE,
    approvers: e.SYNC_APPROVERS,
    periodMs: e.SYNC_PERIOD_S === undefined ? undefined : e.SYNC_PERIOD_S * 1000,
    secretBindings: e.SYNC_INVENTORY_SECRETS,
    inventoryEndpoints: new Set(e.SYNC_INVENTORY_ENDPOINTS.map(endpointText)),
    metricsService: metricsServiceOf(env),
  };
}

function listOf(value = ''): string[] {
  return value.split(',').flatMap((entry) => entry.trim() || []);
}

/** The `service` dimension of the metrics, whatever else is wrong with the environment. */
export function metricsServiceOf(env: Variables): string {
  return env.POWERTOOLS_SERVICE_NAME?.trim() || 'sls-machine-groups';
}

function parseEnvironment<T>(schema: z.ZodMiniType<T>, env: Variables): T {
  const result = z.safeParse(schema, env);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`environment: ${lines.join('; ')}`);
}
