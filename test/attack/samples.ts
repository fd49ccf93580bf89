// A good call for every function: what bad ones are made from, field by field. A function without one fails the tests.

import { ROUTES } from '../../lib/build/openapi.ts';
import { removalsFingerprint } from '../../lib/core/plan/fingerprint.ts';
import { GENERIC_KEY, genericCall } from '../functions/hook-calls.ts';
import { PROJECT } from '../support/names.ts';
import { type BadClass, BLANKS, LONG, NUMBERS, WORDS } from './classes.ts';

export const GROUP = 'web';
export const CONFIG = 'access-log';
export const HOOK = 'cmdb';
export const HOOK_SECRET = 'test/hooks/cmdb';
export const HOOK_SECRET_VALUE = JSON.stringify({ current: GENERIC_KEY });

/** A group with our mark that stands in no document. */
export const ORPHAN = `${PROJECT}/orphan`;
/** A group that lacks a member of its inventory, and an approval of it. */
export const SHRUNK = `${PROJECT}/shrunk`;
export const MISSING = '10.0.0.2';
export const APPROVAL = '6f1c8a52-3a9e-4a53-9b2f-0d8f3f8d7a11';

/** In the history. */
export const RUN = 'a-run';

/** Classes that a place takes, by its name; every other class is refused there. */
type Takes = Readonly<Record<string, readonly BadClass[]>>;

export interface HttpSample {
  readonly method: string;
  readonly route: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Name under which a direct invocation has the body, where the body is not all of it. */
  readonly bodyName?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Status of the answer to it as it stands. */
  readonly status: number;
  /** What is served, or answered like the sample itself. */
  readonly takes?: Takes;
  /** The same of a direct invocation, where that differs: its values have kinds. */
  readonly takesDirectly?: Takes;
}

const group = { groupName: GROUP };
const project = { projectName: PROJECT };
const attribute = { groupTopic: 'a topic', externalName: 'a name' };
const definition = {
  machineIdentifyType: 'ip',
  groupAttribute: attribute,
  machineList: ['10.0.0.1', '2001:db8::1'],
  groupType: '',
};
/** Plain data where no sync keeps the group. */
const owner = { owner: 'somebody' };
const through = { throughFreeze: true };
const anyThrough: Takes = { throughFreeze: ['missing', 'a truth value'] };
const times = { createTime: 1_447_178_253, lastModifyTime: 1_447_178_254 };

const anyText = [...WORDS, ...BLANKS, ...LONG, 'empty', 'missing'] as const;
const anyOwner = ['missing', ...WORDS, ...BLANKS] as const;
const inDefinition: Takes = {
  owner: anyOwner,
  groupAttribute: ['missing', 'an empty object'],
  'groupAttribute.groupTopic': anyText,
  'groupAttribute.externalName': anyText,
  groupType: anyText,
  machineList: ['an empty list'],
  'machineList[]': ['missing', 'a blank behind'],
  createTime: ['missing', ...NUMBERS],
  lastModifyTime: ['missing', ...NUMBERS],
};
const inHistory: Takes = {
  group: ['missing'],
  machine: [...WORDS, ...BLANKS, 'missing', 'a number of 400 digits'],
  since: ['missing'],
  limit: ['missing'],
  // Nothing but a place in the order of names comes of it.
  next: [
    ...['missing', 'another word', 'a name every object knows', 'not a number', 'the word null'],
    ...['a negative number', 'a fraction', 'an exponent', 'a hexadecimal number', 'a number of 400 digits'],
  ] as BadClass[],
};
/** A merge patch names what is to change; `null` is a value in it. */
const inPatch: Takes = {
  ...inDefinition,
  machineIdentifyType: ['missing'],
  groupAttribute: ['missing', 'an empty object', 'null'],
  'groupAttribute.groupTopic': [...anyText, 'null'],
  'groupAttribute.externalName': [...anyText, 'null'],
  groupType: [...anyText, 'null'],
  machineList: ['missing', 'an empty list'],
};
/** Parts of names that some group may have. */
const partOfName: readonly BadClass[] = [
  'missing',
  'another word',
  'a name every object knows',
  'the name of a prototype',
  'a negative number',
  'an exponent',
  'a hexadecimal number',
  'not a number',
  'the word null',
];

/** What a sample has beside its route; the status is 200 if not given. */
type Parts = Omit<HttpSample, 'method' | 'route' | 'parameters' | 'status'> & { readonly status?: number };

/** Of a function that takes a project and the names in its path, and nothing else. */
const PLAIN: readonly Parts[] = [{ query: project }];

/** Of the others, by the names of files in functions/. */
const WEEK_MS = 7 * 24 * 3_600_000;
const inAWeek = () => new Date(Date.now() + WEEK_MS).toISOString();

const PARTS: Readonly<Record<string, readonly Parts[]>> = {
  'create-group': [
    {
      body: { ...project, ...owner, groupName: 'new-group', ...definition, ...times },
      takes: {
        ...inDefinition,
        groupName: ['a name every object knows', 'an exponent', 'a hexadecimal number', 'the word null'],
      },
    },
  ],
  'update-group': [
    {
      query: project,
      body: { ...project, ...owner, ...through, ...group, ...definition, ...times },
      // What stands in two places may be missing from one.
      takes: { ...inDefinition, ...anyThrough, projectName: ['missing'], groupName: ['missing'] },
      takesDirectly: { ...inDefinition, ...anyThrough },
    },
  ],
  'patch-group': [
    {
      query: project,
      body: { ...project, ...owner, ...through, ...group, ...definition, ...times },
      takes: { ...inPatch, ...anyThrough, projectName: ['missing'], groupName: ['missing'] },
      takesDirectly: { ...inPatch, ...anyThrough },
    },
  ],
  'delete-group': [
    {
      query: { ...project, ...owner, force: 'true', throughFreeze: 'true', reason: 'it is not used' },
      takes: {
        owner: anyOwner,
        throughFreeze: ['missing'],
        reason: [...WORDS, 'a number of 400 digits'],
      },
      takesDirectly: {
        owner: anyOwner,
        force: ['a truth value'],
        ...anyThrough,
        reason: [...WORDS, 'a number of 400 digits'],
      },
    },
  ],
  'list-groups': [
    {
      query: { ...project, groupName: 'we', offset: '0', size: '10' },
      takes: { groupName: partOfName, offset: ['missing'], size: ['missing'] },
      takesDirectly: { groupName: partOfName, offset: ['missing', 'zero'], size: ['missing'] },
    },
    {
      query: { ...project, all: 'true' },
      takes: { all: ['missing'] },
      takesDirectly: { all: ['missing', 'a truth value'] },
    },
  ],
  'update-machines': [
    {
      query: { ...project, ...owner, action: 'add', throughFreeze: 'true' },
      body: ['10.0.0.1', '10.0.0.9'],
      bodyName: 'machines',
      takes: { owner: anyOwner, throughFreeze: ['missing'], 'machines[]': ['missing', 'a blank behind'] },
      takesDirectly: {
        owner: anyOwner,
        ...anyThrough,
        machines: ['an empty list'],
        'machines[]': ['missing', 'a blank behind'],
      },
    },
  ],
  'list-machines': [
    {
      query: { ...project, offset: '0', size: '500', staleSeconds: '300' },
      takes: { offset: ['missing'], size: ['missing'], staleSeconds: ['missing'] },
      takesDirectly: { offset: ['missing', 'zero'], size: ['missing'], staleSeconds: ['missing'] },
    },
    {
      query: { ...project, all: 'true' },
      takes: { all: ['missing'] },
      takesDirectly: { all: ['missing', 'a truth value'] },
    },
  ],
  openapi: [{}],
  sync: [
    {
      body: { mode: 'apply', groups: [`${PROJECT}/synced`] },
      takes: { groups: ['missing'] },
    },
  ],
  plan: [{ body: { groups: [`${PROJECT}/synced`] }, takes: { groups: ['missing'] } }],
  'approve-removals': [
    {
      body: { group: SHRUNK, removals: [MISSING], reason: 'it is gone', hours: 2, ...through },
      takes: {
        ...anyThrough,
        hours: ['missing'],
        reason: [...WORDS, 'a number of 400 digits'],
        'removals[]': ['a blank behind'],
      },
    },
    {
      body: {
        group: SHRUNK,
        fingerprint: removalsFingerprint(SHRUNK, [MISSING]),
        reason: 'it is gone',
        emptyInventory: false,
      },
      takes: { reason: [...WORDS, 'a number of 400 digits'], emptyInventory: ['missing', 'a truth value'] },
    },
  ],
  'list-approvals': [{ query: { group: SHRUNK }, takes: { group: ['missing'] } }],
  'revoke-approval': [{ query: { group: SHRUNK } }],
  ack: [
    {
      body: { group: `${PROJECT}/synced`, hours: 24, reason: 'a migration' },
      takes: { reason: [...WORDS, 'a number of 400 digits'] },
    },
    {
      body: { group: `${PROJECT}/synced`, until: inAWeek(), reason: 'a migration' },
      takes: { reason: [...WORDS, 'a number of 400 digits'] },
    },
  ],
  'get-coverage': [{ query: { group: `${PROJECT}/synced` }, takes: { group: ['missing'] } }],
  unack: [{ query: { group: `${PROJECT}/synced` } }],
  freeze: [
    {
      body: { groups: [`${PROJECT}/synced`], until: inAWeek(), reason: 'a migration' },
      takes: { reason: [...WORDS, 'a number of 400 digits'], groups: ['missing'] },
    },
  ],
  unfreeze: [{ query: { groups: `${PROJECT}/synced` } }],
  status: [{ query: { format: 'json' }, takes: { format: ['missing'] } }],
  history: [
    {
      query: {
        group: `${PROJECT}/synced`,
        machine: '10.0.0.1',
        since: '2026-02-03T04:05:06Z',
        limit: '20',
        next: '8229944695999-20260203T040506Z-a-run...json.gz',
      },
      takes: inHistory,
    },
  ],
  restore: [
    {
      body: {
        group: `${PROJECT}/${GROUP}`,
        run: RUN,
        fingerprint: '0'.repeat(32),
        reason: 'it is gone',
        hours: 24,
        ...owner,
      },
      takes: {
        fingerprint: ['missing'],
        hours: ['missing'],
        owner: anyOwner,
        reason: [...WORDS, 'a number of 400 digits'],
      },
    },
  ],
  retire: [
    {
      body: { group: ORPHAN, reason: 'the team is gone', stillReporting: true },
      takes: {
        reason: [...WORDS, 'a number of 400 digits'],
        stillReporting: ['missing', 'a truth value'],
      },
    },
  ],
  explain: [
    {
      query: { group: `${PROJECT}/synced`, machine: '10.0.0.1' },
      takes: { machine: [...WORDS, ...BLANKS] },
    },
  ],
};

const NAMES: Readonly<Record<string, string>> = { ...group, configName: CONFIG, id: APPROVAL };

/** By the names of files in functions/, in the order of the API. A hook's request is `hookSample`. */
export const HTTP_SAMPLES: Readonly<Record<string, readonly HttpSample[]>> = Object.fromEntries(
  ROUTES.filter(({ function: name }) => name !== 'hooks').map(({ function: name, method, path: route }) => {
    const named = Array.from(route.matchAll(/\{(\w+)\}/g), ([, field = '']) => [field, NAMES[field] ?? '']);
    const parameters = named.length > 0 ? { parameters: Object.fromEntries(named) } : {};
    return [
      name,
      (PARTS[name] ?? PLAIN).map((parts) => ({ method, route, ...parameters, status: 200, ...parts })),
    ];
  }),
);

/** A request to a hook is signed as a whole: one that is changed anywhere is a forged one. */
export const hookSample = () => genericCall(undefined, { source: HOOK });

/** An event of a function that Lambda calls with something else than HTTP requests. */
export interface EventSample {
  readonly kind: string;
  readonly event: object;
  /** Fields that take any text; other kinds of values are refused. */
  readonly texts?: readonly string[];
  /** The same, and they may be missing. */
  readonly hints?: readonly string[];
  /** Fields that nobody reads. */
  readonly unread?: readonly string[];
  readonly takes?: Takes;
  /** Whether fields that are not known may stand in it. */
  readonly isOpen?: boolean;
  /** Of a function that no queue calls, and that tells nobody. */
  readonly isAlone?: true;
}

const envelope = { account: '123456789012', region: 'eu-central-1', id: 'an-event' };
const ofEnvelope = {
  texts: ['source', 'detail-type'],
  hints: ['account', 'region', 'id'],
  takes: {
    detail: [
      'an empty object',
      'an object in its place',
      'objects 10 000 deep',
      'an object with a prototype',
    ],
  },
  isOpen: true,
} as const satisfies Partial<EventSample>;

export const EVENT_SAMPLES: Readonly<Record<string, readonly EventSample[]>> = {
  'sync-from-inventory': [
    {
      kind: 'schedule',
      event: {
        ...envelope,
        version: '0',
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        time: '2026-02-03T04:05:06Z',
        resources: [],
        detail: {},
      },
      ...ofEnvelope,
      unread: ['version', 'time', 'resources'],
    },
    {
      kind: 'a state change',
      event: {
        ...envelope,
        'detail-type': 'EC2 Instance State-change Notification',
        source: 'aws.ec2',
        detail: { 'instance-id': 'i-0123456789abcdef0', state: 'running' },
      },
      ...ofEnvelope,
      unread: ['detail.instance-id', 'detail.state'],
    },
    {
      kind: 'a change of tags',
      event: {
        ...envelope,
        'detail-type': 'Tag Change on Resource',
        source: 'aws.tag',
        detail: { 'changed-tag-keys': ['role'], service: 'ec2', 'resource-type': 'instance' },
      },
      ...ofEnvelope,
      hints: [...ofEnvelope.hints, 'detail.service', 'detail.resource-type', 'detail.changed-tag-keys[]'],
      takes: { ...ofEnvelope.takes, 'detail.changed-tag-keys': ['missing', 'an empty list'] },
    },
    {
      kind: 'a request',
      event: { mode: 'apply', groups: [`${PROJECT}/synced`] },
      takes: { groups: ['missing'] },
    },
  ],
  coverage: [
    {
      kind: 'schedule',
      event: {
        ...envelope,
        version: '0',
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        time: '2026-02-03T04:05:06Z',
        resources: [],
        detail: {},
      },
      ...ofEnvelope,
      unread: ['version', 'time', 'resources'],
      isAlone: true,
    },
  ],
  'sync-group': [
    {
      kind: 'work',
      event: {
        type: 'sls-machine-groups/reconcile',
        version: 1,
        group: `${PROJECT}/synced`,
        run: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
      },
      takes: { run: [...WORDS, ...BLANKS] },
    },
    {
      kind: 'work on a batch',
      event: {
        type: 'sls-machine-groups/reconcile',
        version: 2,
        groups: [`${PROJECT}/synced`],
        run: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
        asked: 'schedule',
        reading: { key: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa/0', digest: 'ab'.repeat(32) },
      },
      takes: { run: [...WORDS, ...BLANKS], asked: ['missing'], reading: ['missing'] },
    },
  ],
};
