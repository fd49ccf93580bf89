// When Logtail configs are looked for, and when they may be applied.
import { describe, expect, test } from 'vitest';
import type { KeptBindings } from '../../../../lib/core/memory/group.ts';
import {
  BINDINGS_EVERY,
  keptBindings,
  looksAtBindings,
  mayApply,
} from '../../../../lib/core/plan/bindings.ts';
import { groupConfig, NOW } from '../values.ts';

const NAMES = ['access-log', 'error-log'];
const group = groupConfig({ configs: NAMES });
const kept = (changes: Partial<KeptBindings> = {}): KeptBindings => ({
  ...keptBindings(NAMES, { missing: [] }, NOW),
  ...changes,
});

describe('a look', () => {
  test.each<[string, KeptBindings | undefined, boolean, number, boolean]>([
    ['nobody has looked yet', undefined, false, 0, true],
    ['all are applied, a moment ago', kept(), false, 0, false],
    ['all are applied, nearly an hour ago', kept(), false, BINDINGS_EVERY - 1, false],
    ['all are applied, an hour ago', kept(), false, BINDINGS_EVERY, true],
    ['a clock that was set back does not stop it for ever', kept(), false, -BINDINGS_EVERY, true],
    ['one is missing', kept({ missing: ['error-log'] }), false, 0, true],
    ['other names were looked for', keptBindings(['access-log'], { missing: [] }, NOW), false, 0, true],
    [
      'the same names in another order',
      keptBindings(NAMES.toReversed(), { missing: [] }, NOW),
      false,
      0,
      false,
    ],
    ['the group was just made', kept(), true, 0, true],
  ])('%s', (_, before, isMade, later, expected) => {
    expect(looksAtBindings(group, before, isMade, NOW + later)).toBe(expected);
  });

  test('is never made for a group that names none', () => {
    expect(looksAtBindings(groupConfig(), undefined, true, NOW)).toBe(false);
  });
});

test.each<[string, string, boolean, boolean]>([
  ['watch', 'sync', true, false],
  ['keep', 'observe', true, false],
  ['keep', 'create-only', true, true],
  ['keep', 'create-only', false, false],
  ['keep', 'upsert-only', false, true],
  ['keep', 'approve-removals', false, true],
  ['keep', 'sync', false, true],
])('%s under %s, made by this run: %s', (configsMode, policy, isMade, expected) => {
  expect(mayApply(groupConfig({ configs: NAMES, configsMode, policy }), isMade)).toBe(expected);
});
