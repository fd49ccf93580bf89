// Who is told what and when, and that a notice always fits. Numbers in brackets are the scenarios of a row of runs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GroupItem, NO_GROUP } from '../../../../lib/core/memory/group.ts';
import { NOTICE_MAX_BYTES, noticeOf } from '../../../../lib/core/report/notice.ts';
import { reportRun } from '../../../../lib/core/report/run.ts';
import { bytesOf, jsonBytesOf } from '../../../../lib/core/text/json-size.ts';
import { END_MAX, faultOfEnd } from '../../../../lib/core/time/end.ts';
import { acknowledge } from '../../../../lib/core/verdict/acknowledge.ts';
import { judgeRun } from '../../../../lib/core/verdict/judge.ts';
import { NOTE_EVERY, noteLook, unseen } from '../../../../lib/core/verdict/looked.ts';
import { type Told, verdictNotice } from '../../../../lib/core/verdict/notice.ts';
import { orphansAfter, READS_MAX, toRead } from '../../../../lib/core/verdict/orphans.ts';
import { isDue, newsOf, told } from '../../../../lib/core/verdict/telling.ts';
import { ALONE, DAY, GOOD, HOUR, itemAfter, MINUTE, NOW, PERIOD, REFUSED } from './values.ts';

describe('telling', () => {
  /** Runs a period apart, and a notice whenever one is due and the topic takes it. */
  function noticesOf(
    hours: number,
    runAt: (hour: number) => typeof GOOD,
    topicTakes = (_hour: number) => true,
  ) {
    const sent: [number, string | undefined][] = [];
    let item: GroupItem = NO_GROUP;
    for (let at = 0; at < hours * HOUR; at += PERIOD) {
      const now = NOW + at;
      item = judgeRun(item, runAt(at / HOUR), now);
      if (!isDue(item, now) || !topicTakes(at / HOUR)) continue;
      sent.push([at / MINUTE, newsOf(item, now)]);
      item = told(item, item.verdict, now);
    }
    return sent;
  }
  test('[15] a standing refusal is told once, then once a day, and when it is over', () => {
    const sent = noticesOf(60, (hour) => (hour < 50 ? REFUSED : GOOD));
    expect(sent).toEqual([
      [0, 'new'],
      [24 * 60, 'standing'],
      [48 * 60, 'standing'],
      [50 * 60 + 5, 'recovered'],
    ]);
  });
  test('what the topic did not take is told again, as new', () => {
    const sent = noticesOf(
      2,
      () => REFUSED,
      (hour) => hour >= 1,
    );
    expect(sent).toEqual([[60, 'new']]);
  });
  test('another reason is told at once', () => {
    const sent = noticesOf(2, (hour) => (hour < 1 ? REFUSED : ALONE));
    expect(sent).toEqual([
      [0, 'new'],
      [60, 'new'],
    ]);
  });
  test('a verdict that another run comes to while the notice is under way is told as well', () => {
    const refused = judgeRun(NO_GROUP, REFUSED, NOW);
    const alone = judgeRun(refused, ALONE, NOW + 1);
    const item = told(alone, refused.verdict, NOW + 2);
    expect([newsOf(item, NOW + 3), isDue(item, NOW + 3)]).toEqual(['new', true]);
    // Also where the first notice was about being well again.
    const well = itemAfter([GOOD, GOOD], told(refused, refused.verdict, NOW));
    expect(newsOf(told(judgeRun(well, ALONE, NOW + DAY), well.verdict, NOW + DAY), NOW + DAY)).toBe('new');
  });
  test('what somebody else has told meanwhile is not told again', () => {
    const refused = judgeRun(NO_GROUP, REFUSED, NOW);
    const alone = judgeRun(refused, ALONE, NOW + 1);
    const item = told(told(alone, alone.verdict, NOW + 2), refused.verdict, NOW + 3);
    expect([newsOf(item, NOW + 4), isDue(item, NOW + 4)]).toEqual(['standing', false]);
  });
  test('an acknowledged one is not told until the end, nor after another reason is one', () => {
    const refused = judgeRun(NO_GROUP, REFUSED, NOW);
    const item = told(refused, refused.verdict, NOW);
    if (!item.verdict) throw new Error('no verdict');
    const word = { who: 'me', reason: 'known', until: NOW + 3 * DAY };
    const known = acknowledge(item, item.verdict, word, NOW);
    expect([newsOf(known, NOW + 2 * DAY), isDue(known, NOW + 2 * DAY)]).toEqual([undefined, false]);
    expect([newsOf(known, word.until), isDue(known, word.until)]).toEqual(['standing', true]);
    expect(newsOf(judgeRun(known, ALONE, NOW + DAY), NOW + DAY)).toBe('new');
    expect(newsOf(itemAfter([GOOD, GOOD], known), NOW + DAY)).toBe('recovered');
  });
  test.each([
    [NOW, 'must be in the future'],
    [NOW + 1, undefined],
    [NOW + END_MAX, undefined],
    [NOW + END_MAX + 1, 'must be within 30 days'],
  ])('an acknowledgement ends within 30 days: %s', (until, says) => {
    expect(faultOfEnd(until, NOW)).toBe(says);
  });
});

describe('a notice', () => {
  const entry = (group: string, news: Told['news'], rest: Partial<Told> = {}): Told => ({
    group,
    news,
    code: 'refused day-limit',
    says: 'too many would go',
    since: NOW,
    ...rest,
  });
  test('names new ones first, then those that stand, then those that are over, each with its contact', () => {
    const entries = [
      entry('p/c', 'recovered'),
      entry('p/b', 'standing'),
      entry('p/a', 'new', { contact: '#ops' }),
    ];
    const { subject, message } = verdictNotice(entries, 'run', { where: '--stage prod' });
    expect(subject).toBe('sls-machine-groups: 1 new, 1 standing, 1 recovered');
    const places = ['p/a', 'p/b', 'p/c'].map((group) => message.indexOf(group));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(message).toContain(
      '- `p/a` (refused day-limit, since 2026-01-05T12:00:00.000Z): `too many would go`; `sls-machine-groups plan --stage prod p/a`; contact `#ops`',
    );
  });
  test('always fits, and names those that people have been told of', () => {
    const text = fc.string({ unit: 'binary', maxLength: 2_000 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 3_000 }), (says, contact, count) => {
        const news = (index: number) => (['new', 'standing', 'recovered'] as const)[index % 3] ?? 'new';
        const entries = Array.from({ length: count }, (_, index) =>
          entry(`project/group-${index}`, news(index), { says, contact }),
        );
        const endings = Array.from({ length: count % 400 }, (_, index) => ({
          freeze: { group: `project/group-${index}`, who: contact, reason: `${says}${index}`, until: NOW },
        }));
        const terms = { where: '--stage prod', endings };
        const { subject, message, named } = verdictNotice(entries, 'run', terms);
        expect(jsonBytesOf(message)).toBeLessThanOrEqual(NOTICE_MAX_BYTES);
        expect(bytesOf(subject)).toBeLessThanOrEqual(100);
        for (const group of named) expect(message).toContain(`\`${group}\``);
        if (named.size < count) expect(message).toMatch(/No room for \d+ more/);
      }),
      { numRuns: 20 },
    );
  });
  test('[15] of 10 000 new ones fits, and the rest is not taken for told', () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => entry(`project/group-${index}`, 'new'));
    const { message, named } = verdictNotice(entries, 'run', { where: '--stage prod' });
    expect(jsonBytesOf(message)).toBeLessThanOrEqual(NOTICE_MAX_BYTES);
    expect(named.size).toBeGreaterThan(500);
    expect(message).toContain(`No room for ${10_000 - named.size} more`);
  });
});

describe('[15] without a memory', () => {
  test('2 000 shared addresses make a notice that can be sent', () => {
    const warnings = Array.from(
      { length: 2_000 },
      (_, index) =>
        `10.0.${index >> 8}.${index & 255} is the address of several machines of ${'x'.repeat(150)}`,
    );
    const run = { runId: 'run', trigger: 'test', mode: 'apply', startedAt: NOW, durationMs: 1 } as const;
    const { message } = noticeOf(reportRun({ ...run, groups: [{ ...REFUSED, warnings }] }), '--stage prod');
    expect(jsonBytesOf(JSON.stringify(warnings))).toBeGreaterThan(400_000);
    expect(jsonBytesOf(message)).toBeLessThanOrEqual(NOTICE_MAX_BYTES);
  });
});

describe('[16] a group that no worker looks at', () => {
  test('needs attention two periods after its note should have been renewed', () => {
    const item = noteLook(NO_GROUP, NOW);
    expect(noteLook(item, NOW + NOTE_EVERY - 1)).toBe(item);
    expect(noteLook(item, NOW + NOTE_EVERY).lookedAt).toBe(NOW + NOTE_EVERY);
    expect(unseen(item, PERIOD, NOW + NOTE_EVERY + 2 * PERIOD - 1)).toBeUndefined();
    expect(unseen(item, PERIOD, NOW + NOTE_EVERY + 2 * PERIOD)).toMatchObject({
      is: 'attention',
      code: 'not-looked-at',
    });
  });
});

describe('[3] orphans', () => {
  const look = {
    project: 'p',
    listed: ['web', 'old', 'theirs', 'bare', 'former', 'other'],
    named: new Set(['web']),
    read: new Map([
      ['old', 'sls-machine-groups/me'],
      ['former', 'sls-machine-groups/before'],
      ['theirs', 'another system'],
      ['bare', ''],
      ['other', 'sls-machine-groups/somebody'],
    ]),
    owners: new Set(['me', 'before']),
  };
  test('are groups with our mark, or a former one, that the document does not name', () => {
    expect(orphansAfter([], look, NOW)).toEqual([
      { group: 'p/old', mark: 'sls-machine-groups/me', since: NOW },
      { group: 'p/former', mark: 'sls-machine-groups/before', since: NOW },
    ]);
  });
  test('stay with their since until they are gone, named, or another’s', () => {
    const before = orphansAfter([], look, NOW);
    const later = { ...look, listed: ['old', 'former'], named: new Set(['former']), read: new Map() };
    expect(orphansAfter(before, later, NOW + DAY)).toEqual([before[0]]);
    expect(orphansAfter(before, { ...later, read: new Map([['old', '']]) }, NOW + DAY)).toEqual([]);
  });
  test('are looked for in a hundred groups a day, and in each in its turn', () => {
    const listed = Array.from({ length: 950 }, (_, index) => `group-${index}`);
    const read = new Set<string>();
    for (let day = 0; day < 30; day += 1) {
      const today = toRead(listed, new Set(['group-7']), NOW + day * DAY);
      expect(today.length).toBe(READS_MAX);
      for (const name of today) read.add(name);
    }
    expect(read.size).toBe(949);
  });
});
