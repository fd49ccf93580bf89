import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import { decide } from '../../../../lib/core/plan/decide.ts';
import { removalsFingerprint } from '../../../../lib/core/plan/fingerprint.ts';
import { additionsOf, removalsOf } from '../../../../lib/core/plan/plan.ts';
import { newMemory } from '../../../../lib/core/removal/memory.ts';
import { row } from '../removal/drive.ts';
import {
  approvalOf,
  decideOn,
  groupConfig,
  knownGroup,
  machines,
  marked,
  NOW,
  PARTIAL,
  present,
  wanted,
} from '../values.ts';

const ten = machines(10);
/** Four of ten gone, one new: above 30 %. */
const tooMuch = { current: present(ten), wanted: wanted([...ten.slice(4), '10.9.9.9']) };
/** Two of ten gone, one new. */
const fine = { current: present(ten), wanted: wanted([...ten.slice(2), '10.9.9.9']) };

const types = (plan: { actions: readonly { type: string }[] }) => plan.actions.map(({ type }) => type);

/** Every one of them reports, but for those named. */
const heard = (members: readonly string[], silent: readonly string[] = []) =>
  ({
    state: 'read',
    machines: members.map((member) => row(member, silent.includes(member) ? NOW - 86_400_000 : NOW)),
    answeredAt: NOW,
    cut: false,
  }) as const;

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
    expect(decision).not.toHaveProperty('fingerprint');
  });

  test('writes a change that no rule holds back, and needs no approval for it', () => {
    const decision = decideOn(fine);
    expect(decision).toMatchObject({ outcome: 'change', writer: 'apply', waits: [] });
    expect(decision.change).toEqual(decision.plan);
    expect(decision.goes.map(({ member, class: found, weak }) => [member, found, weak])).toEqual([
      [ten[0], 'unheard', true],
      [ten[1], 'unheard', true],
    ]);
    expect(decision).not.toHaveProperty('fingerprint');
  });

  test('writes additions while removals are refused', () => {
    const decision = decideOn(tooMuch);
    expect(decision).toMatchObject({
      outcome: 'change',
      refusals: [{ code: 'day-limit' }],
      withheld: [{ action: 'remove', by: 'limit', members: ten.slice(0, 4) }],
      figures: { members: 10, unproven: 4, day: { limit: 3 } },
      fingerprint: removalsFingerprint('ali-test-project/web', ten.slice(0, 4)),
    });
    expect(types(decision.change)).toEqual(['add']);
    expect(types(decision.plan)).toEqual(['add', 'remove']);
  });

  test('is refused when nothing is left to write', () => {
    const decision = decideOn({ ...tooMuch, wanted: wanted(ten.slice(4)) });
    expect(decision).toMatchObject({ outcome: 'refused', change: { actions: [] } });
  });

  test.each([
    ['left-alone', marked(ten, 'testgroup'), {}, 'foreign'],
    ['refused', ABSENT, { name: 'We' }, 'name'],
  ])('is %s by an obstacle', (outcome, current, settings, code) => {
    const decision = decideOn({ current, wanted: fine.wanted, group: groupConfig(settings) });
    expect(decision).toMatchObject({ outcome, change: { actions: [] }, refusals: [{ code }] });
    expect(decision).not.toHaveProperty('fingerprint');
    expect(decision).not.toHaveProperty('memory');
  });

  test('decides by observe as by sync, keeps what it learnt, and writes nothing', () => {
    const observed = decideOn({ ...fine, group: groupConfig({ policy: 'observe' }) });
    expect(observed).toMatchObject({ outcome: 'change', writer: 'record', change: decideOn(fine).change });
    expect(observed.memory).toEqual(decideOn(fine).memory);
  });

  test('meets no limit by upsert-only: what it never removes cannot be too much', () => {
    const group = groupConfig({ policy: 'upsert-only' });
    const decision = decideOn({ current: present(ten), wanted: wanted([]), group });
    expect(decision).toMatchObject({ outcome: 'nothing', refusals: [] });
    expect(decision.withheld[0]?.members).toHaveLength(10);
    expect(decision).not.toHaveProperty('memory');
  });

  test('lets removals wait for what is not known, with the reason', () => {
    const known = { state: 'down', says: 'the table is away' } as const;
    const decision = decideOn({ ...fine, known });
    expect(decision).toMatchObject({
      outcome: 'change',
      withheld: [{ action: 'remove', by: 'memory', members: ten.slice(0, 2), says: 'the table is away' }],
    });
    expect(types(decision.change)).toEqual(['add']);
    expect(decision).not.toHaveProperty('fingerprint');
  });

  test('lets what has only just gone missing wait, and keeps since when', () => {
    const decision = decideOn({ ...fine, known: knownGroup(newMemory(NOW - 10 * 86_400_000)) });
    expect(decision.withheld).toMatchObject([{ by: 'patience', members: ten.slice(0, 2) }]);
    expect(decision.memory?.missing.get(ten[0] as string)).toEqual({ since: NOW, readings: 1 });
    expect(additionsOf(decision.change)).toEqual(['10.9.9.9']);
  });

  test('keeps what reports, and names since when too much of it has waited', () => {
    const since = NOW - 3 * 86_400_000;
    const missing = new Map(ten.slice(0, 2).map((member) => [member, { since, readings: 99 }]));
    const decision = decideOn({
      ...fine,
      known: knownGroup({ ...newMemory(NOW - 10 * 86_400_000), missing }),
      listing: heard(ten),
    });
    expect(decision.withheld).toMatchObject([{ by: 'alive', members: ten.slice(0, 2) }]);
    expect(decision.heldSince).toBe(since + 3_600_000);
    expect(decision.refusals).toEqual([]);
  });

  test('of nothing wanted removes nothing', () => {
    const decision = decideOn({ current: present(ten), wanted: wanted([]) });
    expect(decision).toMatchObject({ outcome: 'refused', refusals: [{ code: 'empty' }] });
  });

  test('lets additions wait, too, where the inventory looks at another fleet', () => {
    const others = machines(10, 200);
    const decision = decideOn({ current: present(ten), wanted: wanted(others), listing: heard(ten) });
    expect(decision).toMatchObject({ outcome: 'refused', refusals: [{ code: 'swap' }] });
    expect(decision.withheld.map(({ action, by }) => `${action} ${by}`)).toEqual([
      'add swap',
      'remove alive',
    ]);
  });

  test('made once more removes nothing that was not decided on before', () => {
    const { basis } = decideOn(fine);
    const again = decide(basis, undefined, new Set([ten[0] as string]));
    expect(removalsOf(again.change)).toEqual([ten[0]]);
    expect(again.waits).toMatchObject([{ member: ten[1], for: 'next-run' }]);
  });
});

describe('an approval', () => {
  const approvals = [approvalOf(ten.slice(0, 4))];

  test('lets its removals go beyond the limit, and is told', () => {
    const decision = decideOn({ ...tooMuch, approvals });
    expect(decision).toMatchObject({ outcome: 'change', refusals: [], approvals, waits: [] });
    expect(removalsOf(decision.change)).toEqual(ten.slice(0, 4));
    expect(decision.goes.every((removal) => removal.class === 'approved' && !removal.weak)).toBe(true);
    expect(decision).not.toHaveProperty('fingerprint');
  });

  test('covers any part of its removals, and nothing else', () => {
    const fewer = decideOn({ current: present(ten), wanted: wanted(ten.slice(2)), approvals });
    expect(removalsOf(fewer.change)).toEqual(ten.slice(0, 2));
    const more = decideOn({ current: present(ten), wanted: wanted(ten.slice(9)), approvals });
    expect(removalsOf(more.change)).toEqual(ten.slice(0, 4));
    expect(more.refusals).toMatchObject([{ code: 'day-limit' }]);
  });

  test('lets a machine go that still reports', () => {
    const decision = decideOn({ ...fine, approvals, listing: heard(ten) });
    expect(removalsOf(decision.change)).toEqual(ten.slice(0, 2));
  });

  test.each([
    ['is over', [approvalOf(ten.slice(0, 4), { until: NOW })], {}],
    ['meets a reading that is not whole', approvals, { completeness: PARTIAL }],
  ])('lets nothing go when it %s', (_, given, reading) => {
    const decision = decideOn({
      current: present(ten),
      wanted: wanted(ten.slice(4), reading),
      approvals: given,
    });
    expect(removalsOf(decision.change)).toEqual([]);
    expect(decision.approvals).toEqual([]);
  });

  test('does not lift policy or ownership', () => {
    const group = groupConfig({ policy: 'upsert-only' });
    expect(decideOn({ ...tooMuch, group, approvals }).withheld).toMatchObject([{ by: 'policy' }]);
    const foreign = decideOn({ ...tooMuch, current: marked(ten, 'x'), approvals });
    expect(foreign).toMatchObject({ outcome: 'left-alone', change: { actions: [] } });
  });
});

describe('the policy approve-removals', () => {
  const group = groupConfig({ policy: 'approve-removals' });

  test('adds by itself and removes nothing, which is no refusal', () => {
    const decision = decideOn({ ...fine, group });
    expect(decision).toMatchObject({
      outcome: 'change',
      refusals: [],
      withheld: [{ by: 'approval', members: ten.slice(0, 2) }],
      fingerprint: removalsFingerprint(group.key, ten.slice(0, 2)),
    });
    expect(types(decision.change)).toEqual(['add']);
  });

  test.each([
    ['for approval alone beyond the limit', tooMuch.wanted, 'approval'],
    ['for the inventory where nothing is wanted', wanted([]), 'empty'],
  ])('waits %s', (_, read, by) => {
    const decision = decideOn({ current: present(ten), wanted: read, group });
    expect(decision.refusals).toEqual([]);
    expect(new Set(decision.withheld.map((one) => one.by))).toEqual(new Set([by]));
  });

  test('waits for approval alone what has only just gone missing: no time removes it', () => {
    const decision = decideOn({ ...fine, group, known: knownGroup(newMemory(NOW - 30 * 86_400_000)) });
    expect(decision.withheld).toMatchObject([{ by: 'approval', members: ten.slice(0, 2) }]);
    expect(decision.withheld[0]?.says).toMatch(/missing since/);
    expect(decision.heldSince).toBeUndefined();
  });

  test('says of a machine that reports that it does', () => {
    const decision = decideOn({ ...fine, group, listing: heard(ten, [ten[0] as string]) });
    expect(decision.waits.map((waiting) => waiting.for).sort()).toEqual(['alive', 'unsure']);
  });

  test('removes what was approved', () => {
    const decision = decideOn({ ...tooMuch, group, approvals: [approvalOf(ten.slice(0, 3))] });
    expect(removalsOf(decision.change)).toEqual(ten.slice(0, 3));
    expect(decision.withheld).toMatchObject([{ by: 'approval', members: [ten[3]] }]);
  });
});

describe('what a person approved before any run saw it missing', () => {
  const known = knownGroup(newMemory(NOW - 30 * 86_400_000), [approvalOf(ten.slice(0, 2))]);
  test.each([
    ['under sync', groupConfig(), ten.slice(2)],
    ['under approve-removals', groupConfig({ policy: 'approve-removals' }), ten.slice(2)],
    ['of an empty inventory', groupConfig(), []],
  ])('goes in the next run, and nothing else is said of it %s', (_, group, read) => {
    const reading = wanted(read, { takenAt: NOW - 1_000 });
    const { waits } = decideOn({ current: present(ten), wanted: reading, group, known });
    expect(waits.filter(({ member }) => ten.indexOf(member) < 2).map((one) => one.for)).toEqual([
      'next-run',
      'next-run',
    ]);
  });
});

describe('an inventory that has no machine for the group', () => {
  const emptied = {
    current: present(ten),
    wanted: wanted([]),
    known: knownGroup(newMemory(NOW - 30 * 86_400_000)),
  };

  test('is said to be empty from the first run on, and offers nothing to approve', () => {
    const decision = decideOn(emptied);
    expect(decision.withheld).toMatchObject([{ by: 'empty', members: ten }]);
    expect(decision).not.toHaveProperty('fingerprint');
  });

  test('is patient as any other where that is allowed', () => {
    const decision = decideOn({ ...emptied, group: groupConfig({ allowEmpty: true }) });
    expect(decision.withheld).toMatchObject([{ by: 'patience' }]);
    expect(decision).toHaveProperty('fingerprint');
  });
});
