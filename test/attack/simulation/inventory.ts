// An inventory: what machines there truly are, and what a reading makes of that. A reading may be right, late,
// slow, forbidden, broken, cut, or a lie: a list that says of itself that it is whole and is not.

import type { ReadProblem } from '../../../lib/core/reading/read-error.ts';
import type { FoundMachine, Snapshot } from '../../../lib/core/reading/snapshot.ts';
import { type Source, SourceError } from '../../../lib/inventory/source.ts';
import type { Dice } from './dice.ts';
import { DENIED_MEMBERS, type Machines, UNCLEAR } from './machines.ts';
import { without } from './rules.ts';
import type { Tally } from './tally.ts';

/** How one reading goes. */
export type Manner =
  | 'true'
  | 'late'
  | 'slow'
  | 'lost-page'
  | 'unclear'
  | 'lies-empty'
  | 'lies-short'
  | 'forbidden'
  | 'status'
  | 'garbage'
  | 'unreachable';

const TROUBLE: Readonly<Record<string, ReadProblem>> = {
  forbidden: 'forbidden',
  status: 'status',
  garbage: 'malformed',
  unreachable: 'unreachable',
};

/** The next reading draws from these. */
export type Mood = Readonly<Partial<Record<Manner, number>>>;

export const FINE: Mood = { true: 1 };

export const MOODS: Readonly<Record<string, Mood>> = {
  fine: { true: 20, late: 1, slow: 2 },
  flaky: {
    true: 8,
    late: 2,
    slow: 2,
    'lost-page': 3,
    unclear: 1,
    'lies-empty': 2,
    'lies-short': 4,
    forbidden: 1,
    status: 1,
    garbage: 1,
    unreachable: 1,
  },
  cut: { 'lost-page': 1 },
  lying: { 'lies-empty': 1, 'lies-short': 2, true: 1 },
  empty: { 'lies-empty': 1 },
  down: { forbidden: 1, status: 1, garbage: 1, unreachable: 1 },
};

/** What a reading says, apart from how it is spelt. */
export interface Said {
  /** Canonical members. */
  readonly members: ReadonlySet<string>;
  readonly complete: boolean;
}

/** Every manner there is. */
export const MANNERS: readonly string[] = [
  ...new Set(Object.values(MOODS).flatMap((mood) => Object.keys(mood))),
];

export interface InventoryDeps {
  readonly now: () => number;
  readonly dice: Dice;
  readonly tally: Tally;
}

/** A reading from which all groups of a run select. Some of their filters may fail where it does not. */
export interface SharedReading {
  readonly takenAt: number;
  /** When it is over, by the clock of the world; what happens after that it does not show. */
  readonly over: Promise<number>;
}

/** The run that reads. */
export interface Reader {
  /** None where each group reads by itself. */
  readonly shared?: SharedReading | undefined;
  /** Lets time pass for the run; never resolves once the run was killed. */
  readonly wait: (ms: number) => Promise<void>;
  /** Its clock. */
  readonly now: () => number;
}

/** What there is in any of them. */
export function membersIn(inventories: Iterable<readonly Inventory[]>): Set<string> {
  return new Set([...inventories].flat().flatMap(({ members }) => [...members]));
}

export class Inventory {
  readonly machines: Machines;
  readonly isOfAddresses: boolean;
  mood: Mood = FINE;
  /** Canonical members that there are now, and what there was before. */
  #truths: { readonly since: number; readonly members: ReadonlySet<string> }[];
  readonly #deps: InventoryDeps;

  constructor(machines: Machines, isOfAddresses: boolean, members: readonly string[], deps: InventoryDeps) {
    this.machines = machines;
    this.isOfAddresses = isOfAddresses;
    this.#truths = [{ since: deps.now(), members: new Set(members) }];
    this.#deps = deps;
  }

  get members(): ReadonlySet<string> {
    return (this.#truths[0] as { members: ReadonlySet<string> }).members;
  }

  /** Machines leave it for another one. */
  move(moved: readonly string[], to: Inventory): void {
    this.become(without(this.members, new Set(moved)));
    to.become([...to.members, ...moved]);
  }

  become(members: Iterable<string>): void {
    this.#truths = [{ since: this.#deps.now(), members: new Set(members) }, ...this.#truths.slice(0, 4)];
  }

  /**
   * The source as one run opens it.
   * @param heard told what a reading said when it is over, undefined if it failed
   */
  open(label: string, reader: Reader, heard: (said: Said | undefined) => void): Source {
    return { label, snapshot: () => this.#read(label, reader, heard) };
  }

  async #read(
    label: string,
    { wait, now, shared }: Reader,
    heard: (said: Said | undefined) => void,
  ): Promise<Snapshot> {
    const { dice, tally } = this.#deps;
    const manner = shared ? this.#selected() : dice.weighted(this.mood as Record<Manner, number>);
    const takenAt = shared ? shared.takenAt : now();
    if (shared === undefined)
      await wait(manner === 'slow' ? dice.between(2_000, 60_000) : dice.between(5, 400));
    const readAt = await shared?.over;
    tally.count(`inventory ${shared ? 'shared, ' : ''}${manner}`);
    const problem = TROUBLE[manner];
    if (problem !== undefined) {
      heard(undefined);
      throw new SourceError(
        problem,
        label,
        `simulated: ${manner}`,
        manner === 'forbidden' ? { status: 403 } : {},
      );
    }
    const members = readAt === undefined ? this.#shown(manner) : this.#membersAt(readAt);
    const complete = manner !== 'lost-page' && manner !== 'unclear';
    heard({ members, complete });
    return {
      source: label,
      takenAt,
      machines: this.#found(label, members, manner === 'unclear'),
      skipped: [],
      completeness:
        manner === 'lost-page'
          ? { complete: false, reasons: ['page 2 is missing'] }
          : { complete: true, proof: '1 page' },
      ...(shared && { readings: ['shared'] }),
    };
  }

  /** How a filter on a shared reading goes: its group may fail, or be in doubt, by itself. */
  #selected(): Manner {
    const { dice } = this.#deps;
    if (this.mood === FINE || dice.chance(0.7)) return 'true';
    return dice.pick(['status', 'unclear']);
  }

  #membersAt(time: number): ReadonlySet<string> {
    return (this.#truths.find(({ since }) => since <= time) ?? this.#truths.at(-1) ?? { members: new Set() })
      .members;
  }

  #shown(manner: Manner): ReadonlySet<string> {
    const { dice } = this.#deps;
    switch (manner) {
      case 'late':
        return dice.pick(this.#truths).members;
      case 'lies-empty':
        return new Set();
      case 'lies-short':
      case 'lost-page':
        return new Set(dice.sample(this.members, dice.between(0, this.members.size)));
      default:
        return this.members;
    }
  }

  /** Members in any order and spelling, some twice, beside machines that the configuration keeps out. */
  #found(label: string, members: ReadonlySet<string>, unclear: boolean): FoundMachine[] {
    const { dice } = this.#deps;
    const texts = [...members].map((member) =>
      dice.chance(0.1) ? this.machines.spell(member, dice) : member,
    );
    if (texts.length > 0 && dice.chance(0.3)) texts.push(dice.pick(texts));
    if (this.isOfAddresses && dice.chance(0.2)) texts.push(dice.pick(DENIED_MEMBERS));
    if (unclear) texts.push(this.isOfAddresses ? dice.pick(UNCLEAR) : ' ');
    const found = texts.map((value) => ({
      value,
      origin: { source: label, id: `id of ${this.machines.meant(value)}` },
    }));
    return dice.chance(0.5) ? found : found.reverse();
  }
}
