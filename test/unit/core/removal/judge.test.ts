// One group over several runs. Numbers in titles are those of the faults that a row of single runs had.
import { describe, expect, test } from 'vitest';
import { judgeBreaker } from '../../../../lib/core/removal/breaker.ts';
import { heldTooLong, waitForMemory } from '../../../../lib/core/removal/judge.ts';
import { newMemory } from '../../../../lib/core/removal/memory.ts';
import { DAY, DEAF, Drive, HOUR, inShort, MINUTE, names, read, row, T0 } from './drive.ts';

const RIPE = T0 + HOUR;
const SECOND_LOOK = RIPE + 5 * MINUTE;

/** Those of `alive` report at the time; the others reported last at T0. */
const listing = (at: number, alive: Iterable<string>, silent: Iterable<string> = []) =>
  read([...[...alive].map((member) => row(member, at)), ...[...silent].map((member) => row(member, T0))], at);

describe('after an hour', () => {
  test('a machine that was silent in both looks goes', () => {
    const drive = new Drive(names(10));
    const judgement = drive.runs(T0, RIPE, (at) => ({
      wanted: names(9),
      listing: listing(at, names(9), ['m10']),
    }));
    expect(inShort(judgement)).toBe('go: 1 silent; wait: none');
  });

  test('one that went on for a while after it went missing takes another look', () => {
    const drive = new Drive(names(10));
    const run = (at: number) => ({
      wanted: names(9),
      listing: read([...names(9).map((m) => row(m, at)), row('m10', Math.min(at, T0 + 10 * MINUTE))], at),
    });
    expect(inShort(drive.runs(T0, RIPE, run))).toBe('go: none; wait: 1 unsure');
    expect(inShort(drive.run({ at: SECOND_LOOK, ...run(SECOND_LOOK) }))).toBe('go: 1 silent; wait: none');
  });

  test('an unheard machine goes within the limit', () => {
    const drive = new Drive(names(10));
    expect(inShort(drive.runs(T0, RIPE, () => ({ wanted: names(8) })))).toBe(
      'go: 2 unheard (weak); wait: none',
    );
  });

  test('90 of 100 that are silent at once go, and 91 wait', () => {
    const left = (stay: number) => {
      const drive = new Drive(names(100));
      const gone = names(100 - stay, stay + 1);
      return inShort(
        drive.runs(T0, RIPE, (at) => ({
          wanted: names(stay),
          listing: listing(at, names(stay), gone),
        })),
      );
    };
    expect(left(10)).toBe('go: 90 silent; wait: none');
    expect(left(9)).toBe('go: none; wait: 91 silent-share');
  });

  test('an address under which somebody else reports goes, and is told as reused', () => {
    const drive = new Drive(names(10));
    const judgement = drive.runs(T0, RIPE, (at) => ({
      wanted: names(9),
      listing: read(
        [
          ...names(9).map((m) => row(m, at)),
          row('m10', at, { 'host-id': at < T0 + HOUR / 2 ? 'old' : 'new' }),
        ],
        at,
      ),
    }));
    expect(inShort(judgement)).toBe('go: 1 reused; wait: none');
  });

  test('a machine that another group has now goes as moved, though it reports', () => {
    const drive = new Drive(names(10));
    const others = [{ group: 'p/other', members: new Set(['m10']), leaving: new Set<string>() }];
    const judgement = drive.runs(T0, RIPE, (at) => ({
      wanted: names(9),
      listing: listing(at, names(10)),
      others,
    }));
    expect(judgement.goes).toEqual([
      { member: 'm10', class: 'moved', weak: false, says: 'group p/other has it now' },
    ]);
  });
});

describe('the witness is asked', () => {
  test('when a member goes missing and when one is ripe, and not in between', () => {
    const drive = new Drive(names(10));
    const asked: number[] = [];
    for (let minute = 0; minute <= 70; minute += 5) {
      const at = T0 + minute * MINUTE;
      drive.run({ at, wanted: names(9), listing: listing(at, names(10)) });
      if (drive.asked) asked.push(minute);
    }
    expect(asked).toEqual([0, 60, 65, 70]);
  });
  test('not for an incomplete reading', () => {
    const drive = new Drive(names(20));
    drive.run({ at: T0, wanted: ['new'], complete: false });
    expect(drive.asked).toBe(false);
  });
});

describe('1: an inventory that fades by 30 % a run, 100 to 1', () => {
  test.each([
    ['heard: nothing goes, then or while it recovers to 71', true],
    ['unheard: nothing goes while it fades; the 29 that an hour at 71 lacks are within the limit', false],
  ])('removes no more than it may: %s', (_name, heard) => {
    const drive = new Drive(names(100));
    let left = 100;
    drive.runs(T0, T0 + 5 * HOUR, (at) => {
      const wanted = names(left);
      left = Math.max(1, Math.ceil(left * 0.7));
      return { wanted, listing: listing(at, heard ? names(100) : []) };
    });
    expect(drive.members.size).toBe(100);
    const judgement = drive.runs(T0 + 5 * HOUR + 5 * MINUTE, T0 + 7 * HOUR, (at) => {
      return { wanted: names(71), listing: listing(at, heard ? names(100) : []) };
    });
    expect(drive.members.size).toBe(heard ? 100 : 71);
    if (heard) expect(inShort(judgement)).toBe('go: none; wait: 29 alive');
  });
});

test('4: removals that an incomplete reading withholds do so whatever is approved', () => {
  const drive = new Drive(names(10));
  drive.runs(T0, RIPE, (at) => ({ wanted: names(9), listing: listing(at, names(10)) }));
  const run = { at: SECOND_LOOK, wanted: names(9), approved: ['m10'] };
  expect(inShort(drive.run({ ...run, complete: false }))).toBe('go: none; wait: 1 incomplete');
  expect(inShort(drive.run({ ...run, beganAt: T0 }))).toBe('go: none; wait: 1 older-reading');
  expect(inShort(drive.run({ ...run, at: SECOND_LOOK + MINUTE }))).toBe('go: 1 approved; wait: none');
});

test('6: what two writers remove counts together: two of ten and two more are over three', () => {
  const drive = new Drive(names(10));
  drive.runs(T0, RIPE, () => ({ wanted: names(8) }));
  expect(drive.members.size).toBe(8);
  const second = drive.runs(RIPE + MINUTE, RIPE + MINUTE + 65 * MINUTE, () => ({ wanted: names(6) }));
  expect(inShort(second)).toBe('go: none; wait: 2 limit; refused: day-limit');
});

test('7: an approval covers the members that it names, and no others', () => {
  const drive = new Drive(names(12));
  drive.runs(T0, RIPE, (at) => ({ wanted: names(1), listing: listing(at, names(12)) }));
  const judgement = drive.run({
    at: SECOND_LOOK,
    wanted: names(1),
    approved: names(9, 4),
    listing: listing(SECOND_LOOK, names(12)),
  });
  expect(inShort(judgement)).toBe('go: 9 approved; wait: 2 alive');
});

test('9: a group of 3 replaced whole gets its new machines at once, and the old ones go when they are silent', () => {
  const drive = new Drive(names(3));
  const fresh = names(3, 4);
  const first = drive.run({ at: T0, wanted: fresh, listing: listing(T0, names(3)) });
  expect(inShort(first)).toBe('go: none; wait: 3 patience');
  expect(drive.members.size).toBe(6);
  const last = drive.runs(T0 + 5 * MINUTE, RIPE, (at) => ({
    wanted: fresh,
    listing: listing(at, fresh, names(3)),
  }));
  expect(inShort(last)).toBe('go: 3 silent; wait: none');
});

describe('order in time', () => {
  test('an older reading adds, and removes nothing', () => {
    const drive = new Drive(names(10));
    drive.runs(T0, RIPE - 5 * MINUTE, () => ({ wanted: names(9) }));
    const older = drive.run({ at: RIPE + HOUR, beganAt: T0, wanted: [...names(9), 'new'] });
    expect(inShort(older)).toBe('go: none; wait: 1 older-reading');
    expect(drive.members.has('new')).toBe(true);
  });
  test('a member that was added after the reading began does not go, even if it is approved', () => {
    const drive = new Drive(names(10));
    const slow = { at: T0 + MINUTE, beganAt: T0, wanted: names(9), approved: ['m10'] };
    expect(inShort(drive.run(slow))).toBe('go: none; wait: 1 next-run');
    expect(inShort(drive.run({ ...slow, at: T0 + 3 * MINUTE, beganAt: T0 + 2 * MINUTE }))).toBe(
      'go: 1 approved; wait: none',
    );
  });
});

describe('nothing wanted', () => {
  const emptied = (allowEmpty: boolean, kind: 'silent' | 'unheard' | 'alive') => {
    const drive = new Drive(names(5));
    return inShort(
      drive.runs(T0, RIPE, (at) => ({
        wanted: [],
        allowEmpty,
        listing:
          kind === 'unheard' ? DEAF : kind === 'alive' ? listing(at, names(5)) : listing(at, [], names(5)),
      })),
    );
  };
  test.each<[string, string, string]>([
    ['unheard: refused', emptied(false, 'unheard'), 'go: none; wait: 5 empty; refused: empty'],
    ['silent, as in an outage: waits', emptied(false, 'silent'), 'go: none; wait: 5 empty'],
    ['alive: waits', emptied(false, 'alive'), 'go: none; wait: 5 alive'],
    ['allowEmpty lets silent ones go', emptied(true, 'silent'), 'go: 5 silent; wait: none'],
    ['allowEmpty does not let those go that report', emptied(true, 'alive'), 'go: none; wait: 5 alive'],
  ])('is judged: %s', (_name, found, expected) => expect(found).toBe(expected));

  test('allowEmpty lets unheard ones go after an hour, all of them', () => {
    const drive = new Drive(names(50));
    drive.runs(T0, RIPE, () => ({ wanted: [], allowEmpty: true }));
    expect(drive.members.size).toBe(0);
  });
});

test('a swap: strangers do not get in while the fleet reports, and a person is asked after half an hour', () => {
  const drive = new Drive(names(100));
  const strangers = names(100, 1_001);
  const run = (at: number) => drive.run({ at, wanted: strangers, listing: listing(at, names(100)) });
  expect(inShort(run(T0))).toBe('go: none; wait: 100 patience; additions wait');
  expect(inShort(run(T0 + 30 * MINUTE))).toBe('go: none; wait: 100 patience; refused: swap; additions wait');
  expect(drive.members.size).toBe(100);
});

test('an open breaker holds what has no proof, and not what has', () => {
  const drive = new Drive(names(10));
  const breaker = judgeBreaker('tags', [
    { members: 10, unproven: 1 },
    { members: 40, unproven: 20 },
  ]);
  const judgement = drive.runs(T0, RIPE, (at) => ({
    wanted: names(8),
    breaker,
    listing: listing(at, names(8), ['m9']),
  }));
  expect(inShort(judgement)).toBe('go: 1 silent; wait: 1 breaker; refused: breaker');
});

describe('the memory', () => {
  const gone = (age: number) => {
    const drive = new Drive(names(10), { memory: newMemory(RIPE - age) });
    return inShort(
      drive.runs(T0, RIPE, (at) => ({
        wanted: names(6),
        listing: listing(at, names(6), names(4, 7)),
      })),
    );
  };
  test('a day old: four silent of ten go', () => expect(gone(DAY)).toBe('go: 4 silent; wait: none'));
  test('younger: they count as unproven, and four of ten are over the limit', () =>
    expect(gone(DAY - 1)).toBe('go: none; wait: 4 limit; refused: day-limit'));
  test('out of reach: everything missing waits', () =>
    expect(waitForMemory(['X'], 'the table is away')).toEqual([
      { member: 'X', for: 'memory', says: 'the table is away' },
    ]));
  test('beyond 2 000 missing members the others wait, and count', () => {
    const drive = new Drive(names(4_000));
    const judgement = drive.runs(T0, RIPE, () => ({ wanted: names(1_500) }));
    expect(inShort(judgement)).toBe('go: none; wait: 500 unlisted, 2000 limit; refused: day-limit');
    expect(judgement.figures.unproven).toBe(2_500);
  });
});

test('a person is asked about what is alive when it has been held for more than a day', () => {
  const drive = new Drive(names(10));
  const held = (at: number) =>
    heldTooLong(
      drive.runs(at - 10 * MINUTE, at, (now) => ({ wanted: names(9), listing: listing(now, names(10)) })),
      at,
    );
  held(T0 + 10 * MINUTE);
  expect(held(T0 + 25 * HOUR)).toEqual([]);
  expect(held(T0 + 25 * HOUR + 15 * MINUTE)).toMatchObject([
    { member: 'm10', for: 'alive', ripeSince: T0 + HOUR },
  ]);
});

test('an id that two machines carry stays until both are silent', () => {
  const drive = new Drive(['web', 'db'], { identify: 'userdefined' });
  const rows = (at: number, last: number) =>
    read(
      [
        row('a', at, { 'userdefined-id': 'web' }),
        row('b', T0, { 'userdefined-id': 'db' }),
        row('c', last, { 'userdefined-id': 'db' }),
      ],
      at,
    );
  const one = drive.runs(T0, SECOND_LOOK, (at) => ({ wanted: ['web'], listing: rows(at, at) }));
  expect(inShort(one)).toBe('go: none; wait: 1 alive');
  const both = drive.runs(SECOND_LOOK + HOUR, SECOND_LOOK + 2 * HOUR, (at) => ({
    wanted: ['web'],
    listing: rows(at, T0 + HOUR),
  }));
  expect(drive.members).toEqual(new Set(['web']));
  expect(inShort(both)).toBe('go: none; wait: none');
});
