import { expect, test } from 'vitest';
import { obstaclesToDelete } from '../../../../lib/core/group/deletion.ts';

const codes = (...given: Parameters<typeof obstaclesToDelete>) =>
  obstaclesToDelete(...given).map(({ code }) => code);

test.each([
  ['', [], undefined, []],
  ['', [], 'anybody', []],
  ['', ['a'], undefined, ['MachineGroupInUse']],
  ['armory', [], undefined, []],
  ['armory', ['a'], undefined, ['MachineGroupInUse']],
  ['armory', ['a'], 'armory', ['MachineGroupInUse']],
  ['sls-machine-groups/prod', ['a'], undefined, ['MachineGroupInUse', 'MachineGroupOwned']],
  ['sls-machine-groups/prod', ['a'], 'prod', ['MachineGroupInUse']],
  ['sls-machine-groups/prod', [], 'prod', []],
  ['sls-machine-groups/prod', [], 'sls-machine-groups/prod', []],
  ['sls-machine-groups/prod', [], 'pro', ['MachineGroupOwned']],
  ['sls-machine-groups/prod', [], undefined, ['MachineGroupOwned']],
  // No mark of ours to the letter, so plain data.
  ['sls-machine-groups/', [], '', []],
  ['Sls-machine-groups/prod', [], undefined, []],
  [' ', [], undefined, []],
])(
  'a group with externalName "%s" and configs %j meets, when %s deletes it: %j',
  (externalName, configs, actsFor, expected) => {
    expect(codes(externalName, configs, actsFor)).toEqual(expected);
  },
);

test('quotes names on one line, and not too many', () => {
  const [inUse] = obstaclesToDelete('', ['1', '2', '3', '4\n', '5', '6\u202e'], undefined);
  expect(inUse?.says).toBe('Logtail configs are applied to it: "1", "2", "3", "4\\n", "5" and 1 more');
});
