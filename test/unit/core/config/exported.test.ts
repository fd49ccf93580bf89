// Groups as a configuration: what it says of them is what they are.
import { expect, test } from 'vitest';
import { parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { exported } from '../../../../lib/core/config/exported.ts';
import { presentGroup } from '../../../../lib/core/group/current.ts';
import type { MachineGroup } from '../../../../lib/core/group/machine-group.ts';
import { planGroup } from '../../../../lib/core/plan/plan.ts';
import { canonical } from '../../../../lib/inventory/members.ts';
import { MARK, OWNER, PROJECT } from '../../../support/names.ts';

const group = (changes: Partial<MachineGroup> & { topic?: string; mark?: string }): MachineGroup => {
  const { topic = '', mark = '', ...rest } = changes;
  return {
    groupName: 'web',
    groupType: '',
    machineIdentifyType: 'ip',
    groupAttribute: { groupTopic: topic, externalName: mark },
    machineList: ['10.0.0.1'],
    createTime: 1,
    lastModifyTime: 1,
    ...rest,
  };
};

const KEPT = [
  group({ mark: MARK, topic: 'nginx', machineList: ['10.0.0.2', '10.0.0.1', '::ffff:10.0.0.1'] }),
  group({ groupName: 'ids', mark: MARK, machineIdentifyType: 'userdefined', machineList: ['b ', 'a'] }),
  group({ groupName: 'empty', mark: MARK, machineList: [] }),
  group({ groupName: 'Old', mark: 'sls-machine-groups/another' }),
  group({ groupName: 'foreign', mark: 'cmdb-7' }),
  group({ groupName: 'unmarked' }),
];

test('plans nothing for any of them', () => {
  const { document, leftOut } = exported(PROJECT, KEPT, OWNER, canonical);
  expect(leftOut).toEqual([]);
  const config = parseSyncConfig(document);
  expect(config.groups.map(({ name, policy, owner }) => [name, policy, owner])).toEqual([
    ['web', 'observe', OWNER],
    ['ids', 'observe', OWNER],
    ['empty', 'observe', OWNER],
    ['Old', 'observe', 'another'],
    ['foreign', 'observe', OWNER],
    ['unmarked', 'observe', OWNER],
  ]);
  const plans = config.groups.map((settings, index) => {
    const current = presentGroup(KEPT[index] as MachineGroup, canonical);
    const [source] = settings.sources;
    const members = source?.type === 'static' ? source.members : [];
    const wanted = {
      members: new Map(members.map((member) => [canonical(settings.identify, member) ?? member, []])),
      dropped: [],
      completeness: { complete: true, proof: 'written down' },
      takenAt: 0,
    };
    return planGroup(current, wanted as never, settings).actions;
  });
  expect(plans).toEqual([[], [], [], [], [], []]);
});

test('tells what no configuration can say, and goes on without it', () => {
  const odd = [
    group({ machineList: ['10.0.0.1', 'not an address', '127.0.0.1'] }),
    group({ groupName: 'other-kind', machineIdentifyType: 'serial' }),
    group({ groupName: 'odd', topic: 'a\nb' }),
  ];
  const { document, leftOut } = exported(PROJECT, odd, OWNER, canonical);
  expect(leftOut).toEqual([
    `${PROJECT}/web: has the member "127.0.0.1", which no configuration can name`,
    `${PROJECT}/web: has the member "not an address", which no configuration can name`,
    `${PROJECT}/other-kind: identifies machines by "serial", which no configuration can`,
    expect.stringMatching(/^[^:]*\/odd: .*topic: holds control characters$/),
  ]);
  expect(parseSyncConfig(document).groups).toMatchObject([
    { name: 'web', sources: [{ type: 'static', members: ['10.0.0.1'] }] },
  ]);
});

test('is none without groups', () => {
  expect(exported(PROJECT, [], OWNER, canonical)).toEqual({ document: undefined, leftOut: [] });
});
