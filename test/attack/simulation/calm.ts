// All trouble stops: what nobody wants is stopped, what is wanted reports, and runs go on. When patience is over, every group
// is what the rules make of its inventory, and a further run has nothing left to do. What is for a person to decide waits for
// a word, and converges with it.

import type { Api } from './api.ts';
import type { Cloud } from './cloud.ts';
import type { Delivery } from './delivery.ts';
import { HEARD } from './ears.ts';
import type { Freezers } from './freezers.ts';
import { FINE, membersIn } from './inventory.ts';
import type { Keys } from './keys.ts';
import type { Lambda } from './lambda.ts';
import type { Network } from './network.ts';
import { equal, type InPeace, inPeace, membersOf, without } from './rules.ts';
import { OUR_MARK, type SimGroup } from './scenario.ts';
import type { Setting } from './setting.ts';
import { DAY, HOUR, MINUTE } from './spans.ts';
import { hold } from './violation.ts';
import { CALM } from './weather.ts';

export interface CalmDeps extends Setting {
  readonly cloud: Cloud;
  readonly network: Network;
  readonly keys: Keys;
  readonly lambda: Lambda;
  readonly delivery: Delivery;
  readonly api: Api;
  readonly freezers: Freezers;
  /** Lets time pass. @throws Violation if a promise breaks meanwhile */
  readonly pass: (ms: number) => Promise<void>;
}

/** Runs until everything has been missing for long enough, and been looked at twice: the longest patience is 90 minutes. */
const RUNS = 5;
const BETWEEN = 40 * MINUTE;

/** @throws Violation */
export async function calmDown(deps: CalmDeps): Promise<void> {
  const { cloud, network, keys, lambda, delivery, inventories, memory, dice, tally, pass } = deps;
  delivery.quiet = true;
  network.become(CALM);
  keys.settle();
  cloud.ears = HEARD;
  memory.mood = 'fine';
  deps.freezers.liftAll();
  for (const inventory of [...inventories.values()].flat()) inventory.mood = FINE;
  await pass(5 * MINUTE);
  if (dice.chance(0.7)) restoreMarks(deps);
  settleMachines(deps);
  await pass(25 * MINUTE);
  hold('runs end', lambda.active === 0, () => `${lambda.active} runs are still at it`);
  // Judged before anything goes, by what the books and the memory say then.
  const expected = new Map(
    [...deps.scenario.groups].map(([key, group]) => [
      key,
      inPeace(cloud.groups.get(group.config.name), truthOf(key, deps), group, (missing, members) =>
        sureToGo(key, missing, members, deps),
      ),
    ]),
  );
  for (let run = 0; run < RUNS; run += 1) await apply(deps, BETWEEN);
  tally.count('calms');
  for (const [key, peace] of expected) {
    tally.count(`in peace: ${peace.verdict}`);
    judge(key, peace, deps);
    const isAsked = peace.verdict === 'asks' && !isThere(key, deps);
    if (isAsked) await approve(key, deps);
  }
  const before = new Map(cloud.groups);
  await apply(deps, 5 * MINUTE);
  const isStill = [...before].every(([name, group]) => cloud.groups.get(name) === group);
  hold('groups converge', isStill, () => 'a run in peace still writes');
}

/** Most groups that others have marked become ours again, or little would be left to do. */
function restoreMarks({ scenario, cloud, dice }: CalmDeps): void {
  if (scenario.isPeaceful) return;
  for (const { config } of scenario.groups.values()) {
    cloud.change('an operator', config.name, (is) => {
      if (is === undefined || dice.chance(0.2)) return is;
      const groupAttribute = { ...is.groupAttribute, externalName: OUR_MARK };
      return { ...is, groupAttribute, machineIdentifyType: config.identify };
    });
  }
}

/** What any inventory wants reports; everything else is silent from now on. */
function settleMachines({ scenario, cloud, agents, time, inventories }: CalmDeps): void {
  const wanted = membersIn(inventories.values());
  for (const group of scenario.groups.values())
    for (const member of membersOf(cloud.groups.get(group.config.name), group))
      if (!wanted.has(member)) agents.stop(member, time.now());
  for (const member of wanted) agents.start(member, time.now());
}

/** Of the missing: those that nothing may hold back. */
function sureToGo(
  key: string,
  missing: ReadonlySet<string>,
  members: ReadonlySet<string>,
  deps: CalmDeps,
): ReadonlySet<string> {
  const { scenario, agents, time, memory, ledger } = deps;
  const { config, percent } = scenario.groups.get(key) as SimGroup;
  const wanted = truthOf(key, deps);
  const now = time.now();
  // A killed run's removals count as done when the next one writes: those that are there still begin anew then.
  if (memory.pendingOf(key).length > 0) return new Set();
  const isProven = (member: string) =>
    config.safety.heartbeats === 'use' && memory.ageOf(key, now) > DAY && agents.hasReported(member, now);
  // Of what another group's inventory wants the machine runs on: it goes once that group has it.
  const elsewhere = membersIn([...deps.inventories].flatMap(([other, all]) => (other === key ? [] : [all])));
  if (wanted.size === 0) return config.allowEmpty ? without(missing, elsewhere) : new Set();
  const silent = [...missing].filter((member) => isProven(member) && !elsewhere.has(member));
  // An outage would look like that; additions come first, and make the group larger.
  const grown = members.size + without(wanted, members).size;
  const proven = new Set(silent.length * 10 > grown * 8 ? [] : silent);
  const unproven = missing.size - proven.size;
  if (unproven === 0) return missing;
  // Everything else that is missing counts, gone or not; the product's books are kept by the hour.
  const small = unproven + Math.max(ledger.weak(key, now - 8 * DAY), memory.weakOf(key));
  const older = members.size - ledger.added(key, now - DAY - 2 * HOUR);
  const isWithin =
    small <= config.safety.maxSmallRemovals ||
    (small * 100 <= percent * older && memory.ageOf(key, now) > 8 * DAY);
  return isWithin && elsewhere.size === 0 ? missing : proven;
}

function judge(key: string, { present, least, most, verdict }: InPeace, { scenario, cloud }: CalmDeps): void {
  const group = scenario.groups.get(key) as SimGroup;
  const is = cloud.groups.get(group.config.name);
  const has = membersOf(is, group);
  const misses = [...without(least, has)];
  const surplus = [...without(has, most)];
  hold('groups converge', present === (is !== undefined) && misses.length + surplus.length === 0, () => {
    return `in peace ${key} (${verdict}) misses ${misses}, has too many ${surplus}`;
  });
}

function isThere(key: string, deps: CalmDeps): boolean {
  const group = deps.scenario.groups.get(key) as SimGroup;
  return equal(membersOf(deps.cloud.groups.get(group.config.name), group), truthOf(key, deps));
}

async function approve(key: string, deps: CalmDeps): Promise<void> {
  const { scenario, cloud, delivery, api, tally, pass } = deps;
  const group = scenario.groups.get(key) as SimGroup;
  hold('everyday life asks nobody', !scenario.isPeaceful, () => `${key} waits for a person`);
  delivery.plan(key, (shown) => {
    api.approve(shown, 4, () => delivery.deliver({ kind: 'request', mode: 'apply', key }, 1));
  });
  await pass(5 * MINUTE);
  // Where a killed run was about to remove some of them, that counts as done until the next run looks.
  await apply(deps, 5 * MINUTE);
  hold('groups converge', isThere(key, deps), () => {
    const has = membersOf(cloud.groups.get(group.config.name), group);
    return `${key}, approved, is not its inventory: ${[...without(has, truthOf(key, deps))]} too many`;
  });
  tally.count('approved in peace');
}

async function apply({ delivery, pass }: CalmDeps, ms: number): Promise<void> {
  delivery.deliver({ kind: 'schedule' }, 1);
  await pass(ms);
}

function truthOf(key: string, { inventories }: CalmDeps): ReadonlySet<string> {
  return membersIn([inventories.get(key) ?? []]);
}
