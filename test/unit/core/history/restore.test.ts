// The way back: what comes, what goes, and which addresses stay out.
import { describe, expect, test } from 'vitest';
import { leftOut, restoreFingerprint, type Speaker, wayBack } from '../../../../lib/core/history/restore.ts';

describe('the way back', () => {
  test.each([
    [['a', 'b'], ['a', 'b'], [], []],
    [['b', 'a'], ['c'], ['a', 'b'], ['c']],
    [[], ['x', 'c'], [], ['c', 'x']],
    [['a'], [], ['a'], []],
  ])('from %j then to %j now adds %j and removes %j', (then, now, additions, removals) => {
    expect(wayBack(then, new Set(now))).toEqual({ additions, removals });
  });
  test('goes without those that stay out', () => {
    expect(wayBack(['a', 'b'], new Set(), new Set(['b']))).toEqual({ additions: ['a'], removals: [] });
  });
});

describe('an address that reports in another group', () => {
  const at = Date.UTC(2026, 1, 3, 4, 5, 6, 700);
  const speaker = (host: string, unit: string, writtenAt: number): Speaker => ({
    group: 'p/db',
    writtenAt,
    machine: {
      ip: 'a',
      'machine-uniqueid': unit,
      'userdefined-id': '',
      'host-id': host,
      lastHeartbeatTime: 1,
    },
  });
  const known = { machines: [['a', 'host-1', 'unit-1']] as const };
  test.each<[string, Speaker, Parameters<typeof leftOut>[1], boolean]>([
    ['the same machine', speaker('host-1', 'unit-1', at + 9_000), known, false],
    ['one that has one of its ids', speaker('', 'unit-1', at + 9_000), known, false],
    ['another machine', speaker('host-2', 'unit-2', at - 9_000), known, true],
    ['nobody known, in a group that was written since', speaker('host-2', '', at + 9_000), {}, true],
    ['nobody known, in a group written in the second of the run', speaker('host-2', '', at - 700), {}, true],
    ['nobody known, in a group that had it before', speaker('host-2', '', at - 9_000), {}, false],
  ])('by %s', (_, one, change, isOut) => {
    const out = leftOut(['a', 'b'], change, new Map([['a', [one]]]), at);
    expect(out.map(({ member }) => member)).toEqual(isOut ? ['a'] : []);
    for (const { says } of out) expect(says).toMatch(/^machine host-2 reports under it in group p\/db, and /);
  });
});

test('a fingerprint is of one group, one run, and one way', () => {
  const way = { additions: ['a', 'b'], removals: ['c'] };
  const all = [
    restoreFingerprint('p/web', 'r', way),
    restoreFingerprint('p/db', 'r', way),
    restoreFingerprint('p/web', 'q', way),
    restoreFingerprint('p/web', 'r', { additions: ['a'], removals: ['b', 'c'] }),
    restoreFingerprint('p/web', 'r', { additions: [], removals: ['c'] }),
  ];
  expect(new Set(all).size).toBe(all.length);
  for (const one of all) expect(one).toMatch(/^[0-9a-f]{32}$/);
  expect(restoreFingerprint('p/web', 'r', { ...way, additions: ['b', 'a'] })).toBe(all[0]);
});
