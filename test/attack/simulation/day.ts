// What happens in a day: events, weather, moods, machines that come and go, people who ask, approve and meddle.

import type { Delivery } from './delivery.ts';
import type { Occasion } from './events.ts';
import { FINE, MOODS } from './inventory.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import type { People } from './people.ts';
import { without } from './rules.ts';
import type { SimGroup } from './scenario.ts';
import { DAY, HOUR, MINUTE, type Setting } from './setting.ts';
import { nextWeather } from './weather.ts';

export interface DayDeps extends Setting {
  readonly delivery: Delivery;
  readonly network: Network;
  readonly keys: Keys;
  readonly people: People;
}

/** Nothing new begins so long before the next dawn. */
export const EVENING = DAY - 3 * HOUR;

export class Day {
  readonly #deps: DayDeps;

  constructor(deps: DayDeps) {
    this.#deps = deps;
  }

  /** Sets what is going to happen today, and when. */
  dawn(): void {
    const { time, dice, delivery, network, keys, people, scenario } = this.#deps;
    const dawn = time.now();
    const during = (times: number, what: () => void) => {
      for (let n = 0; n < times; n += 1) time.at(dawn + dice.between(0, EVENING), what);
    };
    for (let at = dawn; at < dawn + EVENING; at += 3 * HOUR) {
      time.at(at, () => delivery.deliver({ kind: 'schedule' }));
    }
    during(dice.between(2, 5), () => network.become(nextWeather(dice)));
    during(dice.between(1, 4), () => this.#newMoods());
    during(dice.between(1, 8), () => this.#changeInventory());
    during(dice.between(0, 3), () => people.meddle(dice.pick([...scenario.groups.values()])));
    during(dice.between(0, 4), () => this.#person());
    during(dice.chance(0.1) ? 1 : 0, () => keys.rotate());
    during(dice.chance(0.05) ? 1 : 0, () => keys.fail(dice.between(MINUTE, 3 * HOUR)));
  }

  /** Between a run's look at a group and what it does next, anything may happen. */
  getInBetween(name: string): void {
    const { time, dice, delivery, network, keys, people, scenario } = this.#deps;
    if (delivery.quiet) return;
    const soon = (chance: number, what: () => void) => {
      if (dice.chance(chance)) time.at(time.now() + dice.between(0, 1_200), what);
    };
    const group = [...scenario.groups.values()].find(({ config }) => config.name === name);
    if (group) soon(0.1, () => people.meddle(group));
    soon(0.02, () => this.#changeInventory());
    soon(0.005, () => network.become(nextWeather(dice)));
    soon(0.003, () => keys.rotate());
  }

  #newMoods(): void {
    const { dice, inventories } = this.#deps;
    const moods = { fine: 8, flaky: 6, cut: 1, lying: 1, empty: 0.5, down: 0.5 };
    for (const inventory of [...inventories.values()].flat()) {
      inventory.mood = MOODS[dice.weighted(moods)] ?? FINE;
    }
  }

  /** Machines come and go, and mostly somebody says so: late, twice, in any order, or not at all. */
  #changeInventory(): void {
    const { time, dice, tally, delivery, scenario, inventories } = this.#deps;
    const [key, sources] = dice.pick([...inventories]);
    const group = scenario.groups.get(key) as SimGroup;
    const inventory = dice.pick(sources);
    const how = dice.weighted({ grow: 8, shrink: 8, swap: 6, halve: 0.5, empty: 0.3, refill: 0.5 });
    tally.count(`inventory ${how}`);
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
    tally.count(copies === 0 ? 'events lost' : copies === 1 ? 'events late' : 'events repeated');
    const occasion: Occasion = { kind: 'inventory', key, size: dice.pick([1, 1, 2, 10]) };
    for (let copy = 0; copy < copies; copy += 1) {
      time.at(time.now() + dice.between(0, 30 * MINUTE), () => delivery.deliver(occasion));
    }
  }

  /** Somebody asks for a sync, or looks at a plan and approves it, a little later or much too late. */
  #person(): void {
    const { time, dice, tally, delivery, people, scenario } = this.#deps;
    const isRefused = delivery.refused.size > 0 && dice.chance(0.7);
    const key = dice.pick([...(isRefused ? delivery.refused : scenario.groups.keys())]);
    if (dice.chance(0.2)) {
      delivery.deliver({ kind: 'request', mode: 'apply', key: dice.chance(0.5) ? key : undefined });
      return;
    }
    delivery.plan(key, (approved) => {
      if (dice.chance(0.1)) return;
      if (dice.chance(0.3)) people.meddle(scenario.groups.get(key) as SimGroup);
      if (dice.chance(0.2)) this.#changeInventory();
      const after = dice.pick([0, dice.between(100, 3_000), dice.between(MINUTE, HOUR)]);
      const everything = dice.chance(0.2);
      time.at(time.now() + after, () => {
        tally.count('approvals given');
        delivery.deliver({ kind: 'request', mode: 'apply', key: everything ? undefined : key, approved });
      });
    });
  }
}
