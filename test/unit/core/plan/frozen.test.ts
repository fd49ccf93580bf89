// What a freeze leaves of a decision: nothing, or the removals that a person has approved through it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../../lib/core/config/settings.ts';
import { knownWith } from '../../../../lib/core/freeze/known.ts';
import { ABSENT, type CurrentGroup } from '../../../../lib/core/group/current.ts';
import type { StoredApproval } from '../../../../lib/core/memory/approvals.ts';
import type { Freeze } from '../../../../lib/core/memory/deployment.ts';
import { NO_GROUP } from '../../../../lib/core/memory/group.ts';
import type { Decision } from '../../../../lib/core/plan/decide.ts';
import { removalsOf } from '../../../../lib/core/plan/plan.ts';
import { DAY, HOUR } from '../../../../lib/core/removal/settings.ts';
import { explain } from '../../../../lib/core/report/explain.ts';
import { reportGroup } from '../../../../lib/core/report/group.ts';
import { reportMarkdown } from '../../../../lib/core/report/markdown.ts';
import type { GroupReport } from '../../../../lib/core/report/report.ts';
import { reportRun } from '../../../../lib/core/report/run.ts';
import { findingsOf } from '../../../../lib/core/verdict/findings.ts';
import { canonical } from '../../../../lib/inventory/members.ts';
import {
  approvalOf,
  decideOn,
  groupConfig,
  knownGroup,
  machines,
  marked,
  NOW,
  patientMemory,
  present,
  wanted,
} from '../values.ts';

const group = groupConfig();
const FREEZE: Freeze = {
  group: '*',
  who: 'arn:aws:iam::123456789012:user/alice',
  reason: 'the inventory is wrong',
  since: NOW - HOUR,
  until: NOW + HOUR,
};
const SAYS =
  'frozen by arn:aws:iam::123456789012:user/alice until 2026-09-21T15:13:20.000Z: the inventory is wrong';
const ten = machines(10);
const gone = ten.slice(0, 2);
const read = wanted([...ten.slice(2), '10.9.9.9']);

function frozen(
  current: CurrentGroup = present(ten),
  approvals: readonly StoredApproval[] = [],
  policy: Policy = 'sync',
): Decision {
  const known = knownWith(knownGroup(patientMemory(current, read), approvals), [FREEZE], group.key, NOW);
  return decideOn({ group: groupConfig({ policy }), current, wanted: read, known });
}

const done = { requests: [], durationMs: 1 };
const reported = (decision: Decision) => reportGroup(decision, { ...done, status: 'written' });

describe('a frozen group', () => {
  test('is not written, and its report says what would be, who froze it, why and until when', () => {
    const decision = frozen();
    expect(decision).toMatchObject({ outcome: 'nothing', change: { actions: [] }, goes: [], refusals: [] });
    const report = reported(decision);
    expect(report).toMatchObject({
      status: 'frozen',
      freeze: {
        who: FREEZE.who,
        reason: FREEZE.reason,
        since: '2026-09-21T13:13:20.000Z',
        until: '2026-09-21T15:13:20.000Z',
      },
      withheld: [
        { action: 'add', by: 'frozen', members: ['10.9.9.9'] },
        { action: 'remove', by: 'frozen', members: gone },
      ],
    });
    expect(report.withheld[0]?.says).toBe(`${SAYS}; wait for its end, or lift it with DELETE /freeze`);
    expect(report.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each<[string, CurrentGroup, string[]]>([
    ['is not made', ABSENT, ['create']],
    ['is not adopted', marked([...ten.slice(2), '10.9.9.9'], ''), ['adopt']],
  ])('%s', (_, current, actions) => {
    const known = knownWith(knownGroup(patientMemory(current, read)), [FREEZE], group.key, NOW);
    const decision = decideOn({ group: groupConfig({ adopt: true }), current, wanted: read, known });
    expect(decision.outcome).toBe('nothing');
    expect(decision.withheld.map(({ action, by }) => [action, by])).toEqual(
      actions.map((action) => [action, 'frozen']),
    );
  });

  test('stays frozen where the memory is away, as far as the freeze is known', () => {
    const down = knownWith({ state: 'down', says: 'no answer' }, [FREEZE], group.key, NOW);
    const decision = decideOn({ current: present(ten), wanted: read, known: down });
    expect(decision.outcome).toBe('nothing');
    expect(decision.withheld.map(({ action, by }) => [action, by])).toEqual([
      ['add', 'frozen'],
      ['remove', 'memory'],
    ]);
  });

  test('of which nobody knows whether it is frozen has a warning beside its additions', () => {
    const known = { state: 'down', says: 'no answer', isFreezeUnknown: true } as const;
    const report = reported(decideOn({ current: present(ten), wanted: read, known }));
    expect(report).toMatchObject({ status: 'written', additions: { count: 1 } });
    expect(report.warnings).toEqual([
      'nobody knows whether the group is frozen, so additions went on: no answer',
    ]);
  });

  test('keeps what a person has to look at', () => {
    const five = wanted(ten.slice(5));
    const current = present(ten);
    const known = knownWith(knownGroup(patientMemory(current, five)), [FREEZE], group.key, NOW);
    const report = reported(decideOn({ current, wanted: five, known }));
    expect(report).toMatchObject({ status: 'refused', freeze: {}, refusals: [{ code: 'day-limit' }] });
  });

  test('asks for nobody because it is frozen, for however long', () => {
    const report = reported(frozen());
    for (const now of [NOW, NOW + 29 * DAY])
      expect(findingsOf(report, NO_GROUP, now)).toEqual([
        expect.objectContaining({ is: 'waiting', code: 'frozen', harmless: true }),
      ]);
    const idle = reported(frozen(present([...ten.slice(2), '10.9.9.9'])));
    expect(idle.status).toBe('frozen');
    expect(findingsOf(idle, NO_GROUP, NOW)).toEqual([]);
  });

  test('is explained', () => {
    const explanation = explain(frozen(), gone[0] as string, canonical);
    expect(explanation).toMatchObject({ next: 'withheld', freeze: { who: FREEZE.who } });
    expect(explanation.says).toContain(
      `The group is frozen until 2026-09-21T15:13:20.000Z, by ${FREEZE.who}: ${FREEZE.reason}.`,
    );
    expect(explanation.says.at(-1)).toContain(`it waits (frozen): ${SAYS}`);
  });

  test('stands in Markdown with its freeze', () => {
    const groups: GroupReport[] = [reported(frozen())];
    const report = reportRun({
      runId: 'r',
      trigger: 't',
      mode: 'apply',
      startedAt: NOW,
      durationMs: 1,
      groups,
    });
    const text = reportMarkdown(report);
    expect(text).toContain(': frozen\n');
    expect(text).toContain(
      `- **Frozen** since 2026-09-21T13:13:20.000Z until 2026-09-21T15:13:20.000Z by \`${FREEZE.who}\`: \`the inventory is wrong\``,
    );
    expect(text).toContain('- Withheld (frozen): remove 2:');
  });
});

describe('an approval', () => {
  const through = { throughFreeze: true as const, at: NOW - 1 };
  test.each<[string, StoredApproval[], readonly string[]]>([
    [
      'through the freeze takes exactly its removals',
      [approvalOf(gone.slice(0, 1), through)],
      gone.slice(0, 1),
    ],
    ['that says nothing of the freeze takes nothing', [approvalOf(gone)], []],
    ['of before the freeze takes nothing', [approvalOf(gone, { ...through, at: NOW - 2 * HOUR })], []],
    [
      'of one person alone takes nothing where there have to be two',
      [
        approvalOf(gone, { ...through, approvers: 2 }),
        approvalOf(gone, { id: 'a2', who: 'bob', approvers: 2 }),
      ],
      [],
    ],
    [
      'of two people through the freeze takes its removals',
      [
        approvalOf(gone, { ...through, approvers: 2 }),
        approvalOf(gone, { ...through, id: 'a2', who: 'bob', approvers: 2 }),
      ],
      gone,
    ],
  ])('%s', (_, approvals, removed) => {
    for (const policy of ['sync', 'approve-removals'] as const) {
      const decision = frozen(present(ten), approvals, policy);
      expect(removalsOf(decision.change)).toEqual(removed);
      expect(decision.change.actions.map(({ type }) => type)).toEqual(removed.length > 0 ? ['remove'] : []);
      expect(decision.approvals.every(({ throughFreeze }) => throughFreeze)).toBe(true);
      expect(decision.withheld.find(({ action }) => action === 'add')).toMatchObject({ by: 'frozen' });
      expect(reported(decision)).toMatchObject({
        status: removed.length > 0 ? 'written' : 'frozen',
        freeze: {},
      });
    }
  });
  test('passes a freeze of before it, and none that was said later', () => {
    const later: Freeze = { ...FREEZE, group: group.key, since: NOW, until: NOW + 1 };
    const current = present(ten);
    const known = knownWith(
      knownGroup(patientMemory(current, read), [approvalOf(gone, through)]),
      [FREEZE, later],
      group.key,
      NOW,
    );
    expect(decideOn({ current, wanted: read, known }).outcome).toBe('nothing');
  });
});

test('whatever the policy, the group and the approvals, a freeze lets nothing through but approved removals', () => {
  const members = fc.subarray(machines(12), { maxLength: 12 });
  fc.assert(
    fc.property(
      members,
      members,
      members,
      fc.constantFrom<Policy>('observe', 'create-only', 'upsert-only', 'approve-removals', 'sync'),
      fc.boolean(),
      fc.boolean(),
      (now, wants, approved, policy, isThrough, isAbsent) => {
        const current = isAbsent ? ABSENT : present(now);
        const approvals = [approvalOf(approved, isThrough ? { throughFreeze: true } : {})];
        const known = knownWith(
          knownGroup(patientMemory(current, wanted(wants)), approvals),
          [FREEZE],
          group.key,
          NOW,
        );
        const decision = decideOn({ group: groupConfig({ policy }), current, wanted: wanted(wants), known });
        const removed = removalsOf(decision.change);
        expect(decision.change.actions.every(({ type }) => type === 'remove')).toBe(true);
        expect(isThrough ? approved : []).toEqual(expect.arrayContaining([...removed]));
        // Nothing of the plan is lost: it goes, or waits.
        const waiting = decision.withheld.flatMap((one) => [...one.members]);
        const all = decision.plan.actions.flatMap((one) => ('members' in one ? [...one.members] : []));
        expect([...removed, ...waiting].sort()).toEqual(all.sort());
      },
    ),
  );
});
