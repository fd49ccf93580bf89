// Sync configurations that between them have every field there is, and what each field takes beside its good value.
// Those of sources and formats stand in their rooms.
import { FORMAT_SAMPLES, SOURCE_SAMPLES } from './rooms.ts';
import { flag, label, line, onlyTexts, optional, type Sample, type Takes } from './taken.ts';

const base = { owner: 'test-owner', policy: 'sync' };
const group = { project: 'ali-test-project', name: 'web' };
const family = {
  project: 'ali-test-project',
  name: '{team}-{role}',
  by: { team: 'tag:team', role: 'tag:role' },
};
const safety = {
  removeAfter: 3_600,
  silentAfter: 900,
  heartbeats: 'use',
  maxRemovalShare: 0.25,
  maxSmallRemovals: 2,
};
const hooks = { cmdb: { scheme: 'generic', secretId: 'hooks/cmdb' } };

const ofSources = [...SOURCE_SAMPLES.values()].flatMap(({ SAMPLES }) => SAMPLES);
const [served] = SOURCE_SAMPLES.get('http')?.SAMPLES ?? [];
const ofFormats = [...FORMAT_SAMPLES].flatMap(([format, { SAMPLES }]) =>
  SAMPLES.map(({ identify, settings }) => ({
    identify,
    settings: { ...served?.settings, format, ...settings },
  })),
);

function configOf({ identify, settings }: Sample): object {
  return {
    ...base,
    ...('hook' in settings && { hooks }),
    groups: [{ ...group, identify, sources: [settings] }],
  };
}

function familyOf({ identify, settings }: Sample): object[] {
  if (settings.type !== 'ec2' && settings.type !== 'alibaba-ecs') return [];
  const hooked = 'hook' in settings && { hooks };
  return [{ ...base, ...hooked, groups: [], families: [{ ...family, identify, sources: [settings] }] }];
}

export const CONFIG_SAMPLES: readonly object[] = [
  {
    $schema: './sync-config.schema.json',
    ...base,
    formerOwners: ['before'],
    safety,
    concurrency: 8,
    fanOutAbove: 50,
    groups: [
      {
        ...group,
        identify: 'ip',
        endpoint: 'cn-hangzhou.log.aliyuncs.com',
        owner: 'somebody',
        topic: 'a topic',
        contact: '#ops',
        configs: ['access-log'],
        configsMode: 'keep',
        adopt: false,
        allowEmpty: false,
        policy: 'sync',
        safety: { ...safety },
        allow: ['10.0.0.0/8'],
        deny: ['2001:db8::/32'],
        sources: [{ type: 'static', members: ['10.0.0.1'] }],
      },
    ],
  },
  {
    ...base,
    hooks: {
      ecs: {
        scheme: 'alibaba-eventbridge',
        secretId: 'hooks/ecs',
        url: 'https://hooks.example/hooks/ecs',
        region: 'cn-hangzhou',
        account: '1234567890123456',
      },
    },
    groups: [{ ...group, identify: 'ip', sources: [{ ...served?.settings, hook: 'ecs' }] }],
  },
  {
    ...base,
    groups: [],
    families: [
      {
        ...family,
        identify: 'ip',
        endpoint: 'cn-hangzhou.log.aliyuncs.com',
        owner: 'somebody',
        topic: 'a topic',
        contact: '#ops',
        allowEmpty: false,
        policy: 'sync',
        safety: { ...safety },
        allow: ['10.0.0.0/8'],
        deny: ['2001:db8::/32'],
        maxGroups: 150,
        configs: ['access-log'],
        sources: [{ type: 'ec2', regions: ['eu-central-1'], all: true }],
      },
    ],
  },
  ...ofSources.map(configOf),
  ...ofSources.flatMap(familyOf),
  ...ofFormats.map(configOf),
];

/** What groups and families have in common. */
const IN_COMMON: Takes = {
  project: label,
  endpoint: ['missing', ...label, 'a slash behind', 'a fraction'],
  owner: ['missing', ...label, 'a fraction'],
  topic: ['missing', 'empty', ...line(512)],
  contact: ['missing', ...line(256)],
  allowEmpty: flag,
  policy: optional,
  safety: ['missing', 'an empty object'],
  'safety.removeAfter': optional,
  'safety.silentAfter': optional,
  'safety.heartbeats': optional,
  'safety.maxRemovalShare': ['missing', 'zero'],
  'safety.maxSmallRemovals': ['missing', 'zero'],
  allow: optional,
  deny: ['missing', 'an empty list'],
  'deny[]': optional,
};

const takenIn = (list: 'group' | 'family'): Takes =>
  Object.fromEntries(Object.entries(IN_COMMON).map(([field, classes]) => [`${list}.${field}`, classes]));

const ofConfigs = [
  ...label,
  'a fraction',
  'a negative number',
  'not a number',
  'the name of a prototype',
] as const;

/** By the names that `placeIn` gives; what is not here takes nothing but its good value. */
export const CONFIG_TAKES: Takes = {
  // Only editors read it.
  $schema: [...onlyTexts, 'missing'],
  owner: [...label, 'a fraction'],
  formerOwners: ['missing', 'an empty list'],
  'formerOwners[]': [...label, 'missing', 'a fraction'],
  safety: ['missing', 'an empty object'],
  'safety.removeAfter': optional,
  'safety.silentAfter': optional,
  'safety.heartbeats': optional,
  'safety.maxRemovalShare': ['missing', 'zero'],
  'safety.maxSmallRemovals': ['missing', 'zero'],
  concurrency: optional,
  fanOutAbove: ['missing', 'zero'],
  'hooks.*.secretId': line(512),
  'hooks.*.url': ['a query behind'],
  'group.name': [...label, 'the name of a prototype', 'a negative number', 'not a number'],
  'group.adopt': flag,
  ...takenIn('group'),
  ...takenIn('family'),
  // Its good value is one.
  'groups beside families': ['an empty list'],
  // The key of a tag may be any text on one line.
  'family.by.*': [
    'a Cyrillic letter',
    'a blank behind',
    'a combining sign',
    'a line separator',
    'a query behind',
    'a slash behind',
    'an Arabic digit',
    'an invisible character',
    'twice, as a gateway joins them',
  ],
  'family.maxGroups': optional,
  'family.configs': ['missing', 'an empty list'],
  'group.configs[]': ofConfigs,
  'group.configsMode': optional,
  'family.configs[]': [...ofConfigs, 'missing'],
  ...takenBy(SOURCE_SAMPLES, (kind) => kind),
  ...takenBy(FORMAT_SAMPLES, () => 'http'),
};

function takenBy(rooms: typeof SOURCE_SAMPLES, kindOf: (name: string) => string): Takes {
  const all = [...rooms].flatMap(([name, { TAKES }]) =>
    Object.entries(TAKES).map(([field, classes]) => [`${kindOf(name)}.${field}`, classes] as const),
  );
  return Object.fromEntries(all);
}
