// Figures over all groups: one in which a removal waits is not as it should be.
import { expect, test } from 'vitest';
import { NO_GROUP } from '../../../../lib/core/memory/group.ts';
import { newMemory } from '../../../../lib/core/removal/memory.ts';
import { standingOf } from '../../../../lib/core/verdict/members.ts';
import { DAY, NOW } from './values.ts';

test('a group in which a removal waits counts as one that waits, by the policy that it has', () => {
  const missing = new Map([['10.0.0.1', { since: NOW, readings: 1 }]]);
  const removal = { ...newMemory(NOW - DAY), missing };
  const item = { ...NO_GROUP, verdict: { is: 'converged', since: NOW }, removal } as const;
  const groups = [
    { item, policy: 'sync' },
    { item, policy: 'approve-removals' },
    { item, policy: 'observe' },
    { item, policy: 'upsert-only' },
    { item: { ...item, removal: newMemory(NOW) }, policy: 'sync' },
    { item },
    { item: NO_GROUP, policy: 'sync' },
  ] as const;
  expect(standingOf(groups, NOW)).toMatchObject({ Attention: 0, Waiting: 2, Converged: 4 });
});
