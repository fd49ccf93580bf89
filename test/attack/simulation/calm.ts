// All trouble stops: two runs, and every group is what the rules make of its inventory; a third has nothing left
// to do. What is beyond the limits waits for a person's word, and converges with it.

import type { Cloud } from './cloud.ts';
import type { Delivery } from './delivery.ts';
import { FINE } from './inventory.ts';
import type { Keys } from './keys.ts';
import type { Lambda } from './lambda.ts';
import type { Network } from './network.ts';
import { type After, afterRun, equal, membersOf, without } from './rules.ts';
import { OUR_MARK, type SimGroup } from './scenario.ts';
import { MINUTE, type Setting } from './setting.ts';
import { hold } from './violation.ts';
import { CALM } from './weather.ts';

export interface CalmDeps extends Setting {
  readonly cloud: Cloud;
  readonly network: Network;
  readonly keys: Keys;
  readonly lambda: Lambda;
  readonly delivery: Delivery;
  /** Lets time pass. @throws Violation if a promise breaks meanwhile */
  readonly pass: (ms: number) => Promise<void>;
}

/** @throws Violation */
export async function calmDown(deps: CalmDeps): Promise<void> {
  const { cloud, network, keys, lambda, delivery, inventories, dice, tally, pass } = deps;
  delivery.quiet = true;
  network.become(CALM);
  keys.settle();
  for (const inventory of [...inventories.values()].flat()) inventory.mood = FINE;
  await pass(30 * MINUTE);
  hold('runs end', lambda.active === 0, () => `${lambda.active} runs are still at it`);
  if (dice.chance(0.7)) restoreMarks(deps);
  await runAsExpected('the first run', deps);
  const second = await runAsExpected('the second run', deps);
  tally.count('calms');
  for (const [key, after] of second) {
    tally.count(`after two runs: ${after.verdict}`);
    if (after.verdict === 'over') await approve(key, deps);
  }
  const before = new Map(cloud.groups);
  await apply(deps);
  const isStill = [...before].every(([name, group]) => cloud.groups.get(name) === group);
  hold('groups converge', isStill, () => 'a run after two good runs still writes');
}

/** Most groups that others have marked become ours again, or little would be left to do. */
function restoreMarks({ scenario, cloud, dice }: CalmDeps): void {
  for (const { config } of scenario.groups.values()) {
    cloud.change('an operator', config.name, (is) => {
      if (is === undefined || dice.chance(0.2)) return is;
      const groupAttribute = { ...is.groupAttribute, externalName: OUR_MARK };
      return { ...is, groupAttribute, machineIdentifyType: config.identify };
    });
  }
}

/** A run without trouble does exactly what the rules say. */
async function runAsExpected(which: string, deps: CalmDeps): Promise<Map<string, After>> {
  const { scenario, cloud } = deps;
  const expected = new Map<string, After>();
  for (const [key, group] of scenario.groups) {
    const seen = cloud.groups.get(group.config.name);
    expected.set(key, afterRun(seen, truthOf(key, deps), group));
  }
  await apply(deps);
  for (const [key, { present, members, verdict }] of expected) {
    const group = scenario.groups.get(key) as SimGroup;
    const is = cloud.groups.get(group.config.name);
    const has = membersOf(is, group);
    hold('groups converge', present === (is !== undefined) && equal(has, members), () => {
      const missing = [...without(members, has)];
      const surplus = [...without(has, members)];
      return `after ${which} ${key} (${verdict}) misses ${missing}, has too many ${surplus}`;
    });
  }
  return expected;
}

async function approve(key: string, deps: CalmDeps): Promise<void> {
  const { scenario, cloud, delivery, tally, pass } = deps;
  const group = scenario.groups.get(key) as SimGroup;
  const is = () => cloud.groups.get(group.config.name);
  // Refused as somebody else's, or as of another kind: no word lifts that.
  if (is()?.groupAttribute.externalName !== OUR_MARK) return;
  if (is()?.machineIdentifyType !== group.config.identify) return;
  delivery.plan(key, (approved) => {
    delivery.deliver({ kind: 'request', mode: 'apply', key, approved }, 1);
  });
  await pass(5 * MINUTE);
  const isThere = equal(membersOf(is(), group), truthOf(key, deps));
  hold('groups converge', isThere, () => `${key}, approved, is not its inventory`);
  tally.count('approved in peace');
}

async function apply({ delivery, pass }: CalmDeps): Promise<void> {
  delivery.deliver({ kind: 'request', mode: 'apply', key: undefined }, 1);
  await pass(5 * MINUTE);
}

function truthOf(key: string, { inventories }: CalmDeps): ReadonlySet<string> {
  return new Set((inventories.get(key) ?? []).flatMap(({ members }) => [...members]));
}
