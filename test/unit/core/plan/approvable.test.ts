// What can be approved of a plan, and what nobody can approve.
import { describe, expect, test } from 'vitest';
import { type Asked, approvable } from '../../../../lib/core/plan/approvable.ts';
import { removalsFingerprint } from '../../../../lib/core/plan/fingerprint.ts';
import { planGroup } from '../../../../lib/core/plan/plan.ts';
import { canonical, groupConfig, marked, PARTIAL, present, wanted } from '../values.ts';

const MEMBERS = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'];
const GONE = ['10.0.0.3', '10.0.0.4'];

interface World {
  readonly settings?: object;
  readonly current?: Parameters<typeof planGroup>[0];
  readonly reading?: Parameters<typeof planGroup>[1];
}

function asking(asked: Asked, { settings = {}, current, reading }: World = {}) {
  const group = groupConfig({ policy: 'sync', ...settings });
  const now = current ?? present(MEMBERS);
  const inventory = reading ?? wanted(MEMBERS.slice(0, 2));
  const plan = planGroup(now, inventory, group);
  return approvable({ group, plan, wanted: inventory as ReturnType<typeof wanted> }, asked, canonical);
}

const print = (removals: string[]) => removalsFingerprint('ali-test-project/web', removals);

describe('by the fingerprint', () => {
  test('all that is missing is approved, in whatever order it was named', () => {
    expect(asking({ fingerprint: print(GONE.toReversed()) })).toEqual({ removals: GONE, notMissing: [] });
  });
  test.each([
    ['fewer', ['10.0.0.3']],
    ['more', [...GONE, '10.0.0.2']],
    ['others', ['10.9.9.8', '10.9.9.9']],
  ])('nothing is, where it names %s; what it is now is told', (_, named) => {
    const answer = asking({ fingerprint: print(named) });
    expect(answer).toMatchObject({ code: 'RemovalsChanged' });
    expect(answer).toMatchObject({ says: expect.stringContaining(`2, with the fingerprint ${print(GONE)}`) });
  });
  test('that of another group approves nothing', () => {
    const other = removalsFingerprint('ali-test-project/other', GONE);
    expect(asking({ fingerprint: other })).toMatchObject({ code: 'RemovalsChanged' });
  });
});

describe('by name', () => {
  test('those that are missing are approved, in any spelling and once each, and the others told', () => {
    expect(asking({ removals: ['::ffff:10.0.0.4', '10.0.0.4', '10.0.0.1', 'what?'] })).toEqual({
      removals: ['10.0.0.4'],
      notMissing: ['10.0.0.1', 'what?'],
    });
  });
  test('nothing is, where none of them is missing', () => {
    expect(asking({ removals: ['10.0.0.1', '10.7.7.7'] })).toMatchObject({
      code: 'NothingMissing',
      says: 'none of these removals is missing: "10.0.0.1", "10.7.7.7"',
    });
  });
});

const ALL: Asked = { removals: GONE };
const emptied = { reading: wanted([]) };
describe('nothing is approved', () => {
  test.each<[string, World, string, RegExp]>([
    [
      'of an inventory that was not read whole',
      { reading: wanted(['10.0.0.1'], { completeness: PARTIAL }) },
      'InventoryIncomplete',
      /page 2 is missing/,
    ],
    ['of a group in sync', { reading: wanted(MEMBERS) }, 'NothingMissing', /is in the inventory/],
    ['of a group that carries no mark', { current: marked(MEMBERS, '') }, 'GroupNotPlanned', /no owner mark/],
    [
      'of another owner’s group',
      { current: marked(MEMBERS, 'sls-machine-groups/other') },
      'GroupNotPlanned',
      /belongs to owner/,
    ],
    [
      'of another kind of members',
      { settings: { identify: 'userdefined' } },
      'GroupNotPlanned',
      /cannot change/,
    ],
    [
      'where the policy is upsert-only',
      { settings: { policy: 'upsert-only' } },
      'NothingRemoved',
      /removes nothing/,
    ],
    [
      'where the policy is create-only',
      { settings: { policy: 'create-only' } },
      'NothingRemoved',
      /removes nothing/,
    ],
  ])('%s', (_, world, code, says) => {
    const answer = asking(ALL, world);
    expect(answer).toMatchObject({ code, says: expect.stringMatching(says) });
    expect(answer).not.toHaveProperty('removals');
  });
  test.each<[string, Asked]>([
    ['by the fingerprint', { fingerprint: print(MEMBERS) }],
    ['by name', ALL],
  ])('of an inventory that has no machine for the group, %s', (_, asked) => {
    const answer = asking(asked, emptied);
    expect(answer).toMatchObject({ code: 'InventoryEmpty', says: expect.stringContaining(print(MEMBERS)) });
  });
  test('but everything is, where whoever asks knows that it is empty, or that is allowed', () => {
    const all = { removals: MEMBERS, notMissing: [] };
    const asked = { fingerprint: print(MEMBERS) };
    expect(asking({ ...asked, emptyInventory: true }, emptied)).toEqual(all);
    expect(asking(asked, { ...emptied, settings: { allowEmpty: true } })).toEqual(all);
  });
});
