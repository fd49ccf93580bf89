// Whoever may set tags on machines of a family: thousands of values that are no names, names of others, or one name. Groups,
// calls, reports and logs stay bounded, and nothing that a value holds is a line, a header or markup.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SyncFunctions } from '../functions/sync-setup.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { ACCOUNT, type EcsStandIn, shownInstance, startEcs } from '../support/stand-in-ecs/index.ts';
import { DEFAULT_KEY } from '../support/standin/index.ts';

const MAX = 10;
const HOSTILE = [
  'a\nWARN forged',
  '</script><script>x',
  '`code` **bold** [x](http://evil.example)',
  '\u202egnp.exe',
  '../../etc/passwd',
  '{role}',
  '__proto__',
  'constructor',
  'x'.repeat(128),
  'Named',
];

let sync: SyncFunctions;
let ecs: EcsStandIn;
beforeAll(async () => {
  [sync, ecs] = await Promise.all([SyncFunctions.start(), startEcs()]);
  const { accessKeyId, accessKeySecret: secret } = DEFAULT_KEY;
  ecs.cloud.keys.set(accessKeyId, { secret, account: ACCOUNT });
});
afterAll(async () => {
  for (const one of [sync, ecs]) await one[Symbol.asyncDispose]();
});

test('hostile values make no more than maxGroups, touch nothing of others and say no more than a line each', async () => {
  const values = [
    ...HOSTILE,
    ...Array.from({ length: 2_000 }, (_, n) => `flood-${n}`),
    'named',
    'foreign',
    'kept',
  ];
  ecs.cloud.instances.set(
    `${ACCOUNT} cn-hangzhou`,
    values.map((team, n) => shownInstance(n + 1, { tags: { team } })),
  );
  const groups = sync.functions.standIn.groups(PROJECT);
  const put = (groupName: string, externalName: string) =>
    groups.set(groupName, {
      ...{ groupName, groupType: '', machineIdentifyType: 'ip', machineList: ['192.0.2.1'] },
      groupAttribute: { groupTopic: '', externalName },
      ...{ createTime: 1, lastModifyTime: 1 },
    });
  put('foreign-x', 'armory');
  put('kept-x', MARK);
  const endpoints = { ecs: ecs.origin };
  const sources = [{ type: 'alibaba-ecs', regions: ['cn-hangzhou'], all: true, endpoints }];
  await sync.configure({
    groups: [sync.group('named-x', { sources: [{ type: 'static', members: ['192.0.2.9'] }] })],
    families: [
      {
        project: PROJECT,
        name: '{team}-x',
        by: { team: 'tag:team' },
        identify: 'ip',
        maxGroups: MAX,
        sources,
      },
    ],
  });
  const handler = await sync.load('sync', { SYNC_INVENTORY_ENDPOINTS: ecs.origin });
  const { report, result } = await sync.sync(handler, { mode: 'apply' });

  const names = [...groups.keys()].sort();
  expect(names.filter((name) => name.startsWith('flood-'))).toHaveLength(MAX - 2);
  expect(names.filter((name) => !name.startsWith('flood-'))).toEqual([
    ...['constructor-x', 'foreign-x', 'kept-x', 'named-x'],
  ]);
  expect([sync.members('foreign-x'), sync.members('named-x')]).toEqual([['192.0.2.1'], ['192.0.2.9']]);
  expect(sync.members('kept-x')).toContain('192.0.2.1');
  const [family] = report.families ?? [];
  expect(family).toMatchObject({ status: 'refused', groups: MAX, leftOut: { count: values.length - MAX } });
  expect(family?.leftOut.says).toHaveLength(21);
  expect(Math.max(...(family?.leftOut.says ?? []).map((says) => says.length))).toBeLessThanOrEqual(300);
  expect(result.body.length).toBeLessThan(60_000);
  for (const says of family?.leftOut.says ?? []) expect(says).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  // A group of the family is read once to tell whose it is, once to decide; a new one is read before its write and after it.
  expect(sync.functions.standIn.requests.length).toBeLessThan(6 * (MAX + 3));
  expect(ecs.asked.filter(({ query }) => query.DryRun === undefined)).toHaveLength(
    Math.ceil(values.length / 100),
  );

  const markdown = await sync.sync(handler, { mode: 'plan' }, { accept: 'text/markdown' });
  expect(markdown.result.body).not.toMatch(/^WARN forged|\u202e/m);
  expect(markdown.result.body.split('\n').filter((line) => /^- Left out: [^`]/.test(line))).toEqual([
    `- Left out: ${values.length - MAX} combinations in all`,
  ]);
});
