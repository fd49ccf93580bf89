import { describe, expect, test } from 'vitest';
import { POLICIES, type Policy } from '../../../../lib/core/config/settings.ts';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import { planGroup } from '../../../../lib/core/plan/plan.ts';
import { applyPolicy, writerFor } from '../../../../lib/core/plan/policy.ts';
import { groupConfig, marked, wanted } from '../values.ts';

/** A plan with every action that a present group can need. */
const everything = planGroup(
  marked(['10.0.0.9'], 'testgroup'),
  wanted(['10.0.0.1']),
  groupConfig({ adopt: true, topic: 'web' }),
);
const creation = planGroup(ABSENT, wanted(['10.0.0.1']), groupConfig());

describe('on a group that exists', () => {
  test.each<[Policy, string[], string[]]>([
    ['observe', ['adopt', 'topic', 'add', 'remove'], []],
    ['create-only', [], ['adopt', 'topic', 'add', 'remove']],
    ['upsert-only', ['adopt', 'topic', 'add'], ['remove']],
    ['approve-removals', ['adopt', 'topic', 'add', 'remove'], []],
    ['sync', ['adopt', 'topic', 'add', 'remove'], []],
  ])('%s lets through %j and withholds %j', (policy, passed, held) => {
    const { plan, withheld } = applyPolicy(everything, policy);
    expect(plan.actions.map(({ type }) => type)).toEqual(passed);
    expect(withheld.map(({ action }) => action)).toEqual(held);
  });
});

test.each(POLICIES)('%s lets a group be created', (policy) => {
  expect(applyPolicy(creation, policy)).toEqual({ plan: creation, withheld: [] });
});

test('what is withheld names its machines and the policy', () => {
  expect(applyPolicy(everything, 'upsert-only').withheld).toEqual([
    {
      action: 'remove',
      members: ['10.0.0.9'],
      by: 'policy',
      says: 'policy upsert-only lets only create, adopt, topic, add through',
    },
  ]);
});

test('observe differs from sync by its writer alone', () => {
  expect(applyPolicy(everything, 'observe')).toEqual(applyPolicy(everything, 'sync'));
  expect(POLICIES.map((policy) => [policy, writerFor(policy)])).toEqual([
    ['observe', 'record'],
    ['create-only', 'apply'],
    ['upsert-only', 'apply'],
    ['approve-removals', 'apply'],
    ['sync', 'apply'],
  ]);
});
