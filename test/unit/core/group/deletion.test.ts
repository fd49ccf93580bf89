import { expect, test } from 'vitest';
import { obstaclesToDelete } from '../../../../lib/core/group/deletion.ts';

const codes = (...given: Parameters<typeof obstaclesToDelete>) =>
  obstaclesToDelete(...given).map(({ code }) => code);

test.each([
  ['', [], undefined, []],
  ['', [], 'anybody', []],
  ['', ['a'], undefined, ['MachineGroupInUse']],
  ['armory', [], undefined, ['MachineGroupOwned']],
  ['armory', ['a'], undefined, ['MachineGroupInUse', 'MachineGroupOwned']],
  ['armory', [], 'armory', []],
  ['armory', ['a'], 'armory', ['MachineGroupInUse']],
  ['armory', [], 'Armory', ['MachineGroupOwned']],
  ['sls-machine-groups/prod', [], 'prod', []],
  ['sls-machine-groups/prod', [], 'sls-machine-groups/prod', []],
  ['sls-machine-groups/prod', [], 'pro', ['MachineGroupOwned']],
  ['sls-machine-groups/prod', [], undefined, ['MachineGroupOwned']],
  // No mark of ours to the letter, so another system's.
  ['sls-machine-groups/', [], '', ['MachineGroupOwned']],
  [' ', [], undefined, ['MachineGroupOwned']],
])(
  'a group with externalName "%s" and configs %j meets, when %s deletes it: %j',
  (externalName, configs, actsFor, expected) => {
    expect(codes(externalName, configs, actsFor)).toEqual(expected);
  },
);

test('quotes names on one line, and not too many', () => {
  const [inUse, owned] = obstaclesToDelete('a\nb', ['1', '2', '3', '4', '5', '6\u202e'], undefined);
  expect(inUse?.says).toBe('Logtail configs are applied to it: "1", "2", "3", "4", "5" and 1 more');
  expect(owned?.says).toBe('it belongs to another system, which calls it "a\\nb"');
});
