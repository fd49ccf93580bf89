import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import { ownerMark } from '../../../../lib/core/group/owner.ts';
import { membersAfter, mismatches, newDefinition, writeFor } from '../../../../lib/core/plan/apply.ts';
import { filterPlan, planGroup } from '../../../../lib/core/plan/plan.ts';
import { definitionOf, groupConfig, OWNER, present, wanted } from '../values.ts';

const MARK = ownerMark(OWNER);
const full = groupConfig({ topic: 'web' });

describe('create', () => {
  test('sends the whole definition in one call', () => {
    const group = groupConfig();
    expect(writeFor(ABSENT, planGroup(ABSENT, wanted(['10.0.0.2', '10.0.0.1']), group), group)).toEqual({
      operation: 'create',
      definition: {
        groupName: 'web',
        groupType: '',
        machineIdentifyType: 'ip',
        groupAttribute: { groupTopic: '', externalName: MARK },
        machineList: ['10.0.0.1', '10.0.0.2'],
      },
    });
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
    expect(writeFor(current, plan, full)).toEqual({
      operation: 'update',
      definition: {
        groupName: 'web',
        groupType: 'Armory',
        machineIdentifyType: 'ip',
        groupAttribute: { groupTopic: 'web', externalName: MARK },
        machineList: ['10.0.0.3', '10.0.0.1', '10.0.0.8', '10.0.0.9'],
      },
    });
  });

  test('writes a list that does not change back to the letter', () => {
    const plan = planGroup(current, wanted(['10.0.0.1', '10.0.0.2', '10.0.0.3', 'host?']), full);
    expect(plan.actions.map(({ type }) => type)).toEqual(['topic']);
    expect(writeFor(current, plan, full)).toMatchObject({
      definition: { machineList: current.definition.machineList },
    });
  });
});

describe('a group read back after a write', () => {
  const before = present(['10.0.0.1', '10.0.0.2']);
  const want = wanted(['10.0.0.2', '10.0.0.3']);
  const read = (list: string[], attribute = {}) =>
    present(list, { groupAttribute: { ...definitionOf([]).groupAttribute, ...attribute } });

  test.each([
    ['as expected', read(['10.0.0.3', ' 10.0.0.2']), []],
    ['one missing', read(['10.0.0.2']), ['1 of the members are missing']],
    ['one too many', read(['10.0.0.1', '10.0.0.2', '10.0.0.3']), ['1 members are there that should not be']],
    ['another mark', read(['10.0.0.2', '10.0.0.3'], { externalName: '' }), ['externalName differs']],
    ['another topic', read(['10.0.0.2', '10.0.0.3'], { groupTopic: 'x' }), ['groupTopic differs']],
    ['gone', ABSENT, ['the group does not exist']],
  ])('is compared whole after a full update: %s', (_name, after, expected) => {
    const group = groupConfig();
    expect(mismatches(before, planGroup(before, want, group), after)).toEqual(expected);
  });

  test('is compared whole when it was created', () => {
    const plan = planGroup(ABSENT, want, full);
    expect(mismatches(ABSENT, plan, read(['10.0.0.2', '10.0.0.3'], { groupTopic: 'web' }))).toEqual([]);
    expect(
      mismatches(ABSENT, plan, read(['10.0.0.2', '10.0.0.3', '10.9.9.9'], { groupTopic: 'web' })),
    ).toHaveLength(1);
  });
});

test('counts members after a change that holds removals back', () => {
  const before = present(['10.0.0.1', '10.0.0.2']);
  const plan = planGroup(before, wanted(['10.0.0.3']), full);
  const held = filterPlan(plan, ({ type }) => type !== 'remove');
  expect([...membersAfter(before, held)]).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
});
