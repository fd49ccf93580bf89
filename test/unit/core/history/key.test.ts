// Names of objects: their order is that of time turned round, and they answer which records may be about a group or a machine.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf, readKey } from '../../../../lib/core/history/key.ts';
import type { ChangeRecord, HistoryRecord } from '../../../../lib/core/history/record.ts';

const change = (group: string, came: readonly string[] = [], went: readonly string[] = []): ChangeRecord => ({
  group,
  outcome: 'written',
  came,
  went,
});
const record = (changes: readonly ChangeRecord[], more: Partial<HistoryRecord> = {}): HistoryRecord => ({
  version: 1,
  run: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  at: '2026-02-03T04:05:06.789Z',
  what: 'the schedule',
  changes,
  ...more,
});
const nameOf = (one: HistoryRecord) => {
  const read = readKey(keyOf(one));
  if (!read) throw new Error(`no name: ${keyOf(one)}`);
  return read;
};

test('a name says when and which run, for people too', () => {
  const key = keyOf(record([change('p/web', ['10.0.0.1'])]));
  expect(key).toMatch(
    /^runs\/\d{13}-20260203T040506Z-53dc4d37-[0-9a-f-]{27}\.[0-9a-f]{8}\.[0-9a-f]{8}\.json\.gz$/,
  );
  expect(readKey(key)).toMatchObject({
    at: Date.UTC(2026, 1, 3, 4, 5, 6, 789),
    run: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  });
});

test('later ones come first', () => {
  const times = fc.integer({ min: 0, max: 7_000_000_000_000 });
  fc.assert(
    fc.property(times, times, (one, other) => {
      const [a, b] = [one, other].map((at) => keyOf(record([], { at: new Date(at).toISOString() })));
      expect((a as string) < (b as string)).toBe(one > other);
    }),
  );
});

describe('whom a record may be about', () => {
  const groups = (count: number) => Array.from({ length: count }, (_, n) => change(`p/group-${n}`));
  const machines = (count: number) => Array.from({ length: count }, (_, n) => `10.0.0.${n}`);
  test.each([1, 5, 40])('%i groups are told apart from others', (count) => {
    const { mayBeOf } = nameOf(record(groups(count)));
    for (let n = 0; n < count; n += 1) expect(mayBeOf({ group: `p/group-${n}` })).toBe(true);
    expect(mayBeOf({ group: 'p/another' })).toBe(false);
  });
  test('of 41 the record itself has to say', () => {
    expect(nameOf(record(groups(41))).mayBeOf({ group: 'p/another' })).toBe(true);
  });
  test.each([1, 60])('%i machines are told apart from others', (count) => {
    const [came = [], went = []] = [machines(count).slice(0, 7), machines(count).slice(7)];
    const { mayBeOf } = nameOf(record([change('p/web', came, went)]));
    for (const machine of machines(count)) expect(mayBeOf({ machine })).toBe(true);
    expect(mayBeOf({ machine: '10.1.1.1' })).toBe(false);
    expect(mayBeOf({ machine: '10.0.0.0', group: 'p/another' })).toBe(false);
    // A group is no machine of its name.
    expect(mayBeOf({ machine: 'p/web' })).toBe(false);
  });
  test('of 61 the record itself has to say', () => {
    expect(nameOf(record([change('p/web', machines(61))])).mayBeOf({ machine: 'x' })).toBe(true);
  });
  test('nothing asked is all', () => expect(nameOf(record([])).mayBeOf({})).toBe(true));
});

test.each([
  ['a run of the longest name', { run: 'x'.repeat(64) }],
  ['a run that no name may hold', { run: '../../etc\u0000/passwd' }],
])('the longest name is one that S3 takes, with %s', (_, more) => {
  const names = Array.from({ length: 40 }, (__, n) => change(`p/group-${n}`));
  const members = Array.from({ length: 60 }, (__, n) => `10.0.0.${n}`);
  const key = keyOf(record([...names, change('p/group-1', members)], more));
  expect(key.length).toBeLessThanOrEqual(1_024);
  expect(key).toMatch(/^[\w./~-]+$/);
  expect(readKey(key)).toBeDefined();
});

test.each(['', 'runs/', 'runs/readme.txt', 'runs/../x.json.gz', `${keyOf(record([]))}.old`])(
  '%j is no name of ours',
  (key) => expect(readKey(key)).toBeUndefined(),
);
