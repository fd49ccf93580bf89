// Whose word it takes to write a group, by what it is called before and after.
import { expect, test } from 'vitest';
import { isKept, obstacleOfOwner } from '../../../../lib/core/group/ownership.ts';

const PROD = 'sls-machine-groups/prod';
const TEST = 'sls-machine-groups/test';

test.each([
  // Kept by a sync, and staying with it.
  [PROD, PROD, undefined, /^it belongs to the sync of the owner "prod", which owner= has to name$/],
  [PROD, PROD, 'test', /"prod"/],
  [PROD, PROD, 'PROD', /"prod"/],
  [PROD, PROD, '', /"prod"/],
  [PROD, PROD, 'prod', undefined],
  [PROD, PROD, PROD, undefined],
  // Taken away from its sync, or deleted.
  [PROD, '', undefined, /^it belongs to .*"prod"/],
  [PROD, 'testgroup', 'testgroup', /^it belongs to .*"prod"/],
  [PROD, '', 'prod', undefined],
  // Given to a sync.
  [
    '',
    PROD,
    undefined,
    /^its externalName gives it to the sync of the owner "prod", which owner= has to name$/,
  ],
  ['testgroup', PROD, 'testgroup', /gives it to .*"prod"/],
  ['', PROD, 'prod', undefined],
  // From one to another, which are two words.
  [PROD, TEST, 'prod', /gives it to .*"test"/],
  [PROD, TEST, 'test', /belongs to .*"prod"/],
  // Plain data.
  ['', '', undefined, undefined],
  ['testgroup', 'testgroup', undefined, undefined],
  ['testgroup', '', undefined, undefined],
  ['sls-machine-groups/', 'sls-machine-groups/a b', undefined, undefined],
  ['Sls-machine-groups/prod', ' sls-machine-groups/prod', undefined, undefined],
])('from "%s" to "%s", acting for %s', (was, becomes, actsFor, expected) => {
  const says = obstacleOfOwner({ was, becomes }, actsFor);
  if (expected === undefined) expect(says).toBeUndefined();
  else expect(says).toMatch(expected);
});

test('a group is kept where a sync has it before or after', () => {
  expect(isKept({ was: PROD, becomes: '' })).toBe(true);
  expect(isKept({ was: '', becomes: PROD })).toBe(true);
  expect(isKept({ was: 'testgroup', becomes: '' })).toBe(false);
});
