// One verdict a group: what a row of runs makes of it. Numbers in brackets are the scenarios of a row of runs.
import { describe, expect, test } from 'vitest';
import {
  type GroupItem,
  groupChange,
  groupFields,
  NO_GROUP,
  readGroup,
} from '../../../../lib/core/memory/group.ts';
import type { GroupReport } from '../../../../lib/core/report/report.ts';
import { isNewAttention, judgeRun } from '../../../../lib/core/verdict/judge.ts';
import {
  ALONE,
  DAY,
  FAILED,
  GOOD,
  HOUR,
  heldSince,
  itemAfter,
  MINUTE,
  NOW,
  PARTIAL,
  PERIOD,
  REFUSED,
  report,
} from './values.ts';

const NONE = { names: [], missing: [], applied: [] };
const verdictOf = ({ verdict }: GroupItem) => [verdict?.is, verdict?.code];

describe('after one run', () => {
  const list = (count: number) => ({ count, members: ['10.0.0.1'] });
  const byPolicy = { by: 'policy', action: 'remove', says: 'not let through', ...list(2) } as const;
  const refusals = [{ code: 'day-limit', says: 'too many' }] as const;
  test.each<[string, GroupReport, string, string?]>([
    ['in sync', GOOD, 'converged'],
    ['written', report('written', { additions: list(3) }), 'converged'],
    ['refused', REFUSED, 'attention', 'refused day-limit'],
    [
      'additions written, removals refused',
      report('written', { additions: list(3), refusals }),
      'attention',
      'refused day-limit',
    ],
    ['[2] left alone: its mark was wiped', ALONE, 'attention', 'left-alone unmarked'],
    ['failed once', FAILED, 'waiting', 'failing'],
    ['[4] not read whole', PARTIAL, 'waiting', 'incomplete'],
    ['a removal that is held', heldSince(NOW - HOUR), 'waiting', 'held'],
    ['held for a day', heldSince(NOW - DAY), 'attention', 'held'],
    ['busy', report('busy'), 'waiting', 'busy'],
    [
      'observe, and there is something to do',
      report('recorded', { policy: 'observe', additions: list(9) }),
      'converged',
    ],
    ['observe, and others would refuse', { ...REFUSED, policy: 'observe' }, 'converged'],
    ['observe, and others would leave it alone', { ...ALONE, policy: 'observe' }, 'converged'],
    ['observe, and it cannot be looked at', { ...FAILED, policy: 'observe' }, 'waiting', 'failing'],
    [
      'create-only, and the group is there with other members',
      report('withheld', { policy: 'create-only', withheld: [byPolicy] }),
      'converged',
    ],
    [
      'create-only, and the group is another’s',
      { ...ALONE, policy: 'create-only' },
      'attention',
      'left-alone unmarked',
    ],
    [
      'upsert-only, and members are left over',
      report('withheld', { policy: 'upsert-only', withheld: [byPolicy] }),
      'converged',
    ],
  ])('%s', (_, run, is, code) => {
    expect(verdictOf(judgeRun(NO_GROUP, run, NOW))).toEqual([is, code]);
  });
});

describe('Logtail configs', () => {
  const look = (missing: readonly string[], rest: object = {}) =>
    report('in-sync', { bindings: { names: ['access-log'], missing, applied: [], ...rest } });
  const DENIED = look([], { says: 'denied: grant it', isDenied: true });
  test.each<[string, readonly GroupReport[], string, string?]>([
    ['one is missing', [look(['access-log'])], 'attention', 'unbound'],
    ['it stands in runs that do not look', [look(['access-log']), GOOD, GOOD, GOOD], 'attention', 'unbound'],
    ['one look that finds it is not enough', [look(['access-log']), look([])], 'attention', 'unbound'],
    ['a good run more is', [look(['access-log']), look([]), GOOD], 'converged'],
    [
      'under observe it is told as well',
      [{ ...look(['access-log']), policy: 'observe' }],
      'attention',
      'unbound',
    ],
    ['nobody may look', [DENIED], 'attention', 'bindings-denied'],
    ['nobody may look, until somebody may', [DENIED, look([]), GOOD], 'converged'],
    ['a look that failed tells nothing', [look([], { says: 'no answer in time' })], 'converged'],
    [
      'a look that failed takes nothing back',
      [look(['access-log']), look([], { says: 'no answer in time' }), GOOD, GOOD],
      'attention',
      'unbound',
    ],
    [
      'no config is named any more',
      [look(['access-log']), { ...look([]), bindings: NONE }, GOOD],
      'converged',
    ],
  ])('%s', (_, runs, is, code) => {
    expect(verdictOf(itemAfter(runs))).toEqual([is, code]);
  });
});

const many = (run: GroupReport, count: number) => Array.from({ length: count }, () => run);

describe('after a row of runs', () => {
  test.each<[string, readonly GroupReport[], number, string, string?]>([
    ['it fails for just under an hour', many(FAILED, 12), PERIOD, 'waiting', 'failing'],
    ['it fails for an hour', many(FAILED, 13), PERIOD, 'attention', 'failing'],
    ['[4] it is not read whole for just under a day', many(PARTIAL, 24), HOUR, 'waiting', 'incomplete'],
    ['[4] it is not read whole for a day', many(PARTIAL, 25), HOUR, 'attention', 'incomplete'],
    [
      '[5] a source answers every second time, for an hour',
      Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? GOOD : FAILED)),
      PERIOD,
      'waiting',
      'failing',
    ],
    [
      '[5] and for longer',
      Array.from({ length: 14 }, (_, at) => (at % 2 === 0 ? GOOD : FAILED)),
      PERIOD,
      'attention',
      'failing',
    ],
    ['refused, then one good run', [REFUSED, GOOD], PERIOD, 'attention', 'refused day-limit'],
    ['refused, then two good runs', [REFUSED, GOOD, GOOD], PERIOD, 'converged'],
    [
      'refused, good, refused, good',
      [REFUSED, GOOD, REFUSED, GOOD],
      PERIOD,
      'attention',
      'refused day-limit',
    ],
    [
      'refused, then two runs in which a removal takes its time',
      [REFUSED, heldSince(NOW), heldSince(NOW)],
      PERIOD,
      'waiting',
      'held',
    ],
    ['refused, then failing for a moment', [REFUSED, FAILED], PERIOD, 'attention', 'refused day-limit'],
    ['refused, then failing for an hour', [REFUSED, ...many(FAILED, 13)], PERIOD, 'attention', 'failing'],
    ['failed once, then two good runs', [FAILED, GOOD, GOOD], PERIOD, 'converged'],
    [
      'refused, and somebody else writes it now',
      [REFUSED, report('busy'), report('busy')],
      PERIOD,
      'attention',
      'refused day-limit',
    ],
  ])('%s', (_, runs, every, is, code) => {
    expect(verdictOf(itemAfter(runs, NO_GROUP, NOW, every))).toEqual([is, code]);
  });

  test('since stays for as long as the verdict does, and nothing is written in between', () => {
    for (const run of [GOOD, REFUSED, ALONE, heldSince(NOW - HOUR)]) {
      const first = judgeRun(NO_GROUP, run, NOW);
      const later = judgeRun(first, run, NOW + HOUR);
      expect(later.verdict?.since).toBe(NOW);
      expect(groupChange(first, later)).toBeUndefined();
    }
    const failing = itemAfter(many(FAILED, 13));
    expect(groupChange(failing, judgeRun(failing, FAILED, NOW + 2 * HOUR))).toBeUndefined();
  });

  test('attention is new when it begins and when its reason is another one, and not while it stands', () => {
    const first = judgeRun(NO_GROUP, REFUSED, NOW);
    expect(isNewAttention(NO_GROUP, first)).toBe(true);
    expect(isNewAttention(first, judgeRun(first, REFUSED, NOW + PERIOD))).toBe(false);
    const other = judgeRun(first, ALONE, NOW + PERIOD);
    expect(isNewAttention(first, other)).toBe(true);
    expect(other.verdict?.since).toBe(NOW + PERIOD);
  });

  test('an acknowledgement ends with its verdict, and says nothing of another reason', () => {
    const ack = { who: 'me', reason: 'known', at: NOW, until: NOW + DAY, code: 'refused day-limit' };
    const item = { ...judgeRun(NO_GROUP, REFUSED, NOW), ack };
    expect(judgeRun(item, REFUSED, NOW + MINUTE).ack).toEqual(ack);
    expect(judgeRun(item, ALONE, NOW + MINUTE).ack).toBeUndefined();
    expect(itemAfter([GOOD, GOOD], item).ack).toBeUndefined();
  });

  test('what a person knows of does not stand before another reason that comes beside it', () => {
    const held = heldSince(NOW - DAY);
    const ack = { who: 'me', reason: 'known', at: NOW, until: NOW + DAY, code: 'held' };
    const known = { ...judgeRun(NO_GROUP, held, NOW), ack };
    const both = { ...held, refusals: [{ code: 'day-limit', says: 'too many would go' }] } as const;
    const worse = judgeRun(known, both, NOW + MINUTE);
    expect(verdictOf(worse)).toEqual(['attention', 'refused day-limit']);
    expect(isNewAttention(known, worse)).toBe(true);
    // The word goes on for what it was about, and ends with that.
    expect(worse.ack).toEqual(ack);
    const again = judgeRun(worse, held, NOW + 2 * MINUTE);
    expect([verdictOf(again), again.ack]).toEqual([['attention', 'held'], ack]);
    expect(judgeRun(worse, REFUSED, NOW + 2 * MINUTE)).toMatchObject({ verdict: worse.verdict });
  });
});

describe('what is said', () => {
  const failed = (code: string, message: string) => report('failed', { error: { code, message } });
  test('is of the last failure, not of the first', () => {
    const denied = failed('forbidden', 'HTTP 403, request 1b4e28ba-2fa1-41d2');
    const item = itemAfter([...many(denied, 13), FAILED]);
    expect(item.verdict).toMatchObject({
      ...{ is: 'attention', code: 'failing', since: NOW + HOUR },
      says: 'runs fail, the last with timeout: no answer in time',
    });
  });
  test('is not written anew for what differs from run to run', () => {
    const at = (id: string) => failed('timeout', `no answer after ${id.length} s, request ${id}`);
    const item = itemAfter([at('1b4e28ba-2fa1-41d2'), at('1b4e28ba-2fa1-41d2')]);
    expect(groupChange(item, judgeRun(item, at('00000000-1111-2222-3'), NOW + HOUR / 2))).toBeUndefined();
  });
  test('is of the last refusal', () => {
    const worse = report('refused', { refusals: [{ code: 'day-limit', says: '20 would go' }] });
    const item = itemAfter([REFUSED, worse]);
    expect(item.verdict).toMatchObject({ code: 'refused day-limit', says: '20 would go', since: NOW });
  });
  test.each([
    ['made for the first time', [], 'Logtail configs are not applied to it: access-log'],
    ['made anew', [report('written', { changes: ['create'] })], 'the group was made anew, and Logtail'],
  ])('of configs that are missing where the group is %s', (_, before, words) => {
    const bindings = { names: ['access-log'], missing: ['access-log'], applied: [], isMade: true };
    const made = report('written', { changes: ['create'], bindings });
    expect(itemAfter([...before, made]).verdict?.says).toMatch(new RegExp(`^${words}`));
  });
});

describe('[2] a mark that another deployment replaces', () => {
  const OURS = 'sls-machine-groups/test';
  const THEIRS = 'sls-machine-groups/former';
  const taken = report('written', { changes: ['adopt'], foundMark: THEIRS });

  test('taking over a former owner’s group once is no fight', () => {
    const item = judgeRun(NO_GROUP, taken, NOW);
    expect(item.mark).toEqual({ is: OURS, at: NOW });
    expect(verdictOf(item)).toEqual(['converged', undefined]);
  });
  test('taking it over again, after ours was replaced, needs attention for a day', () => {
    const once = judgeRun(NO_GROUP, taken, NOW);
    const twice = judgeRun(once, taken, NOW + HOUR);
    const replaced = { by: THEIRS, at: NOW + HOUR, isBack: true };
    expect(twice.mark).toEqual({ is: OURS, at: NOW + HOUR, replaced });
    expect(verdictOf(twice)).toEqual(['attention', 'contested']);
    expect(twice.verdict?.says).toContain(THEIRS);
    expect(verdictOf(itemAfter([GOOD, GOOD, GOOD], twice, NOW + HOUR))).toEqual(['attention', 'contested']);
    expect(verdictOf(itemAfter([GOOD, GOOD], twice, NOW + HOUR + DAY))).toEqual(['converged', undefined]);
  });
  test('a mark that we put ourselves under another name is no other deployment’s', () => {
    const renamed = judgeRun(
      { mark: { is: THEIRS, at: NOW - DAY }, removed: new Map() },
      report('written', { changes: ['adopt'], foundMark: THEIRS }),
      NOW,
    );
    expect(renamed.mark).toEqual({ is: OURS, at: NOW });
    expect(verdictOf(renamed)).toEqual(['converged', undefined]);
  });
  test('by whom it was replaced is kept while the group is left alone', () => {
    const item = judgeRun(NO_GROUP, taken, NOW);
    const alone = judgeRun(item, { ...ALONE, foundMark: 'another system' }, NOW + HOUR);
    expect(alone.mark?.replaced).toEqual({ by: 'another system', at: NOW + HOUR });
    expect(judgeRun(alone, { ...ALONE, foundMark: 'another system' }, NOW + DAY).mark).toEqual(alone.mark);
    expect(verdictOf(alone)).toEqual(['attention', 'left-alone unmarked']);
  });

  const start = judgeRun(NO_GROUP, report('written', { changes: ['create'] }), NOW);
  const adopted = report('written', { changes: ['adopt'], foundMark: '' });
  test.each<[string, readonly GroupReport[], number, string, string?]>([
    ['wiped once, and put back by a person', [ALONE, GOOD, GOOD], PERIOD, 'converged'],
    ['wiped once, and put back by adopt: true', [ALONE, adopted, GOOD, GOOD], PERIOD, 'converged'],
    ['wiped once under adopt: true', [adopted], PERIOD, 'converged'],
    ['wiped twice within the day', [ALONE, GOOD, ALONE, GOOD], HOUR, 'attention', 'contested'],
    ['wiped twice under adopt: true', [adopted, GOOD, adopted], HOUR, 'attention', 'contested'],
    ['wiped twice, a day apart', [adopted, GOOD, adopted], DAY / 2, 'converged'],
    ['it stays wiped for runs', [ALONE, ALONE, ALONE, GOOD, GOOD], HOUR, 'converged'],
    [
      'replaced by another’s, which a person wiped',
      [{ ...ALONE, foundMark: THEIRS }, adopted],
      HOUR,
      'attention',
      'contested',
    ],
    [
      'observe, and another mark stands there',
      [report('recorded', { policy: 'observe', changes: ['adopt'], change: 'recorded', foundMark: THEIRS })],
      HOUR,
      'converged',
    ],
  ])('%s', (_, runs, every, is, code) => {
    expect(verdictOf(itemAfter(runs, start, NOW + every, every))).toEqual([is, code]);
  });
  test('a mark that is back is written to the memory once', () => {
    const back = itemAfter([ALONE, GOOD, GOOD], start);
    expect(groupChange(back, judgeRun(back, GOOD, NOW + HOUR))).toBeUndefined();
    expect(readGroup(groupFields(back))).toMatchObject({ item: { mark: back.mark } });
  });
});
