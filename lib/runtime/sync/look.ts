// One group on its way to a decision: read it, its inventory, and where something could go, who reports. Groups that the others
// bear on are decided when all are read; any other one by itself.

import type { GroupConfig } from '../../core/config/config.ts';
import type { Known } from '../../core/memory/known.ts';
import {
  type Decision,
  type Examined,
  examineGroup,
  type Prepared,
  prepare,
} from '../../core/plan/decide.ts';
import { needsListing, needsOthers } from '../../core/removal/examine.ts';
import type { Listing } from '../../core/removal/listing.ts';
import { canonical } from '../../inventory/members.ts';
import type { Outcome } from '../../sls/call.ts';
import type { SlsClient } from '../../sls/client.ts';
import type { Around } from './around.ts';
import { breakerFor, shareOf } from './breakers.ts';
import { askElsewhere, type Member } from './elsewhere.ts';
import { readCurrent } from './group-access.ts';
import { readListing } from './listing.ts';
import type { DecideAgain, Ports } from './ports.ts';
import { together } from './together.ts';

interface Begun {
  readonly group: GroupConfig;
  readonly sls: SlsClient;
  /** Of its calls so far. */
  readonly outcomes: Outcome[];
  readonly startedAt: number;
}

interface Failed {
  readonly state: 'failed';
  readonly reason: unknown;
}

interface Looked {
  readonly state: 'looked';
  readonly prepared: Prepared;
  readonly listing: Listing | undefined;
}

export type LookedRun = Begun & Looked;
export type FailedRun = Begun & Failed;
export type DecidedRun = Begun & { readonly state: 'decided'; readonly decision: Decision };

/** Never rejects. @param anew see `Ports` */
export async function look(
  group: GroupConfig,
  known: Known,
  ports: Ports,
  anew?: 'anew',
): Promise<LookedRun | FailedRun> {
  const outcomes: Outcome[] = [];
  const sls = ports.sls(group, (outcome) => outcomes.push(outcome));
  const begun = { group, sls, outcomes, startedAt: ports.now() };
  try {
    const [current, wanted] = await together([readCurrent(group, sls), ports.wanted(group, anew)]);
    const prepared = prepare({ group, current, wanted, known, canonical, now: ports.now() });
    return { ...begun, state: 'looked', prepared, listing: await listingFor(prepared, sls) };
  } catch (reason) {
    return { ...begun, state: 'failed', reason };
  }
}

/** Whether it is decided with all groups of the run, and not by itself. */
export function waitsForOthers({ prepared: { noted } }: LookedRun): boolean {
  return noted !== undefined && needsOthers(noted);
}

/** Decides a group that no other one bears on. */
export function decideAlone(run: LookedRun, around: Around, ports: Ports): DecidedRun {
  const examined = examineGroup(run.prepared, run.listing, []);
  around.count(examined);
  return decided(run, ports.decide(examined));
}

/**
 * Decides groups that waited: what other groups have, and how much all of a reading lack, bears on each.
 * @param rest groups of the document that are not in the run, asked where that bears on it
 * @param around every group of the run
 */
export async function decideAll(
  runs: readonly LookedRun[],
  rest: readonly GroupConfig[],
  around: Around,
  ports: Ports,
): Promise<DecidedRun[]> {
  const others = around.members();
  const first = examineAll(runs, others);
  const asking = runs.map(({ outcomes }, at) => ({ outcomes, examined: first[at] as Examined }));
  const asked = await askElsewhere(asking, rest, ports);
  const all = asked ? examineAll(runs, [...others, ...asked.members], asked.unasked) : first;
  for (const one of all) around.count(one);
  const breaker = breakerFor(around.shares(), asked?.shares);
  return runs.map((run, at) => {
    const on = all[at] as Examined;
    const share = shareOf(on);
    return decided(run, ports.decide(on, share && breaker(share)));
  });
}

function decided({ group, sls, outcomes, startedAt }: Begun, decision: Decision): DecidedRun {
  return { group, sls, outcomes, startedAt, state: 'decided', decision };
}

/** A group stands among its own others, where it proves nothing: what it lacks is leaving it. */
function examineAll(
  runs: readonly LookedRun[],
  others: readonly Member[],
  unasked?: ReadonlyMap<string, string>,
): Examined[] {
  // One list for all groups of a kind: one for each would be the square of them.
  const alike = Map.groupBy(others, ({ identify }) => identify);
  return runs.map(({ prepared, listing, group: { key, identify } }) =>
    examineGroup(prepared, listing, alike.get(identify) ?? [], unasked?.get(key)),
  );
}

/** For a decision that has to be made once more, with what was read and heard before. */
export function decideAgain(sls: SlsClient, ports: Ports): DecideAgain {
  return async ({ basis, breaker }, now, only) => {
    const prepared = prepare({ ...basis, ...now });
    const listing = basis.listing ?? (await listingFor(prepared, sls));
    return ports.decide(examineGroup(prepared, listing, basis.others, basis.unasked), breaker, only);
  };
}

async function listingFor({ noted, group }: Prepared, sls: SlsClient): Promise<Listing | undefined> {
  return noted && needsListing(noted) ? readListing(group, sls) : undefined;
}
