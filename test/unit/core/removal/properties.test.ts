// Promises that hold whatever inventories, heartbeats, readings and people do.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, DEAF, Drive, HOUR, MINUTE, read, row, T0 } from './drive.ts';
import { live, rulesOverTime } from './model/life.ts';
import { Chronicle, START } from './model/world.ts';

const WORLD = Array.from({ length: 24 }, (_, index) => `m${index}`);

/** One run: how the inventory, the listing and the reading are, and how long after the last. */
const step = fc.record({
  minutes: fc.constantFrom(1, 5, 20, 65, 300, 1_500),
  /** Whether the inventory is what it was, so that members can become ripe. */
  same: fc.boolean(),
  /** Members of the world that it lacks otherwise; often a few. */
  lacks: fc.oneof(
    fc.constant<string[]>([]),
    fc.subarray(WORLD, { maxLength: 6 }),
    fc.subarray(WORLD),
    fc.constant(WORLD),
  ),
  /** Members whose machines stop before this run, and those that start again. */
  stops: fc.subarray(WORLD, { maxLength: 5 }),
  starts: fc.subarray(WORLD, { maxLength: 5 }),
  reading: fc.constantFrom('newest', 'newest', 'newest', 'newest', 'incomplete', 'older'),
  listing: fc.constantFrom('read', 'read', 'read', 'cut', 'deaf'),
  approved: fc.oneof(
    { weight: 9, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.subarray(WORLD) },
  ),
  /** What another group has: of this world anything, or only what is missing here. */
  elsewhere: fc.record({ members: fc.subarray(WORLD), apart: fc.boolean() }),
});

interface Lived {
  readonly at: number;
  readonly members: ReadonlySet<string>;
  readonly wanted: ReadonlySet<string>;
  readonly fresh: ReadonlySet<string>;
  readonly reading: string;
  readonly approved: ReadonlySet<string>;
  readonly goes: ReturnType<Drive['run']>['goes'];
}

const lives = fc
  .record({ steps: fc.array(step, { minLength: 5, maxLength: 60 }), heard: fc.boolean() })
  .map(({ steps, heard }) => {
    const drive = new Drive(WORLD);
    const beats = new Map(WORLD.map((member) => [member, T0]));
    const machines = new Map(WORLD.map((member) => [member, 1]));
    const stopped = new Set<string>();
    let missing = new Set<string>();
    const lived: Lived[] = [];
    let at = T0;
    for (const { minutes, same, lacks, stops, starts, reading, listing, approved, elsewhere } of steps) {
      at += minutes * MINUTE;
      for (const member of stops) stopped.add(member);
      for (const member of starts) {
        if (stopped.delete(member)) machines.set(member, (machines.get(member) as number) + 1);
      }
      if (!same) missing = new Set(lacks);
      for (const member of WORLD) if (!stopped.has(member)) beats.set(member, at - 30_000);
      const rows = heard
        ? WORLD.map((member) =>
            row(member, beats.get(member) as number, { 'host-id': `${member}-${machines.get(member)}` }),
          )
        : [];
      const shown = listing === 'cut' ? rows.slice(12) : rows;
      const isRead = listing !== 'deaf';
      const members = new Set(drive.members);
      const wanted = new Set(WORLD.filter((member) => !missing.has(member)));
      const { goes } = drive.run({
        at,
        wanted,
        complete: reading !== 'incomplete',
        beganAt: reading === 'older' ? drive.memory.readingAt - 1 : at,
        listing: isRead ? read(shown, at, listing === 'cut') : DEAF,
        others: [
          {
            group: 'p/other',
            members: new Set(elsewhere.members.filter((member) => !elsewhere.apart || missing.has(member))),
            leaving: new Set(),
          },
        ],
        approved,
      });
      const fresh = new Set(
        isRead ? shown.filter((m) => at / 1_000 - m.lastHeartbeatTime < 900).map(({ ip }) => ip) : [],
      );
      lived.push({ at, members, wanted, fresh, reading, approved: new Set(approved), goes });
    }
    return lived;
  });

/** An unheard group of 24 from which the inventory loses a few more every now and then, for long enough to be ripe. */
const nibbled = fc
  .array(fc.record({ hours: fc.integer({ min: 2, max: 40 }), loses: fc.integer({ min: 1, max: 5 }) }), {
    minLength: 3,
    maxLength: 10,
  })
  .map((bites) => {
    const drive = new Drive(WORLD);
    const lived: Pick<Lived, 'at' | 'members' | 'goes'>[] = [];
    let left = WORLD.length;
    let at = T0;
    for (const { hours, loses } of bites) {
      left = Math.max(1, left - loses);
      for (const minutes of [0, 30, 61]) {
        const now = at + minutes * MINUTE;
        const members = new Set(drive.members);
        const { goes } = drive.run({ at: now, wanted: WORLD.slice(0, left) });
        lived.push({ at: now, members, goes });
      }
      // What is over the limit turns out to be there after all.
      left = drive.members.size;
      at += hours * HOUR;
    }
    return lived;
  });

const always = (holds: (lived: readonly Lived[]) => void) =>
  fc.assert(fc.property(lives, holds), { numRuns: 300 });

describe('whatever happens', () => {
  test('a machine that reported within silentAfter goes only if it moved, its address is reused, or it is approved', () => {
    always((lived) => {
      for (const { fresh, approved, goes } of lived) {
        for (const { member, class: found } of goes) {
          if (!fresh.has(member)) continue;
          expect(['moved', 'reused', 'approved']).toContain(found);
          if (found === 'approved') expect(approved.has(member)).toBe(true);
        }
      }
    });
  });

  test('an incomplete or older reading removes nothing', () => {
    always((lived) => {
      for (const { reading, goes } of lived) if (reading !== 'newest') expect(goes).toEqual([]);
    });
  });

  test.each([
    ['24 hours', DAY, 0.3],
    ['7 days', 7 * DAY, 0.5],
  ])(
    'in any %s removals without proof stay within the limit of the members at its start',
    (_name, span, share) => {
      const within = (lived: readonly Pick<Lived, 'at' | 'members' | 'goes'>[]) => {
        for (const { at } of lived) {
          const inside = lived.filter((run) => run.at > at - span && run.at <= at);
          const weak = inside.flatMap(({ goes }) => goes.filter((removal) => removal.weak)).length;
          expect(weak).toBeLessThanOrEqual(Math.max(2, share * (inside[0] as Lived).members.size));
        }
      };
      always(within);
      fc.assert(fc.property(nibbled, within), { numRuns: 300 });
    },
  );

  test('who goes unapproved was lacking in three complete readings over an hour, without a break', () => {
    always((lived) => {
      lived.forEach(({ at, goes }, index) => {
        for (const { member, class: found } of goes) {
          if (found === 'approved') continue;
          const before = lived.slice(0, index + 1).filter(({ reading }) => reading === 'newest');
          expect(before.length).toBeGreaterThanOrEqual(3);
          const early = lived.slice(0, index + 1).filter((run) => at - run.at <= HOUR);
          const firstOfThree = before.at(-3) as Lived;
          for (const run of [...early, ...lived.slice(lived.indexOf(firstOfThree), index + 1)]) {
            expect(run.members.has(member) && !run.wanted.has(member)).toBe(true);
          }
        }
      });
    });
  });

  test('these lives do remove machines, of every class', () => {
    const found = new Set<string>();
    const collect = (lived: readonly Lived[]) => {
      for (const { goes } of lived) for (const removal of goes) found.add(removal.class);
    };
    fc.assert(fc.property(lives, collect), { numRuns: 300, seed: 1 });
    expect([...found].sort()).toEqual(['approved', 'moved', 'reused', 'silent', 'unheard']);
  });
});

describe('everyday life', () => {
  const event = fc.record({
    what: fc.constantFrom('grow', 'shrink', 'roll', 'spot', 'blue-green', 'thirds'),
    part: fc.double({ min: 0.05, max: 0.7, noNaN: true }),
    gap: fc.constantFrom(2, 3, 30),
  });

  test('asks nobody, removes nobody who belongs, and leaves nobody behind', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 60 }), fc.array(event, { maxLength: 8 }), (size, events) => {
        const chronicle = new Chronicle();
        let fleet = chronicle.start(size, START);
        let at = START + DAY;
        for (const { what, part, gap } of events) {
          const some = Math.max(1, Math.floor(fleet.length * part));
          if (what === 'grow') fleet.push(...chronicle.start(some, at));
          if (what === 'shrink' && fleet.length > 3) chronicle.stop(fleet.splice(0, some), at);
          if (what === 'roll') {
            fleet.push(...chronicle.start(some, at));
            chronicle.stop(fleet.splice(0, some), at + 15 * MINUTE);
          }
          if (what === 'spot' || what === 'thirds') {
            const gone = fleet.splice(0, what === 'spot' ? 1 : Math.ceil(fleet.length / 3));
            chronicle.stop(gone, at);
            fleet.push(...chronicle.start(gone.length, at + 10 * MINUTE));
          }
          if (what === 'blue-green') {
            const green = chronicle.start(fleet.length, at);
            chronicle.unlist(fleet, at + 30 * MINUTE);
            chronicle.stop(fleet, at + 24 * HOUR);
            fleet = green;
          }
          at += gap * HOUR;
        }
        const days = Math.ceil((at - START) / DAY) + 3;
        const { wrong, asked, members } = live(chronicle.world(), days, rulesOverTime());
        expect({ wrong, asked, members }).toEqual({ wrong: 0, asked: 0, members: fleet.length });
      }),
      { numRuns: 400 },
    );
  });

  test('moves between groups: the machines go from the one as moved, though they report, and nobody is asked', () => {
    fc.assert(
      fc.property(fc.subarray(WORLD, { minLength: 1, maxLength: 23 }), (moving) => {
        const leaves = new Set(moving);
        const stay = WORLD.filter((member) => !leaves.has(member));
        const drive = new Drive(WORLD);
        const others = [{ group: 'p/other', members: leaves, leaving: new Set<string>() }];
        const refused: unknown[] = [];
        const judgement = drive.runs(T0, T0 + HOUR, (at) => ({
          wanted: stay,
          others,
          listing: read(
            WORLD.map((member) => row(member, at)),
            at,
          ),
        }));
        refused.push(...judgement.refusals);
        expect(refused).toEqual([]);
        expect(judgement.goes.map(({ class: found }) => found)).toEqual(moving.map(() => 'moved'));
        expect(drive.members).toEqual(new Set(stay));
      }),
    );
  });
});
