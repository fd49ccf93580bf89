// Whether a decision still holds for the group as it is right before the write.
import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import { reasonNotToGoOn, reasonNotToWrite } from '../../../../lib/core/plan/recheck.ts';
import { decideOn, groupConfig, machines, marked, present, wanted } from '../values.ts';

const all = machines(12);
const input = { current: present(all), wanted: wanted(all.slice(3)) };
const full = decideOn({ ...input, group: groupConfig({ write: 'full' }) });
const delta = decideOn({ ...input, group: groupConfig({ write: 'delta' }) });
/** The same group after somebody added a machine. */
const more = present([...all, '10.9.9.9']);

test('a group that is as it was read may be written, in either way', () => {
  for (const decision of [full, delta]) expect(reasonNotToWrite(decision, present(all))).toBeUndefined();
});

test('a full update replaces everything, so nothing may have moved', () => {
  expect(reasonNotToWrite(full, more)).toMatch(/./);
});

test('a delta leaves the work of others alone', () => {
  expect(reasonNotToWrite(delta, more)).toBeUndefined();
});

test('an approval is for the group that was read, of a delta too', () => {
  const group = groupConfig({ write: 'delta' });
  const refused = decideOn({ group, current: present(all), wanted: wanted(all.slice(9)) });
  const approval = { fingerprint: refused.fingerprint ?? '', reason: 'rack B is gone' };
  const approved = decideOn({ group, current: present(all), wanted: wanted(all.slice(9)), approval });
  expect(approved.outcome).toBe('change');
  expect(reasonNotToWrite(approved, present(all))).toBeUndefined();
  expect(reasonNotToWrite(approved, more)).toMatch(/./);
  // Its own calls are under way by then: what they have made of the group is no reason, nor are the limits.
  expect(reasonNotToGoOn(approved, present(all.slice(2)))).toBeUndefined();
});

test('a group that was to be created must not be there', () => {
  for (const write of ['full', 'delta']) {
    const created = decideOn({ group: groupConfig({ write }), current: ABSENT, wanted: wanted(all) });
    expect(reasonNotToWrite(created, ABSENT)).toBeUndefined();
    expect(reasonNotToWrite(created, present([]))).toMatch(/./);
  }
});

describe('a delta stops where the group', () => {
  test('is gone', () => {
    expect(reasonNotToGoOn(delta, ABSENT)).toBe('it was deleted');
    expect(reasonNotToWrite(delta, ABSENT)).toBeDefined();
  });

  test('is no longer ours, or of its kind', () => {
    expect(reasonNotToGoOn(delta, marked(all, 'somebody else'))).toMatch(/./);
    expect(reasonNotToGoOn(delta, present(all, { machineIdentifyType: 'userdefined' }))).toMatch(/./);
  });

  test('has become so small that what is to go is too much of it', () => {
    // Three of ten may go, three of nine may not: small groups lose two at the most.
    expect(reasonNotToGoOn(delta, present(all.slice(0, 10)))).toBeUndefined();
    expect(reasonNotToGoOn(delta, present(all.slice(0, 9)))).toMatch(/3/);
  });

  test('would be left without a member', () => {
    const three = decideOn({
      group: groupConfig({ write: 'delta' }),
      current: present(all.slice(0, 4)),
      wanted: wanted(all.slice(2, 4)),
    });
    expect(reasonNotToGoOn(three, present(all.slice(0, 4)))).toBeUndefined();
    expect(reasonNotToGoOn(three, present(all.slice(0, 2)))).toMatch(/./);
  });
});

test('a group that may be empty is emptied, whatever its size has become', () => {
  const group = groupConfig({ write: 'delta', allowEmpty: true });
  const emptied = decideOn({ group, current: present(all), wanted: wanted([]) });
  expect(emptied.outcome).toBe('change');
  expect(reasonNotToGoOn(emptied, present(all.slice(0, 9)))).toBeUndefined();
});

test('what is gone already counts no more: the rest of a delta goes on', () => {
  expect(reasonNotToGoOn(delta, present(all.slice(2)))).toBeUndefined();
  expect(reasonNotToGoOn(delta, present(all.slice(3, 5)))).toBeUndefined();
});
