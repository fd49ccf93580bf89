import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import { ownerMark } from '../../../../lib/core/group/owner.ts';
import {
  DELTA_CHUNK,
  membersAfter,
  mismatches,
  newDefinition,
  writesFor,
} from '../../../../lib/core/plan/apply.ts';
import { filterPlan, planGroup } from '../../../../lib/core/plan/plan.ts';
import { definitionOf, groupConfig, machines, marked, OWNER, present, wanted } from '../values.ts';

const MARK = ownerMark(OWNER);
const full = groupConfig({ topic: 'web' });
const delta = groupConfig({ write: 'delta' });

describe('create', () => {
  test('sends the whole definition in one call, whatever the write mode', () => {
    for (const group of [groupConfig(), delta]) {
      expect(writesFor(ABSENT, planGroup(ABSENT, wanted(['10.0.0.2', '10.0.0.1']), group), group)).toEqual([
        {
          operation: 'create',
          definition: {
            groupName: 'web',
            groupType: '',
            machineIdentifyType: 'ip',
            groupAttribute: { groupTopic: '', externalName: MARK },
            machineList: ['10.0.0.1', '10.0.0.2'],
          },
        },
      ]);
    }
  });

  test('has no definition for a plan that creates nothing', () => {
    expect(() => newDefinition(planGroup(present([]), wanted([]), full), full)).toThrow(TypeError);
  });
});

describe('full update', () => {
  const current = present(['10.0.0.3', ' 10.0.0.1', '10.0.0.3', '10.0.0.2', 'host?'], {
    groupType: 'Armory',
  });

  test('merges: those that stay keep their order, in canonical spelling and once each; new ones follow', () => {
    const plan = planGroup(current, wanted(['10.0.0.1', '10.0.0.3', '10.0.0.9', '10.0.0.8']), full);
    expect(writesFor(current, plan, full)).toEqual([
      {
        operation: 'update',
        definition: {
          groupName: 'web',
          groupType: 'Armory',
          machineIdentifyType: 'ip',
          groupAttribute: { groupTopic: 'web', externalName: MARK },
          machineList: ['10.0.0.3', '10.0.0.1', '10.0.0.8', '10.0.0.9'],
        },
      },
    ]);
  });

  test('writes a list that does not change back to the letter', () => {
    const plan = planGroup(current, wanted(['10.0.0.1', '10.0.0.2', '10.0.0.3', 'host?']), full);
    expect(plan.actions.map(({ type }) => type)).toEqual(['topic']);
    expect(writesFor(current, plan, full)).toMatchObject([
      { definition: { machineList: current.definition.machineList } },
    ]);
  });

  test('nothing to do is no call', () => {
    expect(writesFor(present([]), planGroup(present([]), wanted([]), groupConfig()), groupConfig())).toEqual(
      [],
    );
  });
});

describe('delta', () => {
  test('adds before it deletes, in chunks, and deletes every spelling', () => {
    const current = present(['10.0.0.1', '::ffff:10.0.0.1', '10.0.0.2', '10.0.0.3']);
    const plan = planGroup(current, wanted(['10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6']), delta);
    expect(writesFor(current, plan, delta, 2)).toEqual([
      { operation: 'add', machines: ['10.0.0.4', '10.0.0.5'] },
      { operation: 'add', machines: ['10.0.0.6'] },
      { operation: 'delete', machines: ['10.0.0.1', '::ffff:10.0.0.1'] },
      { operation: 'delete', machines: ['10.0.0.2'] },
    ]);
  });

  test(`takes ${DELTA_CHUNK} machines a call`, () => {
    const plan = planGroup(present([]), wanted(machines(1_001)), delta);
    const sizes = writesFor(present([]), plan, delta).map((write) =>
      'machines' in write ? write.machines.length : 0,
    );
    expect(sizes).toEqual([500, 500, 1]);
  });

  test('changes the group itself by a full update that carries the members along', () => {
    const current = marked(['10.0.0.1'], 'testgroup');
    const adopting = groupConfig({ write: 'delta', adopt: true });
    expect(writesFor(current, planGroup(current, wanted(['10.0.0.2']), adopting), adopting)).toEqual([
      {
        operation: 'update',
        definition: {
          groupName: 'web',
          groupType: '',
          machineIdentifyType: 'ip',
          groupAttribute: { groupTopic: '', externalName: MARK },
          machineList: ['10.0.0.2'],
        },
      },
    ]);
  });
});

describe('mismatches after a write', () => {
  const before = present(['10.0.0.1', '10.0.0.2']);
  const want = wanted(['10.0.0.2', '10.0.0.3']);
  const read = (list: string[], attribute = {}) =>
    present(list, { groupAttribute: { ...definitionOf([]).groupAttribute, ...attribute } });

  test.each([
    ['as expected', read(['10.0.0.3', ' 10.0.0.2']), []],
    ['one missing', read(['10.0.0.2']), ['1 of the members are missing']],
    ['one too many', read(['10.0.0.1', '10.0.0.2', '10.0.0.3']), ['1 members are there that should not be']],
    ['another mark', read(['10.0.0.2', '10.0.0.3'], { externalName: '' }), ['externalName differs']],
    ['another topic', read(['10.0.0.2', '10.0.0.3'], { groupTopic: 'x' }), ['groupTopic is another']],
    ['gone', ABSENT, ['the group does not exist']],
  ])('full: %s', (_name, after, expected) => {
    const group = groupConfig();
    expect(mismatches(before, planGroup(before, want, group), group, after)).toEqual(expected);
  });

  test.each([
    ['as expected', ['10.0.0.2', '10.0.0.3'], []],
    ['with a machine that someone else added', ['10.0.0.2', '10.0.0.3', '10.9.9.9'], []],
    ['without a machine that someone else removed', ['10.0.0.3'], []],
    ['an addition missing', ['10.0.0.2'], ['1 of the members are missing']],
    [
      'a removal still there',
      ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
      ['1 members are there that should not be'],
    ],
  ])('delta: %s', (_name, list, expected) => {
    expect(mismatches(before, planGroup(before, want, delta), delta, read(list))).toEqual(expected);
  });

  test('a created group is compared whole, deltas or not', () => {
    const plan = planGroup(ABSENT, want, delta);
    expect(mismatches(ABSENT, plan, delta, read(['10.0.0.2', '10.0.0.3']))).toEqual([]);
    expect(mismatches(ABSENT, plan, delta, read(['10.0.0.2', '10.0.0.3', '10.9.9.9']))).toHaveLength(1);
  });
});

test('members after a change that holds removals back', () => {
  const before = present(['10.0.0.1', '10.0.0.2']);
  const plan = planGroup(before, wanted(['10.0.0.3']), full);
  const held = filterPlan(plan, ({ type }) => type !== 'remove');
  expect([...membersAfter(before, held)]).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
});
