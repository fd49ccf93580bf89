// One life: a system from its first day on, with everything that happens to it. Days are hostile; now and then
// all trouble stops, and then the groups have to become what the inventory says within two runs.

import type { RunReport } from '../../lib/core/report.ts';
import { SyncFailed } from '../../lib/runtime/sync/event-function.ts';
import { Cloud } from './cloud.ts';
import { Dice } from './dice.ts';
import { eventOf, expectedFailures, type Occasion } from './events.ts';
import { FINE, Inventory, MOODS } from './inventory.ts';
import { Journal } from './journal.ts';
import { judgeReport } from './judge-reports.ts';
import { judgeWrite } from './judge-writes.ts';
import { Keys } from './keys.ts';
import { type End, Lambda, type Sabotage } from './lambda.ts';
import { People } from './people.ts';
import type { Approved, RunRecord, ShownPlan } from './record.ts';
import { type After, afterRun, equal, membersOf, without } from './rules.ts';
import { createScenario, OUR_MARK, type Scenario, type SimGroup, START_MS } from './scenario.ts';
import { Tally } from './tally.ts';
import { VirtualTime } from './time.ts';
import { hold, type Promised, Violation } from './violation.ts';
import { CALM, nextWeather } from './weather.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How often an event that failed is delivered again. */
const DELIVERIES = 3;

export class World {
  readonly tally = new Tally();
  readonly journal: Journal;
  readonly #dice: Dice;
  readonly #time = new VirtualTime(START_MS);
  readonly #scenario: Scenario;
  readonly #cloud: Cloud;
  readonly #keys: Keys;
  readonly #lambda: Lambda;
  readonly #people: People;
  readonly #inventories = new Map<string, readonly Inventory[]>();
  /** Broken promises; the first one ends the life. */
  readonly #broken: unknown[] = [];
  /** Groups that the latest report about them calls refused. */
  readonly #refused = new Set<string>();
  readonly #judged: readonly Promised[] | undefined;
  #quiet = false;

  constructor(seed: number, sabotage: Sabotage = {}) {
    this.#judged = sabotage.breaks;
    const dice = new Dice(seed);
    const time = this.#time;
    const { tally } = this;
    const journal = new Journal(time.now);
    this.journal = journal;
    this.#dice = dice;
    this.#scenario = createScenario(dice);
    for (const [key, group] of this.#scenario.groups) {
      const isOfAddresses = group.config.identify === 'ip';
      const deps = { now: time.now, dice, tally };
      this.#inventories.set(
        key,
        group.sources.map((members) => new Inventory(group.machines, isOfAddresses, members, deps)),
      );
    }
    this.#cloud = new Cloud(this.#scenario.stored, {
      time,
      dice,
      tally,
      journal,
      wrote: (sent) => this.#try(() => judgeWrite(sent, { scenario: this.#scenario, tally })),
      looked: (name) => this.#getInBetween(name),
    });
    const { service } = this.#cloud;
    this.#keys = new Keys({ time, dice, service, tally });
    this.#people = new People({ time, dice, tally, cloud: this.#cloud });
    this.#lambda = new Lambda({
      time,
      dice,
      tally,
      journal,
      cloud: this.#cloud,
      keys: this.#keys,
      config: this.#scenario.config,
      inventories: (key) => this.#inventories.get(key) as readonly Inventory[],
      sabotage,
    });
  }

  /** @throws Violation */
  async day(): Promise<void> {
    const dawn = this.#time.now();
    this.#quiet = false;
    this.#plan(dawn);
    await this.#passTo(dawn + DAY - 2 * HOUR);
    if (this.#dice.chance(0.6)) {
      await this.#calm().catch((error: unknown) => {
        if (!this.#isOverlooked(error)) throw error;
      });
    }
    await this.#passTo(dawn + DAY);
    this.tally.count('days');
  }

  /** What is going to happen today, and when. */
  #plan(dawn: number): void {
    const dice = this.#dice;
    const during = (times: number, what: () => void) => {
      for (let n = 0; n < times; n += 1) this.#time.at(dawn + dice.between(0, DAY - 3 * HOUR), what);
    };
    for (let at = dawn; at < dawn + DAY - 3 * HOUR; at += 3 * HOUR) {
      this.#time.at(at, () => this.#deliver({ kind: 'schedule' }));
    }
    during(dice.between(2, 5), () => this.#cloud.become(nextWeather(dice)));
    during(dice.between(1, 4), () => this.#newMoods());
    during(dice.between(1, 8), () => this.#changeInventory());
    during(dice.between(0, 3), () => this.#people.meddle(dice.pick([...this.#scenario.groups.values()])));
    during(dice.between(0, 4), () => this.#person());
    during(dice.chance(0.1) ? 1 : 0, () => this.#keys.rotate());
    during(dice.chance(0.05) ? 1 : 0, () => this.#keys.fail(dice.between(MINUTE, 3 * HOUR)));
  }

  #newMoods(): void {
    const moods = { fine: 8, flaky: 6, cut: 1, lying: 1, empty: 0.5, down: 0.5 };
    for (const inventory of [...this.#inventories.values()].flat()) {
      inventory.mood = MOODS[this.#dice.weighted(moods)] ?? FINE;
    }
  }

  /** Machines come and go, and mostly somebody says so: late, twice, in any order, or not at all. */
  #changeInventory(): void {
    const dice = this.#dice;
    const [key, inventories] = dice.pick([...this.#inventories]);
    const group = this.#scenario.groups.get(key) as SimGroup;
    const inventory = dice.pick(inventories);
    const how = dice.weighted({ grow: 8, shrink: 8, swap: 6, halve: 0.5, empty: 0.3, refill: 0.5 });
    this.tally.count(`inventory ${how}`);
    const { members } = inventory;
    const gone = (count: number) => without(members, new Set(dice.sample(members, count)));
    const more = (count: number) => dice.sample(group.machines.all, count);
    const few = dice.between(1, Math.max(2, members.size >> 3));
    const next = {
      grow: () => [...members, ...more(few)],
      shrink: () => gone(few),
      swap: () => [...gone(few), ...more(few)],
      halve: () => gone(members.size >> 1),
      empty: () => [],
      refill: () => more(dice.between(3, 30)),
    }[how]();
    inventory.become(next);
    const copies = dice.pick([0, 1, 1, 1, 2, 3]);
    const occasion: Occasion = { kind: 'inventory', key, size: dice.pick([1, 1, 2, 10]) };
    for (let copy = 0; copy < copies; copy += 1) {
      this.#time.at(this.#time.now() + dice.between(0, 30 * MINUTE), () => this.#deliver(occasion));
    }
  }

  /** Somebody asks for a sync, or looks at a plan and approves it, a little later or much too late. */
  #person(): void {
    const dice = this.#dice;
    const isRefused = this.#refused.size > 0 && dice.chance(0.7);
    const key = dice.pick([...(isRefused ? this.#refused : this.#scenario.groups.keys())]);
    if (dice.chance(0.2)) {
      this.#deliver({ kind: 'request', mode: 'apply', key: dice.chance(0.5) ? key : undefined });
      return;
    }
    this.#planned(key, (approved) => {
      if (dice.chance(0.1)) return;
      if (dice.chance(0.3)) this.#people.meddle(this.#scenario.groups.get(key) as SimGroup);
      if (dice.chance(0.2)) this.#changeInventory();
      const after = dice.pick([0, dice.between(100, 3_000), dice.between(MINUTE, HOUR)]);
      const everything = dice.chance(0.2);
      this.#time.at(this.#time.now() + after, () => {
        this.tally.count('approvals given');
        this.#deliver({ kind: 'request', mode: 'apply', key: everything ? undefined : key, approved });
      });
    });
  }

  #planned(key: string, then: (approved: Approved) => void): void {
    this.#deliver({ kind: 'request', mode: 'plan', key }, 1, (record) => {
      const told = record.report?.groups.find(({ group }) => group === key);
      if (told?.fingerprint === undefined) return;
      then({ fingerprint: told.fingerprint, plan: this.#shownPlan(key, record) });
    });
  }

  #shownPlan(key: string, record: RunRecord): ShownPlan {
    const group = this.#scenario.groups.get(key) as SimGroup;
    const { looks, readings } = record.group(key);
    const seen = looks[0]?.seen;
    const has = membersOf(seen, group);
    const wanted = readings[0]?.members ?? new Set<string>();
    return { key, seen, added: without(wanted, has), removed: without(has, wanted) };
  }

  /** Lambda gets an event; what fails or is killed comes again, like from a queue. */
  #deliver(occasion: Occasion, deliveries = DELIVERIES, then?: (record: RunRecord) => void): void {
    const dice = this.#dice;
    const isRough = !this.#quiet;
    this.tally.count(`event ${occasion.kind}`);
    const { event, mode, approved } = eventOf(occasion, this.#scenario, dice);
    const order = {
      event,
      mode,
      approved,
      budgetMs: isRough ? dice.pick([30_000, 300_000, 300_000, 900_000]) : 900_000,
      killAfter: isRough && dice.chance(0.12) ? dice.between(1, 40) : 0,
    };
    if (isRough && dice.chance(0.25)) {
      this.#time.at(this.#time.now() + dice.between(0, 1_500), () => this.#double(occasion));
    }
    this.#lambda.invoke(order, (record, end) =>
      this.#try(() => {
        const failed = this.#ended(record, end, occasion, event);
        if (failed && deliveries > 1 && !this.#quiet) {
          const again = this.#time.now() + dice.between(1_000, 10 * MINUTE);
          this.#time.at(again, () => !this.#quiet && this.#deliver(occasion, deliveries - 1, then));
        } else if (!failed) then?.(record);
      }),
    );
  }

  /** The same groups at the same time: an event delivered twice, or the schedule beside it. */
  #double(occasion: Occasion): void {
    if (this.#quiet) return;
    this.tally.count('two runs at once', this.#lambda.active > 0 ? 1 : 0);
    const { event, mode, approved } = eventOf(occasion, this.#scenario, this.#dice);
    this.#lambda.invoke({ event, mode, approved, budgetMs: 300_000 }, (record, end) =>
      this.#try(() => void this.#ended(record, end, occasion, event)),
    );
  }

  /** @returns whether the event has to come again */
  #ended(record: RunRecord, end: End, occasion: Occasion, event: unknown): boolean {
    if (end.how === 'killed') return true;
    const isOurs = end.how === 'returned' || end.error instanceof SyncFailed;
    hold(
      'runs end',
      isOurs,
      () => `run ${record.id} threw ${end.how === 'threw' ? (end.error as Error).stack : ''}`,
    );
    if (record.mode === 'plan' && end.how === 'returned') record.report = end.value as RunReport;
    const { report } = record;
    if (report === undefined) {
      // A plan that failed throws, and its report is in the log only; an event that concerns nothing runs nothing.
      const wrote = [...record.groups.values()].some(({ sent }) => sent.length > 0);
      const mayBeSilent = record.mode === 'plan' || (end.how === 'returned' && record.groups.size === 0);
      hold('the report equals what happened', mayBeSilent && !wrote, () => `run ${record.id} has no report`);
      return false;
    }
    for (const { group, status, error, withheld, refusals } of report.groups) {
      if (status === 'refused') this.#refused.add(group);
      else this.#refused.delete(group);
      this.tally.count(`group ${status}${error ? ` ${error.code}` : ''}`);
      for (const { by } of withheld) this.tally.count(`withheld ${by}`);
      for (const { code } of refusals) this.tally.count(`refusal ${code}`);
    }
    if (report.staleApproval) this.tally.count('approvals stale');
    if (report.groups.some(({ lifted, status }) => lifted.length > 0 && status === 'written')) {
      this.tally.count('approvals used');
    }
    this.journal.note(() => `run ${record.id} reports ${report.groups.map(toldOf).join('; ')}`);
    judgeReport(record, report, this.#time.now(), this.#scenario);
    const failed = report.groups.filter(({ status }) => status === 'failed').map(({ group }) => group);
    if (occasion.kind === 'inventory') {
      const value = end.how === 'returned' ? JSON.stringify(end.value) : 'an error';
      const expected = JSON.stringify(expectedFailures(event, failed, this.#scenario));
      hold(
        'the report equals what happened',
        value === expected,
        () => `run ${record.id}: ${value}, not ${expected}`,
      );
    } else {
      const threw = end.how === 'threw';
      hold(
        'the report equals what happened',
        threw === failed.length > 0,
        () => `run ${record.id} threw: ${threw}`,
      );
    }
    return failed.length > 0;
  }

  /** Between a run's look at a group and what it does next, anything may happen. */
  #getInBetween(name: string): void {
    const dice = this.#dice;
    if (this.#quiet) return;
    const soon = (chance: number, what: () => void) => {
      if (dice.chance(chance)) this.#time.at(this.#time.now() + dice.between(0, 1_200), what);
    };
    const group = [...this.#scenario.groups.values()].find(({ config }) => config.name === name);
    if (group) soon(0.1, () => this.#people.meddle(group));
    soon(0.02, () => this.#changeInventory());
    soon(0.005, () => this.#cloud.become(nextWeather(dice)));
    soon(0.003, () => this.#keys.rotate());
  }

  /** All trouble stops. Two runs, and every group is what the rules say; a third has nothing left to do. */
  async #calm(): Promise<void> {
    this.#quiet = true;
    this.#cloud.become(CALM);
    this.#keys.settle();
    for (const inventory of [...this.#inventories.values()].flat()) inventory.mood = FINE;
    await this.#passTo(this.#time.now() + 30 * MINUTE);
    hold('runs end', this.#lambda.active === 0, () => `${this.#lambda.active} runs are still at it`);
    if (this.#dice.chance(0.7)) this.#restoreMarks();
    await this.#runAsExpected('the first run');
    const second = await this.#runAsExpected('the second run');
    this.tally.count('calms');
    for (const [key, after] of second) {
      this.tally.count(`after two runs: ${after.verdict}`);
      if (after.verdict === 'refused') await this.#approve(key);
    }
    if (this.#scenario.config.onRefusal === 'stop') {
      await this.#runAsExpected('the first run that nothing stops');
      await this.#runAsExpected('the second run that nothing stops');
    }
    const before = new Map(this.#cloud.groups);
    await this.#apply();
    hold(
      'groups converge',
      [...before].every(([name, group]) => this.#cloud.groups.get(name) === group),
      () => {
        return 'a run after two good runs still writes';
      },
    );
  }

  #restoreMarks(): void {
    for (const { config } of this.#scenario.groups.values()) {
      this.#cloud.change('an operator', config.name, (is) => {
        if (is === undefined || this.#dice.chance(0.2)) return is;
        const groupAttribute = { ...is.groupAttribute, externalName: OUR_MARK };
        return { ...is, groupAttribute, machineIdentifyType: config.identify };
      });
    }
  }

  /** A run without trouble does exactly what the rules say. */
  async #runAsExpected(which: string): Promise<Map<string, After>> {
    const stops = this.#scenario.config.onRefusal === 'stop';
    const expected = new Map<string, After>();
    for (const [key, group] of this.#scenario.groups) {
      const seen = this.#cloud.groups.get(group.config.name);
      expected.set(key, afterRun(seen, this.#truth(key), group));
    }
    const isStopped = stops && [...expected.values()].some((after) => after.stops);
    const before = new Map(this.#cloud.groups);
    await this.#apply();
    for (const [key, { present, members, verdict }] of expected) {
      const group = this.#scenario.groups.get(key) as SimGroup;
      const is = this.#cloud.groups.get(group.config.name);
      if (isStopped) {
        hold(
          'groups converge',
          is === before.get(group.config.name),
          () => `${which} wrote ${key}, though stopped`,
        );
        continue;
      }
      const has = membersOf(is, group);
      hold('groups converge', present === (is !== undefined) && equal(has, members), () => {
        const missing = [...without(members, has)];
        const surplus = [...without(has, members)];
        return `after ${which} ${key} (${verdict}) misses ${missing}, has too many ${surplus}`;
      });
    }
    return expected;
  }

  /** What is beyond the limits waits for a person; with that person's word it converges as well. */
  async #approve(key: string): Promise<void> {
    const group = this.#scenario.groups.get(key) as SimGroup;
    const is = () => this.#cloud.groups.get(group.config.name);
    if (is()?.groupAttribute.externalName !== OUR_MARK || is()?.machineIdentifyType !== group.config.identify)
      return;
    const given = Promise.withResolvers<void>();
    this.#planned(key, (approved) => {
      this.#deliver({ kind: 'request', mode: 'apply', key, approved }, 1, () => given.resolve());
    });
    await this.#passTo(this.#time.now() + 5 * MINUTE);
    const truth = this.#truth(key);
    hold(
      'groups converge',
      equal(membersOf(is(), group), truth),
      () => `${key}, approved, is not its inventory`,
    );
    this.tally.count('approved in peace');
  }

  async #apply(): Promise<void> {
    this.#deliver({ kind: 'request', mode: 'apply', key: undefined }, 1);
    await this.#passTo(this.#time.now() + 5 * MINUTE);
  }

  #truth(key: string): ReadonlySet<string> {
    return new Set((this.#inventories.get(key) ?? []).flatMap(({ members }) => [...members]));
  }

  #isOverlooked(error: unknown): boolean {
    return this.#judged !== undefined && error instanceof Violation && !this.#judged.includes(error.promise);
  }

  async #passTo(until: number): Promise<void> {
    await this.#time.pass(until, () => {
      if (this.#broken.length > 0) throw this.#broken[0];
    });
  }

  #try(judge: () => void): void {
    try {
      judge();
    } catch (error) {
      if (this.#isOverlooked(error)) return;
      this.#broken.push(
        error instanceof Violation ? error : new Error('the simulation itself failed', { cause: error }),
      );
    }
  }
}

/** A group's report in a few words. */
function toldOf({
  group,
  status,
  additions,
  removals,
  error,
  refusals,
  withheld,
}: RunReport['groups'][number]) {
  const held = withheld.map(({ by, count }) => ` ${count} withheld: ${by}`);
  const why = [error?.code, ...refusals.map(({ code }) => code)].filter((code) => code !== undefined);
  return `${group} ${status} +${additions.count} -${removals.count} ${why.join(' ')}${held.join('')}`;
}
