import { describe, expect, test } from 'vitest';
import { foldOwner, OWNER_ID, ownerMark, readMark } from '../../../../lib/core/group/owner.ts';

describe('readMark', () => {
  test.each(['a', 'prod-eu', 'prod.eu_2', 'x'.repeat(64)])('reads back the mark of %s', (owner) => {
    expect(OWNER_ID.pattern.test(owner)).toBe(true);
    expect(readMark(ownerMark(owner))).toEqual({ kind: 'owner', owner });
  });

  test('takes an empty name for no mark', () => {
    expect(readMark('')).toEqual({ kind: 'none' });
  });

  test.each([
    'testgroup',
    'sls-machine-groups/',
    'sls-machine-groups/Prod',
    'sls-machine-groups/a/b',
    'sls-machine-groups/a ',
    ' sls-machine-groups/a',
    'SLS-machine-groups/a',
    'sls-machine-groups/-a',
    `sls-machine-groups/${'x'.repeat(65)}`,
    'sls-machine-groups/a\n',
  ])('takes %j for the mark of another system', (externalName) => {
    expect(readMark(externalName)).toEqual({ kind: 'foreign' });
  });
});

test('owners that differ by separators only fold to one', () => {
  expect(foldOwner('prod_eu')).toBe(foldOwner('prod.eu'));
  expect(foldOwner('prod-eu')).not.toBe(foldOwner('prodeu'));
});
