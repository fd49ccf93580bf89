// A day on which nothing goes wrong: machines are started and stopped, replaced one after the other or all at once, taken
// away by their cloud, and moved between groups.

import type { Delivery } from './delivery.ts';
import { type Inventory, membersIn } from './inventory.ts';
import { without } from './rules.ts';
import { PERIOD } from './runtime.ts';
import { othersLike, type SimGroup } from './scenario.ts';
import type { Setting } from './setting.ts';
import { HOUR, MINUTE } from './spans.ts';

interface EverydayDeps extends Setting {
  readonly delivery: Delivery;
}

const KINDS = ['scale out', 'scale in', 'rolling replacement', 'blue/green', 'spot', 'move'] as const;

/** Everything that everyday life has. */
export const EVERYDAY: readonly string[] = KINDS;

/** The longest takes four hours, and is over in the evening. */
const BEGINS_WITHIN = 12 * HOUR;

/** Sets what is going to happen on a day. */
export function everydayLife(deps: EverydayDeps, dawn: number): void {
  const { time, dice, ledger, scenario, inventories, tally } = deps;
  // On its first day a memory takes nothing for proven, and says so: nobody plans a rollout for that day.
  if (dawn - ledger.bornAt < 24 * HOUR) return;
  // One thing at a time in each group.
  for (const [key, sources] of inventories) {
    const what = dice.pick(KINDS);
    const inventory = dice.pick(sources);
    time.at(dawn + dice.between(0, BEGINS_WITHIN), () => {
      tally.count(`everyday ${what}`);
      happens(what, scenario.groups.get(key) as SimGroup, inventory, deps);
    });
  }
}

function happens(
  what: (typeof KINDS)[number],
  { config, machines }: SimGroup,
  inventory: Inventory,
  { dice, time, agents, scenario, inventories, delivery }: EverydayDeps,
): void {
  const used = membersIn(inventories.values());
  const free = dice.sample(without(machines.all, used), machines.all.length);
  const start = (count: number) => {
    // Hours later others may have taken some of them, and no two machines of a network have one address.
    const taken = membersIn(inventories.values());
    const fresh = free.filter((member) => !taken.has(member)).slice(0, count);
    for (const member of fresh) agents.start(member, time.now());
    inventory.become([...inventory.members, ...fresh]);
    // An event says so long before the schedule looks.
    time.at(time.now() + dice.between(1, 5) * MINUTE, () => {
      delivery.deliver({ kind: 'request', mode: 'apply', key: config.key });
    });
  };
  /** @param listedFor milliseconds for which the inventory still has them; they may run on for longer */
  const stop = (members: readonly string[], listedFor = 0, runsFor = 0) => {
    time.at(time.now() + runsFor, () => {
      for (const member of members) agents.stop(member, time.now());
    });
    time.at(time.now() + listedFor, () => inventory.become(without(inventory.members, new Set(members))));
  };
  const size = inventory.members.size;
  const some = (count: number) => dice.sample(inventory.members, count);
  switch (what) {
    case 'scale out':
      start(dice.between(1, 8));
      return;
    case 'scale in':
      stop(some(dice.between(0, size >> 1)), dice.between(0, 5) * MINUTE);
      return;
    case 'rolling replacement': {
      const old = some(size);
      for (let step = 0; old.length > 0; step += 1) {
        const part = old.splice(0, Math.max(1, size >> 2));
        time.at(time.now() + step * PERIOD * 0.5, () => {
          start(part.length);
          stop(part, 15 * MINUTE, 15 * MINUTE);
        });
      }
      return;
    }
    case 'blue/green': {
      const blue = some(size);
      start(Math.min(size, free.length));
      stop(blue, 30 * MINUTE, dice.between(1, 4) * HOUR);
      return;
    }
    case 'spot':
      stop(some(dice.between(0, Math.max(1, size >> 2))), dice.between(1, 10) * MINUTE);
      return;
    case 'move': {
      const others = othersLike(config, scenario);
      if (others.length === 0 || size < 4) return;
      // What another source lists as well has not moved.
      const besides = membersIn(
        [...inventories.values()].map((all) => all.filter((one) => one !== inventory)),
      );
      const moved = some(dice.between(1, size >> 2)).filter((member) => !besides.has(member));
      const to = (inventories.get(dice.pick(others).config.key) as readonly Inventory[])[0] as Inventory;
      inventory.move(moved, to);
    }
  }
}
