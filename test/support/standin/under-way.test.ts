// The stand-in sees it when two write to one group at a time.
import { expect, test } from 'vitest';
import { until } from '../until.ts';
import { GROUP, type HandMade, NOW, PROJECT, send } from './hand-made.ts';
import { startStandIn } from './index.ts';

const CREATE: HandMade = { method: 'POST', body: GROUP };
const PATH = `/machinegroups/${GROUP.groupName}`;
const UPDATE: HandMade = { method: 'PUT', path: PATH, body: GROUP };
const ADD: HandMade = {
  method: 'PUT',
  path: `${PATH}/machines`,
  query: { action: 'add' },
  body: ['10.0.0.9'],
};
const OTHER: HandMade = { method: 'POST', body: { ...GROUP, groupName: 'another-group' } };

/** Sends the first, and while it is held the second. */
async function overlapsOf(first: HandMade, second: HandMade): Promise<number> {
  await using standIn = await startStandIn({ clock: () => NOW });
  standIn
    .groups(PROJECT)
    .set(GROUP.groupName, { ...GROUP, machineIdentifyType: 'ip', createTime: 0, lastModifyTime: 0 });
  const go = Promise.withResolvers<void>();
  standIn.faults.add({ kind: 'hold', until: go.promise });
  const held = send(standIn, first);
  await until(() => standIn.faults.pending() === 0);
  await send(standIn, second);
  go.resolve();
  await held;
  await send(standIn, second);
  return standIn.overlappingWrites;
}

test.each([
  ['two updates', UPDATE, UPDATE],
  ['an update and a delta', UPDATE, ADD],
  ['a create and an update', CREATE, UPDATE],
  ['two creates', CREATE, CREATE],
])('counts as overlapping: %s of one group', async (_what, first, second) => {
  expect(await overlapsOf(first, second)).toBe(1);
});
test.each([
  ['of different groups', UPDATE, OTHER],
  ['a read and a write', { path: PATH }, UPDATE],
  ['a write and a read', UPDATE, { path: PATH }],
  ['one that is refused', UPDATE, { ...UPDATE, unsigned: { authorization: 'LOG nobody:nothing' } }],
])('does not count as overlapping: %s', async (_what, first, second) => {
  expect(await overlapsOf(first, second)).toBe(0);
});
