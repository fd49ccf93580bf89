import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import {
  type Approval,
  afterSecondLook,
  type Decision,
  isStale,
  needsSecondLook,
} from '../../../../lib/core/plan/decide.ts';
import { additionsOf, removalsOf } from '../../../../lib/core/plan/plan.ts';
import { decideOn, groupConfig, machines, marked, PARTIAL, present, wanted } from '../values.ts';

const ten = machines(10);
/** Four of ten gone: above 30 %. */
const tooMuch = { current: present(ten), wanted: wanted(ten.slice(4)) };
/** Two of ten gone, one new. */
const fine = { current: present(ten), wanted: wanted([...ten.slice(2), '10.9.9.9']) };

const approving = (decision: Decision): Approval => ({
  fingerprint: decision.fingerprint ?? '',
  reason: 'move to the new site',
});

describe('a decision', () => {
  test('changes nothing when the group is as wanted, and has no fingerprint to approve', () => {
    const decision = decideOn({ current: present(['10.0.0.1']), wanted: wanted(['10.0.0.1']) });
    expect(decision).toMatchObject({ outcome: 'nothing', withheld: [], refusals: [] });
    expect(decision).not.toHaveProperty('fingerprint');
  });

  test('changes nothing when all there is to do is withheld', () => {
    const decision = decideOn({ ...fine, group: groupConfig({ policy: 'create-only' }) });
    expect(decision).toMatchObject({ outcome: 'nothing', change: { actions: [] } });
    expect(decision.withheld.map(({ by, action }) => `${by} ${action}`)).toEqual([
      'policy add',
      'policy remove',
    ]);
  });

  test('writes a change that no rule holds back', () => {
    const decision = decideOn(fine);
    expect(decision).toMatchObject({ outcome: 'change', writer: 'apply', lifted: [] });
    expect(decision.change).toEqual(decision.plan);
  });

  test('writes nothing of a refused group, additions neither', () => {
    const decision = decideOn({ ...tooMuch, wanted: wanted([...ten.slice(4), '10.9.9.9']) });
    expect(decision).toMatchObject({
      outcome: 'refused',
      change: { actions: [] },
      refusals: [{ code: 'share' }],
    });
    expect(decision.plan.actions.map(({ type }) => type)).toEqual(['add', 'remove']);
  });

  test('keeps what policy withheld when it is refused', () => {
    const current = marked(ten, 'testgroup');
    const decision = decideOn({ current, wanted: tooMuch.wanted, group: groupConfig({ adopt: true }) });
    expect(decision).toMatchObject({ outcome: 'refused', withheld: [], refusals: [{ code: 'share' }] });
  });

  test.each([
    ['left-alone', marked(ten, 'testgroup'), {}, 'foreign'],
    ['refused', ABSENT, { name: 'We' }, 'name'],
  ])('is %s by an obstacle', (outcome, current, settings, code) => {
    const decision = decideOn({ current, wanted: fine.wanted, group: groupConfig(settings) });
    expect(decision).toMatchObject({
      outcome,
      change: { actions: [] },
      refusals: [{ code }],
      figures: { removals: 0 },
    });
    expect(decision).not.toHaveProperty('fingerprint');
  });

  test('decides by observe as by sync, and writes on paper', () => {
    const observe = { group: groupConfig({ policy: 'observe' }) };
    expect(decideOn({ ...fine, ...observe })).toMatchObject({
      outcome: 'change',
      writer: 'record',
      change: decideOn(fine).change,
    });
    expect(decideOn({ ...tooMuch, ...observe })).toMatchObject({
      outcome: 'refused',
      refusals: [{ code: 'share' }],
    });
  });

  test('meets no limit by upsert-only: what it never removes cannot be too much', () => {
    const decision = decideOn({
      current: present(ten),
      wanted: wanted([]),
      group: groupConfig({ policy: 'upsert-only' }),
    });
    expect(decision).toMatchObject({ outcome: 'nothing', refusals: [] });
    expect(decision.withheld[0]?.members).toHaveLength(10);
  });
});

describe('approval', () => {
  const approval = approving(decideOn(tooMuch));

  test('of exactly this plan lifts its refusal', () => {
    const decision = decideOn({ ...tooMuch, approval });
    expect(decision).toMatchObject({
      outcome: 'change',
      approval,
      lifted: [{ code: 'share' }],
      refusals: [],
    });
    expect(removalsOf(decision.change)).toHaveLength(4);
    expect(isStale(approval, [decision])).toBe(false);
  });

  test.each<[string, Parameters<typeof decideOn>[0]]>([
    ['the group was written', { ...tooMuch, current: present(ten, { lastModifyTime: 1_700_000_200 }) }],
    ['one more would go', { ...tooMuch, wanted: wanted(ten.slice(5)) }],
    ['one fewer would go', { ...tooMuch, wanted: wanted(ten.slice(3)) }],
    ['one would come', { ...tooMuch, wanted: wanted([...ten.slice(4), '10.9.9.9']) }],
    ['a limit was changed', { ...tooMuch, group: groupConfig({ safety: { maxRemovalShare: 0.2 } }) }],
    [
      'the inventory is no longer whole',
      { ...tooMuch, wanted: wanted(ten.slice(4), { completeness: PARTIAL }) },
    ],
    ['there is nothing left to do', { ...tooMuch, wanted: wanted(ten) }],
  ])('is stale when %s', (_name, moved) => {
    const decision = decideOn({ ...moved, approval });
    expect(decision).not.toHaveProperty('approval');
    expect(isStale(approval, [decision])).toBe(true);
  });

  test('is good for its group, whatever the other groups of the run are', () => {
    expect(isStale(approval, [decideOn(fine), decideOn({ ...tooMuch, approval })])).toBe(false);
    expect(isStale(approval, [])).toBe(true);
    expect(isStale(undefined, [])).toBe(false);
  });

  test('does not lift completeness', () => {
    const partial = { ...tooMuch, wanted: wanted(ten.slice(4), { completeness: PARTIAL }) };
    const decision = decideOn({ ...partial, approval: approving(decideOn(partial)) });
    expect(decision).toMatchObject({ outcome: 'nothing', withheld: [{ by: 'incomplete' }], lifted: [] });
  });

  test('does not lift policy or ownership', () => {
    const group = groupConfig({ policy: 'upsert-only' });
    const decision = decideOn({ ...tooMuch, group, approval: approving(decideOn({ ...tooMuch, group })) });
    expect(decision).toMatchObject({ outcome: 'nothing', withheld: [{ by: 'policy' }] });
    const foreign = decideOn({ ...tooMuch, current: marked(ten, 'x'), approval });
    expect(foreign).toMatchObject({ outcome: 'left-alone', change: { actions: [] } });
  });
});

describe('second look', () => {
  const decision = decideOn(fine);
  const [one, other] = removalsOf(decision.change) as [string, string];

  test('is needed where machines would go, unless switched off', () => {
    expect(needsSecondLook(decision)).toBe(true);
    expect(
      needsSecondLook(decideOn({ ...fine, group: groupConfig({ safety: { secondLook: false } }) })),
    ).toBe(false);
    expect(needsSecondLook(decideOn({ current: present([]), wanted: fine.wanted }))).toBe(false);
    expect(needsSecondLook(decideOn(tooMuch))).toBe(false);
  });

  test('that agrees changes nothing', () => {
    expect(afterSecondLook(decision, fine.wanted)).toBe(decision);
  });

  test('holds back what is there again; additions stay those of the first', () => {
    const second = afterSecondLook(decision, wanted([...ten.slice(2), one, '10.9.9.10']));
    expect(removalsOf(second.change)).toEqual([other]);
    expect(additionsOf(second.change)).toEqual(['10.9.9.9']);
    expect(second.withheld).toMatchObject([{ action: 'remove', by: 'second-look', members: [one] }]);
    expect(second.plan).toBe(decision.plan);
  });

  test('that has everything again leaves no removal, and nothing to write where there was nothing else', () => {
    expect(afterSecondLook(decision, wanted(ten)).change.actions.map(({ type }) => type)).toEqual(['add']);
    const only = decideOn({ ...fine, wanted: wanted(ten.slice(2)) });
    expect(afterSecondLook(only, wanted(ten))).toMatchObject({ outcome: 'nothing', change: { actions: [] } });
  });

  test('that is not whole holds every removal back, with its reason', () => {
    const second = afterSecondLook(decision, wanted([], { completeness: PARTIAL }));
    expect(removalsOf(second.change)).toEqual([]);
    expect(second.withheld).toMatchObject([{ by: 'second-look', members: [one, other] }]);
    expect(second.withheld[0]?.says).toContain('page 2 is missing');
  });

  describe('of an approved plan', () => {
    const approved = decideOn({ ...tooMuch, approval: approving(decideOn(tooMuch)) });

    test('that agrees lets it through', () => {
      expect(afterSecondLook(approved, tooMuch.wanted)).toBe(approved);
    });

    test('that has a machine again refuses the group: what was approved exists no more', () => {
      const second = afterSecondLook(approved, wanted(ten.slice(3)));
      expect(second).toMatchObject({
        outcome: 'refused',
        change: { actions: [] },
        refusals: [{ code: 'moved-since-approval' }],
        lifted: [],
      });
    });

    test('that is not whole holds back, as for any plan', () => {
      const second = afterSecondLook(approved, wanted([], { completeness: PARTIAL }));
      expect(second).toMatchObject({ outcome: 'nothing', withheld: [{ by: 'second-look' }] });
    });
  });

  test('of a plan that did not need its approval only holds back', () => {
    const second = afterSecondLook(decideOn({ ...fine, approval: approving(decision) }), wanted(ten));
    expect(second).toMatchObject({ outcome: 'change', withheld: [{ by: 'second-look' }] });
  });
});
