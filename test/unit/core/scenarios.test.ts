// Scenarios of a row of runs that once went wrong. Numbers in brackets are theirs; test/deployment/scenarios.test.ts lists all.
import { expect, test } from 'vitest';
import { membersAfter } from '../../../lib/core/plan/apply.ts';
import type { Decision } from '../../../lib/core/plan/decide.ts';
import { additionsOf, removalsOf } from '../../../lib/core/plan/plan.ts';
import type { Listing } from '../../../lib/core/removal/listing.ts';
import { newMemory, type RemovalMemory, withWrite } from '../../../lib/core/removal/memory.ts';
import { DAY, HOUR, MINUTE, read, row } from './removal/drive.ts';
import {
  DEAF,
  decideOn,
  groupConfig,
  knownGroup,
  machines,
  NOW,
  PARTIAL,
  present,
  wanted,
} from './values.ts';

/** A group from run to run, each carried out. */
class Runs {
  now = NOW;
  members: readonly string[];
  memory: RemovalMemory = newMemory(NOW - 30 * DAY);
  readonly listing: (runs: Runs) => Listing;
  constructor(members: readonly string[], listing: (runs: Runs) => Listing = () => DEAF) {
    this.members = members;
    this.listing = listing;
  }
  run(list: readonly string[], rest: Parameters<typeof wanted>[1] = {}): Decision {
    const decision = decideOn({
      group: groupConfig(),
      current: present(this.members),
      wanted: wanted(list, { takenAt: this.now, ...rest }),
      known: knownGroup(this.memory),
      listing: this.listing(this),
      now: this.now,
    });
    const { change, goes, memory = this.memory } = decision;
    const removed = removalsOf(change);
    const weak = goes.filter((removal) => removal.weak).length;
    this.memory = withWrite(memory, { added: additionsOf(change).length, removed, weak }, this.now);
    this.members = [...membersAfter(present(this.members), change)];
    this.now += 5 * MINUTE;
    return decision;
  }
}

const hundred = machines(100);
const allReport = ({ members, now }: Runs): Listing =>
  read(
    members.map((member) => row(member, now)),
    now,
  );

test('[1] an inventory that fades by 30 % a run, and recovers, removes not one machine that reports', () => {
  const runs = new Runs(hundred, allReport);
  for (let size = 100; size >= 1; size = Math.floor(size * 0.7)) {
    for (let hour = 0; hour < 24; hour += 1) runs.run(hundred.slice(0, size));
  }
  runs.run(hundred.slice(0, 71));
  runs.run(hundred);
  expect(runs.members).toHaveLength(100);
});

test('[1] heard by nobody, it removes no more than the limit of a week, and a person is asked', () => {
  const runs = new Runs(hundred);
  let asked = 0;
  for (let size = 100; size >= 1; size = Math.floor(size * 0.7)) {
    for (let run = 0; run < 24; run += 1) {
      asked += runs.run(hundred.slice(0, size)).refusals.length;
    }
  }
  expect(runs.members.length).toBeGreaterThanOrEqual(70);
  expect(asked).toBeGreaterThan(0);
});

test('[4] one record without an address lets removals wait, and says so in every run', () => {
  const runs = new Runs(hundred);
  for (let run = 0; run < 30; run += 1) {
    const { withheld } = runs.run(hundred.slice(1), { completeness: PARTIAL });
    expect(withheld).toMatchObject([{ by: 'incomplete', members: hundred.slice(0, 1) }]);
  }
});

test('[9] a group of three that is replaced whole gets its new members at once, and loses the old in time', () => {
  const old = machines(3);
  const fresh = machines(3, 50);
  const runs = new Runs(old, ({ members, now }) =>
    read(
      members.map((member) => row(member, old.includes(member) ? NOW - HOUR : now)),
      now,
    ),
  );
  expect(additionsOf(runs.run(fresh).change)).toEqual(fresh);
  for (let at = 0; at < 2 * HOUR; at += 5 * MINUTE) expect(runs.run(fresh).refusals).toEqual([]);
  expect([...runs.members].sort()).toEqual([...fresh].sort());
});

test('[13] an event that comes before the inventory shows it is made up for by later looks', () => {
  const runs = new Runs(hundred, ({ members, now }) =>
    read(
      members.map((member) => row(member, member === hundred[0] ? NOW : now)),
      now,
    ),
  );
  expect(runs.run(hundred).outcome).toBe('nothing');
  for (let at = 0; at < 2 * HOUR; at += 5 * MINUTE) runs.run(hundred.slice(1));
  expect(runs.members).toEqual(hundred.slice(1));
});

test('an older reading that comes late adds, and removes nothing', () => {
  const runs = new Runs(hundred);
  for (let at = 0; at < 2 * HOUR; at += 5 * MINUTE) runs.run(hundred.slice(1).concat('10.9.9.8'));
  const late = runs.run([...hundred.slice(2), '10.9.9.9'], { takenAt: NOW });
  expect(removalsOf(late.change)).toEqual([]);
  expect(additionsOf(late.change)).toEqual(['10.9.9.9']);
});
