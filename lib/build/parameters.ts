// The parameters of a deployment: what each may be, and which go together. What a deployment would take in silence and
// be wrong by is refused here, with a sentence. Pure; osls-plugin.ts asks before anything is made of them.

import { parseEndpoint } from '../core/address/endpoint.ts';
import { SECRET_ARN } from '../core/config/secret-id.ts';
import { PROJECT_NAME } from '../core/group/machine-group.ts';
import { ACCOUNT_ID, type NameRule } from '../core/text/rule.ts';
import { BATCH_WINDOW_SECONDS_MAX, HEARTBEAT_STALE_SECONDS } from '../core/time/timeouts.ts';
import { parseConnectTo, regionOf, requiresV4 } from '../sls/endpoint.ts';

export type Value = string | number | boolean;
export type Values = Readonly<Record<string, Value>>;

/** @throws Error with what the value must be; returns it as the template takes it: numbers as numbers, lists as text */
type Rule = (value: unknown) => Value;

/** Of the `nobodyIsTold` that goes with `topic: none`. */
const NOBODY = 'nobodyIsTold';

function wrong(says: string): never {
  throw new Error(`must be ${says}`);
}

function textOf(value: unknown, says: string): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : wrong(says);
}

const matching =
  ({ pattern, says }: NameRule): Rule =>
  (value) => {
    const text = textOf(value, says);
    return pattern.test(text) ? text : wrong(says);
  };

/** By the parser that the functions have, which throws what it wants. */
const parsedBy =
  (parse: (text: string) => unknown, says: string): Rule =>
  (value) => {
    const text = textOf(value, says);
    try {
      parse(text);
    } catch {
      wrong(says);
    }
    return text;
  };

const optional =
  (rule: Rule): Rule =>
  (value) =>
    value === '' ? value : rule(value);

/** Takes a list of YAML, or texts between commas, as CloudFormation has them. */
const listOf =
  (rule: Rule): Rule =>
  (value) => {
    if (value === '') return value;
    const entries = Array.isArray(value) ? value : String(value).split(',');
    return entries.map(rule).join(',');
  };

const oneOf =
  (...choices: readonly Value[]): Rule =>
  (value) =>
    choices.find((choice) => String(choice) === String(value)) ??
    wrong(`one of ${choices.map((choice) => choice || "''").join(', ')}`);

const DECIMAL = /^\d{1,9}(?:\.\d{1,3})?$/;

function numberIn(value: unknown, least: number, most: number): number {
  const number = DECIMAL.test(String(value)) ? Number(value) : Number.NaN;
  return number >= least && number <= most ? number : Number.NaN;
}

const whole =
  (least: number, most: number, why = ''): Rule =>
  (value) => {
    const number = numberIn(value, least, most);
    return Number.isInteger(number) ? number : wrong(`a whole number from ${least} to ${most}${why}`);
  };

/** ARN of a service. Neither wildcards nor variables fit: what is granted is what is read here. */
const arn = (resource: string, says: string): Rule =>
  matching({ pattern: new RegExp(`^arn:aws[a-z-]{0,20}:${resource}$`), says });

const ENDPOINT = parsedBy(
  parseEndpoint,
  'the host of the region, without the project, such as eu-central-1.log.aliyuncs.com, or an http(s) URL without path',
);
const SECRET_NAME = matching({
  pattern: /^[\w/+=.@-]{1,512}$/,
  says: 'the name of a secret, not its ARN',
});
const KMS_KEY = arn(
  'kms:[a-z0-9-]{1,32}:\\d{12}:key/[A-Za-z0-9-]{1,64}',
  'the ARN of a KMS key (…:key/…); IAM grants nothing on an alias',
);
const ON_OFF = oneOf('on', 'off');

/** Days that CloudWatch Logs can keep (PutRetentionPolicy page). */
const DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731];
const MORE_DAYS = [1096, 1827, 2192, 2557, 2922, 3288, 3653];

export const RULES: Readonly<Record<string, Rule>> = {
  secretName: SECRET_NAME,
  secretKmsKey: optional(KMS_KEY),
  readSecretName: SECRET_NAME,
  readSecretKmsKey: optional(KMS_KEY),
  slsEndpoint: ENDPOINT,
  slsEndpoints: listOf(ENDPOINT),
  slsProjects: listOf(matching(PROJECT_NAME)),
  slsProject: optional(matching(PROJECT_NAME)),
  slsRegion: optional(matching({ pattern: /^[a-z0-9-]{1,64}$/, says: 'a region id such as cn-hangzhou' })),
  slsSignature: oneOf('', 'v1', 'v4'),
  slsConnectTo: optional(parsedBy(parseConnectTo, 'host:port')),
  errorNames: oneOf('documented', 'sdk'),
  heartbeatStaleSeconds: whole(HEARTBEAT_STALE_SECONDS[1], HEARTBEAT_STALE_SECONDS[2]),
  logRetentionInDays: oneOf(...DAYS, ...MORE_DAYS),
  tracing: oneOf('PassThrough', 'Active'),
  syncConfigIn: oneOf('ssm', 's3', 'file'),
  syncConfig: matching({
    pattern: /^[^\s*?$,]{1,1024}$/,
    says: 'the place of one document, without wildcards',
  }),
  syncConfigBucketOwner: optional(
    matching({ ...ACCOUNT_ID, says: `${ACCOUNT_ID.says}, in quotes where it begins with 0` }),
  ),
  syncEvery: oneOf(1, 5, 10, 15, 30, 60),
  schedule: ON_OFF,
  coverageEvery: oneOf('off', 5, 10, 15, 30, 60),
  eventWindow: whole(
    1,
    BATCH_WINDOW_SECONDS_MAX,
    ': a batch of more than 10 events needs a window in which they gather',
  ),
  approvers: whole(1, 2),
  inventoryEndpoints: listOf(ENDPOINT),
  ownInstances: ON_OFF,
  inventoryRoles: listOf(arn('iam::\\d{12}:role/[\\w+=,.@/-]{1,576}', 'ARNs of IAM roles')),
  inventoryObjects: listOf(
    arn('s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^\\s?$,]{1,1024}', 'ARNs of S3 objects, bucket and key'),
  ),
  inventoryBuckets: listOf(
    matching({ pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, says: 'names of S3 buckets, not ARNs' }),
  ),
  // Read by secret-arns.ts, which says more.
  inventorySecrets: listOf(matching({ pattern: /=/, says: 'pairs <ARN>=<origin>' })),
  inventoryKeys: listOf(KMS_KEY),
  hookSecrets: listOf(
    matching({ pattern: SECRET_ARN, says: 'ARNs of secrets, each with its last six characters' }),
  ),
  hookRate(value) {
    const number = numberIn(value, 0.001, 10_000);
    return Number.isNaN(number) ? wrong('a number above 0, up to 10000') : number;
  },
  hookBurst: whole(1, 5_000),
  hookConcurrency: (value) => (value === 'none' ? value : whole(1, 900, ', or none')(value)),
  topic: oneOf('none', 'new', 'given'),
  topicArn: optional(
    arn('sns:[a-z0-9-]{1,32}:\\d{12}:[\\w-]{1,256}', 'the ARN of an SNS topic that is not FIFO'),
  ),
  topicKmsKey: optional(KMS_KEY),
  [NOBODY]: oneOf(true, false),
  vpcSubnets: listOf(matching({ pattern: /^subnet-[0-9a-f]{8,17}$/, says: 'ids of subnets (subnet-…)' })),
  vpcSecurityGroups: listOf(
    matching({ pattern: /^sg-[0-9a-f]{8,17}$/, says: 'ids of security groups (sg-…)' }),
  ),
  historyDays: whole(1, 3_653),
  localGateway: (value) => textOf(value, 'a path'),
};

/** What one stage may say, and does. */
export interface Said {
  /** As YAML or the command line has it. */
  readonly given: unknown;
  /** Of serverless.yml. Variables may not be resolved yet: nothing is read from those. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Whether this is the local run, which may do without AWS. */
  readonly local: boolean;
}

/**
 * What was given, as the template takes it.
 * @throws Error with a line for each thing that is wrong
 */
export function readParameters({ given, defaults, local }: Said): Values {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Error('parameters are lines of "name: value", and there are none');
  }
  const faults: string[] = [];
  const faulty: string[] = [];
  const values: Record<string, Value> = {};
  for (const [name, value] of Object.entries(given)) {
    try {
      if (!Object.hasOwn(defaults, name) && name !== 'slsEndpoint') throw new Error('is not known');
      if (value === null || value === undefined)
        throw new Error('has no value: give one, or leave the line out');
      values[name] = (RULES[name] ?? scalar)(value);
    } catch (error) {
      faults.push(`parameter ${name} ${(error as Error).message}`);
      faulty.push(name);
    }
  }
  const others = contradictions({ ...defaults, ...values }, Object.keys(given), local);
  // Of a parameter that is wrong by itself nobody knows what it should be.
  faults.push(...others.filter((says) => !faulty.some((name) => says.split(/\W/).includes(name))));
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return values;
}

/** For a parameter without a rule of its own. */
const scalar: Rule = (value) =>
  typeof value === 'boolean' || typeof value === 'number'
    ? value
    : textOf(value, 'a text, a number, true or false');

/** What is wrong with parameters that are right each by itself. */
function contradictions(
  all: Readonly<Record<string, unknown>>,
  given: readonly string[],
  local: boolean,
): string[] {
  const isSet = (name: string) => String(all[name] ?? '') !== '';
  const rules: readonly (readonly [boolean, string])[] = [
    [
      !given.includes('slsEndpoint'),
      'parameter slsEndpoint is missing: the host of Log Service in the region of the projects, such as eu-central-1.log.aliyuncs.com',
    ],
    [
      all.slsSignature === 'v4' && !isSet('slsRegion') && !namesRegion(all.slsEndpoint),
      'parameter slsRegion is missing: signature v4 needs it, and slsEndpoint names no region',
    ],
    [
      all.slsSignature === 'v1' && requiresV4(regionIn(all.slsEndpoint)),
      'parameter slsSignature must be v4: the region of slsEndpoint takes nothing else',
    ],
    [
      all.syncConfigIn === 's3' && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/./.test(String(all.syncConfig)),
      'parameter syncConfig must be bucket/key where syncConfigIn is s3',
    ],
    [
      all.syncConfigIn === 'ssm' &&
        given.includes('syncConfig') &&
        !/^(?:\/[\w.-]+)+$/.test(String(all.syncConfig)),
      'parameter syncConfig must be the name of a parameter with its leading slash where syncConfigIn is ssm',
    ],
    [
      all.syncConfigIn !== 's3' && isSet('syncConfigBucketOwner'),
      'parameter syncConfigBucketOwner is for syncConfigIn: s3, and would be ignored',
    ],
    [
      all.topic === 'none' && String(all[NOBODY]) !== 'true',
      `parameter topic is none: nobody would hear of refusals, failures and alarms. Say new or given, or say ${NOBODY}: true beside it`,
    ],
    [
      all.topic !== 'none' && String(all[NOBODY]) === 'true',
      `parameter ${NOBODY} is true, and topic names somebody who is told: leave one of them out`,
    ],
    [all.topic === 'given' && !isSet('topicArn'), 'parameter topicArn is missing: topic is given'],
    [
      all.topic !== 'given' && isSet('topicArn'),
      'parameter topicArn is for topic: given, and would be ignored',
    ],
    [all.topic === 'none' && isSet('topicKmsKey'), 'parameter topicKmsKey is for a topic, and topic is none'],
    [
      isSet('vpcSubnets') !== isSet('vpcSecurityGroups'),
      'parameters vpcSubnets and vpcSecurityGroups go together: give both, or neither',
    ],
    [!local && all.syncConfigIn === 'file', 'parameter syncConfigIn: file is for the local run alone'],
    [!local && isSet('localGateway'), 'parameter localGateway is for the local run alone'],
  ];
  return rules.flatMap(([isBroken, says]) => (isBroken ? [says] : []));
}

/** Undefined where the endpoint names none, or is none. */
function regionIn(endpoint: unknown): string | undefined {
  try {
    return regionOf(parseEndpoint(String(endpoint)));
  } catch {
    return undefined;
  }
}

const namesRegion = (endpoint: unknown) => regionIn(endpoint) !== undefined;
