// Sync configurations that between them have every field there is, and what each field takes beside its good value.
// Those of sources and formats stand in their rooms.
import { FORMAT_SAMPLES, SOURCE_SAMPLES } from './rooms.ts';
import { flag, label, line, onlyTexts, optional, type Sample, type Takes } from './taken.ts';

const base = { owner: 'test-owner', policy: 'sync' };
const group = { project: 'ali-test-project', name: 'web' };
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
        adopt: false,
        allowEmpty: false,
        policy: 'sync',
        safety,
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
  ...ofSources.map(configOf),
  ...ofFormats.map(configOf),
];

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
  'safety.maxRemovalShare': optional,
  'safety.maxSmallRemovals': optional,
  concurrency: optional,
  fanOutAbove: ['missing', 'zero'],
  'hooks.*.secretId': line(512),
  'hooks.*.url': ['a query behind'],
  'group.project': label,
  'group.name': [...label, 'the name of a prototype', 'a negative number', 'not a number'],
  'group.endpoint': ['missing', ...label, 'a slash behind', 'a fraction'],
  'group.owner': ['missing', ...label, 'a fraction'],
  'group.topic': ['missing', 'empty', ...line(512)],
  'group.contact': ['missing', ...line(256)],
  'group.adopt': flag,
  'group.allowEmpty': flag,
  'group.policy': optional,
  'group.safety': ['missing', 'an empty object'],
  'group.safety.removeAfter': optional,
  'group.safety.silentAfter': optional,
  'group.safety.heartbeats': optional,
  'group.safety.maxRemovalShare': optional,
  'group.safety.maxSmallRemovals': optional,
  'group.allow': optional,
  'group.deny': ['missing', 'an empty list'],
  'group.deny[]': optional,
  ...takenBy(SOURCE_SAMPLES, (kind) => kind),
  ...takenBy(FORMAT_SAMPLES, () => 'http'),
};

function takenBy(rooms: typeof SOURCE_SAMPLES, kindOf: (name: string) => string): Takes {
  const all = [...rooms].flatMap(([name, { TAKES }]) =>
    Object.entries(TAKES).map(([field, classes]) => [`${kindOf(name)}.${field}`, classes] as const),
  );
  return Object.fromEntries(all);
}
