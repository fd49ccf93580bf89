// What holds for every group, inventory and setting.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupConfig } from '../../../lib/core/config/config.ts';
import { POLICIES } from '../../../lib/core/config/settings.ts';
import { type CurrentGroup, membersOf, presentGroup } from '../../../lib/core/group/current.ts';
import { ownerMark, readMark } from '../../../lib/core/group/owner.ts';
import { mismatches, writeFor } from '../../../lib/core/plan/apply.ts';
import { additionsOf, type Plan, planGroup, removalsOf } from '../../../lib/core/plan/plan.ts';
import { applyPolicy, mayRemove } from '../../../lib/core/plan/policy.ts';
import * as any from './arbitraries.ts';
import { approvalOf, canonical, decideOn, OWNER, wanted } from './values.ts';

const RUNS = { numRuns: 1_000 };

/** A service that does as it is told, and compares texts as the real one does. */
function carryOut(current: CurrentGroup, change: Plan, group: GroupConfig): CurrentGroup {
  if (change.actions.length === 0) return current;
  const { definition } = writeFor(current, change, group);
  return presentGroup({ ...definition, createTime: 1, lastModifyTime: 2 }, canonical);
}

/** The same group as another read may show it: list reversed and repeated. */
function relisted(current: CurrentGroup): CurrentGroup {
  if (current.state === 'absent') return current;
  const { machineList } = current.definition;
  return presentGroup(
    { ...current.definition, machineList: [...machineList, ...machineList].reverse() },
    canonical,
  );
}

const sorted = (members: Iterable<string>) => [...members].sort();

describe('plan', () => {
  test('applying a plan gives what is wanted, and planning again gives nothing', () => {
    fc.assert(
      fc.property(any.currentGroup, any.wantedSet, any.group, (current, want, group) => {
        const plan = planGroup(current, want, group);
        fc.pre(!plan.obstacle);
        const after = carryOut(current, plan, group);
        expect(sorted(membersOf(after))).toEqual(sorted(want.members.keys()));
        expect(planGroup(after, want, group).actions).toEqual([]);
        expect(mismatches(current, plan, after)).toEqual([]);
      }),
      RUNS,
    );
  });

  test('order and duplicates do not matter, neither to the plan nor to its fingerprint', () => {
    fc.assert(
      fc.property(any.currentGroup, any.wantedSet, any.group, (current, want, group) => {
        const reversed = wanted([...want.members.keys()].reverse(), { completeness: want.completeness });
        const one = decideOn({ current, wanted: want, group });
        const other = decideOn({ current: relisted(current), wanted: reversed, group });
        expect(other.plan).toEqual(one.plan);
        expect(other.fingerprint).toBe(one.fingerprint);
      }),
      RUNS,
    );
  });

  test('additions and removals are exactly the difference, sorted and each once', () => {
    fc.assert(
      fc.property(any.currentGroup, any.wantedSet, any.group, (current, want, group) => {
        const plan = planGroup(current, want, group);
        fc.pre(!plan.obstacle);
        const have = membersOf(current);
        expect(additionsOf(plan)).toEqual(sorted(want.members.keys()).filter((member) => !have.has(member)));
        expect(removalsOf(plan)).toEqual(sorted(have).filter((member) => !want.members.has(member)));
      }),
      RUNS,
    );
  });

  test('a group that is not ours is never planned for, unless it is adopted and no other owner’s', () => {
    fc.assert(
      fc.property(any.presentGroup, any.wantedSet, any.group, (current, want, group) => {
        const mark = readMark(current.definition.groupAttribute.externalName);
        const isOurs = mark.kind === 'owner' && mark.owner === OWNER;
        const isAdopted = group.adopt && mark.kind !== 'owner';
        fc.pre(!isOurs && !isAdopted);
        const decision = decideOn({ current, wanted: want, group });
        expect(decision.plan.actions).toEqual([]);
        expect(decision.change.actions).toEqual([]);
        expect(decision.outcome).toBe(group.adopt ? 'refused' : 'left-alone');
      }),
      RUNS,
    );
  });

  test('whatever is written keeps every field that the plan does not name', () => {
    fc.assert(
      fc.property(any.presentGroup, any.wantedSet, any.group, (current, want, group) => {
        const strange = { ...current.definition, groupType: 'Armory', somethingNew: { deep: [1] } };
        const before = presentGroup(strange, canonical);
        const plan = planGroup(before, want, group);
        fc.pre(plan.actions.length > 0);
        const { definition } = writeFor(before, plan, group);
        expect(definition).toMatchObject({
          groupName: 'web',
          groupType: 'Armory',
          somethingNew: { deep: [1] },
        });
        expect(definition).not.toHaveProperty('lastModifyTime');
        expect(definition.groupAttribute).toEqual({
          groupTopic: group.topic ?? strange.groupAttribute.groupTopic,
          externalName: ownerMark(OWNER),
        });
      }),
      RUNS,
    );
  });
});

describe('decision', () => {
  test('what may go and what is withheld are the difference together, unless there is an obstacle', () => {
    fc.assert(
      fc.property(
        any.currentGroup,
        any.wantedSet,
        any.group,
        fc.boolean(),
        (current, want, group, isApproved) => {
          const missing = [...membersOf(current)].filter((member) => !want.members.has(member));
          const approvals = isApproved ? [approvalOf(missing)] : [];
          const { plan, change, withheld } = decideOn({ current, wanted: want, group, approvals });
          fc.pre(!plan.obstacle);
          const held = (types: string[]) =>
            withheld.filter(({ action }) => types.includes(action)).flatMap(({ members }) => members);
          expect(sorted([...removalsOf(change), ...held(['remove'])])).toEqual(removalsOf(plan));
          expect(sorted([...additionsOf(change), ...held(['add', 'create'])])).toEqual(additionsOf(plan));
        },
      ),
      RUNS,
    );
  });

  test('every removal is told with what is known of it, and everything else missing with what it waits for', () => {
    fc.assert(
      fc.property(any.currentGroup, any.wantedSet, any.group, (current, want, group) => {
        const { plan, change, goes, waits } = decideOn({ current, wanted: want, group });
        fc.pre(!plan.obstacle && mayRemove(group.policy));
        expect(sorted(goes.map(({ member }) => member))).toEqual(removalsOf(change));
        expect(sorted([...goes, ...waits].map(({ member }) => member))).toEqual(removalsOf(plan));
      }),
      RUNS,
    );
  });

  test('only a change has something to write, and who is refused or left alone hears why', () => {
    fc.assert(
      fc.property(any.currentGroup, any.wantedSet, any.group, (current, want, group) => {
        const { outcome, change, refusals } = decideOn({ current, wanted: want, group });
        expect(change.actions.length > 0).toBe(outcome === 'change');
        if (outcome === 'refused' || outcome === 'left-alone') expect(refusals.length).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });

  test('an incomplete reading never removes, approved or not', () => {
    fc.assert(
      fc.property(any.currentGroup, any.wantedSet, any.group, (current, want, group) => {
        fc.pre(!want.completeness.complete);
        const approvals = [approvalOf([...membersOf(current)])];
        expect(removalsOf(decideOn({ current, wanted: want, group, approvals }).change)).toEqual([]);
      }),
      RUNS,
    );
  });

  test('a run without faults ends at what is wanted, if nothing waits', () => {
    fc.assert(
      fc.property(any.currentGroup, any.wantedSet, any.group, (start, want, group) => {
        const { change, withheld, plan } = decideOn({ current: start, wanted: want, group });
        fc.pre(!plan.obstacle && withheld.length === 0);
        const end = carryOut(start, change, group);
        expect(sorted(membersOf(end))).toEqual(sorted(want.members.keys()));
      }),
      RUNS,
    );
  });
});

describe('policy', () => {
  const passed = (plan: Plan, policy: (typeof POLICIES)[number]) =>
    applyPolicy(plan, policy).plan.actions.map(({ type }) => type);

  test('upsert-only never removes, create-only never touches what exists', () => {
    fc.assert(
      fc.property(any.currentGroup, any.wantedSet, any.group, (current, want, group) => {
        const plan = planGroup(current, want, group);
        expect(passed(plan, 'upsert-only')).not.toContain('remove');
        expect(current.state === 'present' ? passed(plan, 'create-only') : []).toEqual([]);
      }),
      RUNS,
    );
  });

  test('what passes and what is withheld are the plan together', () => {
    fc.assert(
      fc.property(
        any.currentGroup,
        any.wantedSet,
        any.group,
        fc.constantFrom(...POLICIES),
        (current, want, group, policy) => {
          const plan = planGroup(current, want, group);
          const filtered = applyPolicy(plan, policy);
          const types = [
            ...filtered.plan.actions.map(({ type }) => type),
            ...filtered.withheld.map(({ action }) => action),
          ];
          expect(sorted(types)).toEqual(sorted(plan.actions.map(({ type }) => type)));
          expect(filtered.withheld.every(({ by }) => by === 'policy')).toBe(true);
        },
      ),
      RUNS,
    );
  });
});

test('the properties do meet groups of every outcome', () => {
  const seen = new Set<string>();
  for (const [current, want, group] of fc.sample(fc.tuple(any.currentGroup, any.wantedSet, any.group), {
    numRuns: 500,
    seed: 7,
  })) {
    seen.add(decideOn({ current, wanted: want, group }).outcome);
  }
  expect(sorted(seen)).toEqual(['change', 'left-alone', 'nothing', 'refused']);
});
