import { describe, expect, test } from 'vitest';
import { presentGroup } from '../../../../lib/core/group/current.ts';
import { neverConnected, withStatus } from '../../../../lib/core/group/heartbeat.ts';

const NOW = 1_700_000_000;
const machine = (ip: string, lastHeartbeatTime = NOW, id = '') => ({
  ip,
  'machine-uniqueid': '',
  'userdefined-id': id,
  lastHeartbeatTime,
});

test.each([
  [NOW, 'ok'],
  [NOW - 300, 'ok'],
  [NOW - 301, 'stale'],
  [1, 'stale'],
  [0, 'never'],
  [-1, 'never'],
  // The clock of the service may be ahead of ours.
  [NOW + 60, 'ok'],
])('a heartbeat at %i is %s', (at, status) => {
  expect(withStatus(machine('10.0.0.1', at), NOW, 300)).toEqual({ ...machine('10.0.0.1', at), status });
});

describe('members of a group', () => {
  const group = (machineIdentifyType: string, machineList: string[]) =>
    presentGroup(
      {
        groupName: 'web',
        groupType: '',
        groupAttribute: { groupTopic: '', externalName: '' },
        machineIdentifyType,
        machineList,
        createTime: 0,
        lastModifyTime: 0,
      },
      (_, raw) => raw.toLowerCase(),
    );
  const lower = (text: string) => text.toLowerCase();
  const names = (type: string, list: string[], machines: ReturnType<typeof machine>[]) =>
    neverConnected(group(type, list), machines, lower).map((row) => row.ip || row['userdefined-id']);

  test.each([
    ['ip', ['A', 'b'], [machine('a'), machine('c')], ['b']],
    ['ip', ['a', 'A'], [], ['a']],
    ['ip', [], [machine('a')], []],
    ['userdefined', ['x', 'y'], [machine('y', NOW, 'x'), machine('z', NOW, 'x')], ['y']],
    // Of a kind that nobody here knows nothing can be said.
    ['hostname', ['x'], [], []],
  ])('that never connected are found in a group of %s: %j', (type, list, machines, expected) =>
    expect(names(type, list, machines)).toEqual(expected),
  );

  test('that never connected are rows like the others', () => {
    expect(neverConnected(group('ip', ['a']), [], lower)).toEqual([{ ...machine('a', 0), status: 'never' }]);
    expect(neverConnected(group('userdefined', ['a']), [], lower)).toEqual([
      { ...machine('', 0, 'a'), status: 'never' },
    ]);
  });
});
