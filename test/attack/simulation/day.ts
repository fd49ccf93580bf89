// What happens in a day: events, weather, moods, machines that come and go, people who ask, approve and meddle.

import type { Api } from './api.ts';
import type { Cloud } from './cloud.ts';
import type { Delivery } from './delivery.ts';
import { nextEars } from './ears.ts';
import type { Occasion } from './events.ts';
import { everydayLife } from './everyday.ts';
import type { Freezers } from './freezers.ts';
import { FINE, type Inventory, MOODS } from './inventory.ts';
import type { Keys } from './keys.ts';
import type { Network } from './network.ts';
import type { People } from './people.ts';
import { without } from './rules.ts';
import { PERIOD } from './runtime.ts';
import { othersLike, type SimGroup } from './scenario.ts';
import type { Setting } from './setting.ts';
import { DAY, HOUR, MINUTE } from './spans.ts';
import { nextWeather } from './weather.ts';

export interface DayDeps extends Setting {
  readonly delivery: Delivery;
  readonly network: Network;
  readonly keys: Keys;
  readonly people: People;
  readonly api: Api;
  readonly freezers: Freezers;
  readonly cloud: () => Cloud;
}

/** Nothing new begins so long before the next dawn. */
export const EVENING = DAY - 7 * HOUR;

export class Day {
  readonly #deps: DayDeps;

  constructor(deps: DayDeps) {
    this.#deps = deps;
  }

  /** Sets what is going to happen today, and when. */
  dawn(): void {
    const { time, dice, delivery, network, keys, people, scenario, memory, api } = this.#deps;
    const dawn = time.now();
    const during = (times: number, what: () => void) => {
      for (let n = 0; n < times; n += 1) time.at(dawn + dice.between(0, EVENING), what);
    };
    for (let at = dawn; at < dawn + EVENING; at += PERIOD) {
      time.at(at, () => delivery.deliver({ kind: 'schedule' }));
    }
    if (scenario.isPeaceful) {
      everydayLife(this.#deps, dawn);
      return;
    }
    during(dice.between(2, 5), () => network.become(nextWeather(dice)));
    during(dice.between(1, 4), () => this.#newMoods());
    during(dice.between(0, 2), () => this.#newEars());
    during(dice.between(0, 2), () => this.#newMemory());
    memory.backUp();
    during(dice.chance(0.03) ? 1 : 0, () => memory.forget());
    during(dice.chance(0.06) ? 1 : 0, () => memory.restore());
    during(dice.between(0, 3), () => this.#agents());
    during(dice.between(0, 2), () => api.change(dice.pick([...scenario.groups.values()])));
    during(dice.between(1, 8), () => this.#changeInventory());
    during(dice.between(0, 3), () => people.meddle(dice.pick([...scenario.groups.values()])));
    during(dice.between(0, 4), () => this.#person());
    during(dice.chance(0.1) ? 1 : 0, () => keys.rotate());
    during(dice.chance(0.05) ? 1 : 0, () => keys.fail(dice.between(MINUTE, 3 * HOUR)));
    this.#deps.freezers.dawn(dawn + EVENING);
  }

  /** Between a run's look at a group and what it does next, anything may happen. */
  getInBetween(name: string): void {
    const { time, dice, delivery, network, keys, people, scenario, api } = this.#deps;
    if (delivery.quiet || scenario.isPeaceful) return;
    const soon = (chance: number, what: () => void) => {
      if (dice.chance(chance)) time.at(time.now() + dice.between(0, 1_200), what);
    };
    const group = [...scenario.groups.values()].find(({ config }) => config.name === name);
    if (group) soon(0.07, () => people.meddle(group));
    if (group) soon(0.04, () => api.change(group));
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

  #newEars(): void {
    const { dice, cloud, time } = this.#deps;
    cloud().ears = nextEars(dice, time.now());
  }

  #newMemory(): void {
    const { dice, memory, tally } = this.#deps;
    memory.mood = dice.weighted({ fine: 6, flaky: 2, slow: 1, down: 1 });
    tally.count(`memory ${memory.mood}`);
  }

  /** Something happens to one machine, whatever inventories say of it. */
  #agents(): void {
    const { time, dice, agents, tally, scenario } = this.#deps;
    const { machines } = dice.pick([...scenario.groups.values()]);
    const now = time.now();
    const how = dice.weighted({ silent: 3, back: 3, reused: 2, shared: 1 });
    tally.count(`agent ${how}`);
    for (const member of dice.sample(machines.all, dice.between(1, 8))) {
      if (how === 'silent') agents.stop(member, now);
      if (how === 'back') agents.start(member, now);
      if (how === 'reused') agents.reuse(member, now);
      if (how === 'shared') agents.share(member, now);
    }
  }

  /** Machines come and go, and mostly somebody says so: late, twice, in any order, or not at all. */
  #changeInventory(): void {
    const { time, dice, tally, delivery, scenario, inventories } = this.#deps;
    const [key, sources] = dice.pick([...inventories]);
    const group = scenario.groups.get(key) as SimGroup;
    const inventory = dice.pick(sources);
    const how = dice.weighted(CHANGES);
    tally.count(`inventory ${how}`);
    const before = inventory.members;
    const few = dice.between(1, Math.max(2, before.size >> 3));
    const gone = (count: number) => without(before, new Set(dice.sample(before, count)));
    const more = (count: number) => dice.sample(group.machines.all, count);
    const becomes = (members: Iterable<string>) => inventory.become(members);
    switch (how) {
      case 'grow':
        becomes([...before, ...more(few)]);
        break;
      case 'shrink':
        becomes(gone(few));
        break;
      case 'swap':
        becomes([...gone(few), ...more(few)]);
        break;
      case 'halve':
        becomes(gone(before.size >> 1));
        break;
      case 'empty':
        becomes([]);
        break;
      case 'refill':
        becomes(more(dice.between(3, 30)));
        break;
      case 'move':
        this.#move(group, inventory, dice.sample(before, few));
        break;
      default:
        becomes(how === 'flap' ? gone(before.size >> 2) : gone(before.size >> 1));
        time.at(time.now() + dice.between(5 * MINUTE, 5 * HOUR), () => {
          if (!delivery.quiet) becomes(new Set([...inventory.members, ...before]));
        });
    }
    this.#live(before, inventory.members, how === 'fade' || how === 'flap' || how === 'move');
    const copies = dice.pick([0, 1, 1, 1, 2, 3]);
    tally.count(copies === 0 ? 'events lost' : copies === 1 ? 'events late' : 'events repeated');
    const occasion: Occasion = { kind: 'inventory', key, size: dice.pick([1, 1, 2, 10]) };
    for (let copy = 0; copy < copies; copy += 1) {
      time.at(time.now() + dice.between(0, 30 * MINUTE), () => delivery.deliver(occasion));
    }
  }

  /** Machines change their group, and run on. */
  #move({ config }: SimGroup, from: Inventory, moved: readonly string[]): void {
    const { dice, scenario, inventories } = this.#deps;
    const others = othersLike(config, scenario);
    if (others.length === 0) return;
    const to = dice.pick(inventories.get(dice.pick(others).config.key) ?? [from]);
    from.move(moved, to);
  }

  /** What is true of machines that come and go, apart from what inventories say. @param runsOn whether nothing stops */
  #live(before: ReadonlySet<string>, after: ReadonlySet<string>, runsOn: boolean): void {
    const { time, dice, agents } = this.#deps;
    const now = time.now();
    for (const member of without(after, before)) if (dice.chance(0.9)) agents.start(member, now);
    for (const member of without(before, after)) {
      const fate = runsOn ? 'lives' : dice.weighted({ stopped: 12, stops: 3, lives: 1 });
      if (fate === 'stopped') agents.stop(member, now - dice.between(0, 20) * MINUTE);
      if (fate === 'stops')
        time.at(now + dice.between(MINUTE, 12 * HOUR), () => agents.stop(member, time.now()));
    }
  }

  /** Somebody asks for a sync, or looks at a plan and approves it, a little later or much too late. */
  #person(): void {
    const { time, dice, delivery, people, scenario, api } = this.#deps;
    const isRefused = delivery.refused.size > 0 && dice.chance(0.7);
    const key = dice.pick([...(isRefused ? delivery.refused : scenario.groups.keys())]);
    if (dice.chance(0.2)) {
      delivery.deliver({ kind: 'request', mode: 'apply', key: dice.chance(0.5) ? key : undefined });
      return;
    }
    delivery.plan(key, (shown) => {
      if (dice.chance(0.1)) return;
      if (dice.chance(0.3)) people.meddle(scenario.groups.get(key) as SimGroup);
      if (dice.chance(0.2)) this.#changeInventory();
      const after = dice.pick([0, dice.between(100, 3_000), dice.between(MINUTE, HOUR)]);
      const part = dice.chance(0.3) ? new Set(dice.sample(shown.removed, 1)) : shown.removed;
      const isRevoked = dice.chance(0.2);
      time.at(time.now() + after, () => {
        api.approve({ key, removed: part }, dice.pick([1, 4, 24]), () => {
          delivery.deliver({ kind: 'request', mode: 'apply', key: dice.chance(0.2) ? undefined : key });
        });
        if (isRevoked) time.at(time.now() + dice.between(100, HOUR), () => api.revoke(key));
      });
    });
  }
}

const CHANGES = {
  ...{ grow: 8, shrink: 8, swap: 6, halve: 0.5, empty: 0.3, refill: 0.5 },
  ...{ move: 2, fade: 1, flap: 2 },
};
