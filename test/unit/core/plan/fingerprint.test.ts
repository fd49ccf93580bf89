import { expect, test } from 'vitest';
import { FINGERPRINT, removalsFingerprint } from '../../../../lib/core/plan/fingerprint.ts';
import { machines } from '../values.ts';

const GROUP = 'ali-test-project/web';
const base = removalsFingerprint(GROUP, ['10.0.0.1', '10.0.0.2']);

test('is 32 hexadecimal digits, the same each time and in any order', () => {
  expect(base).toMatch(FINGERPRINT);
  expect(removalsFingerprint(GROUP, ['10.0.0.2', '10.0.0.1'])).toBe(base);
});

test.each([
  ['one fewer', GROUP, ['10.0.0.1']],
  ['one more', GROUP, ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
  ['another one', GROUP, ['10.0.0.1', '10.0.0.3']],
  ['another group', 'ali-test-project/db', ['10.0.0.1', '10.0.0.2']],
  ['two in one name', GROUP, ['10.0.0.1","10.0.0.2']],
])('changes with %s', (_, group, removals) => {
  expect(removalsFingerprint(group, removals)).not.toBe(base);
});

test('takes as many as there are', () => {
  expect(removalsFingerprint(GROUP, machines(100_000))).toMatch(FINGERPRINT);
});
