// One group on its way to a decision: read it, its inventory, and where something could go, who reports.

import type { GroupConfig } from '../../core/config/config.ts';
import { membersOf } from '../../core/group/current.ts';
import type { Known } from '../../core/memory/known.ts';
import { type Decision, examineGroup, type Prepared, prepare } from '../../core/plan/decide.ts';
import { needsListing } from '../../core/removal/examine.ts';
import type { Listing } from '../../core/removal/listing.ts';
import { canonical } from '../../inventory/members.ts';
import type { Outcome } from '../../sls/call.ts';
import type { SlsClient } from '../../sls/client.ts';
import { breakerFor } from './breakers.ts';
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

export type LookedRun = Begun &
  (Failed | { readonly state: 'looked'; readonly prepared: Prepared; readonly listing: Listing | undefined });

/** Decided, or failed before it could be. */
export type GroupRun = Begun & (Failed | { readonly state: 'decided'; readonly decision: Decision });

/** Never rejects. @param anew see `Ports` */
export async function look(
  group: GroupConfig,
  known: Known,
  ports: Ports,
  anew?: 'anew',
): Promise<LookedRun> {
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

/**
 * Decides all groups of a run: what other groups have, and how much all of a reading lacks, bears on each.
 * @param rest groups of the document that are not in the run, asked where that bears on it
 */
export async function decideAll(
  runs: readonly LookedRun[],
  rest: readonly GroupConfig[],
  ports: Ports,
  others: readonly Member[],
): Promise<GroupRun[]> {
  const first = examineAll(runs, others);
  const asked = await askElsewhere(
    first.flatMap((run) => (run.state === 'examined' ? run : [])),
    rest,
    ports,
  );
  const all = asked ? examineAll(runs, [...others, ...asked.members], asked.unasked) : first;
  const breaker = breakerFor(
    all.flatMap((run) => (run.state === 'examined' ? run.examined : [])),
    asked?.shares,
  );
  return all.map((run) => {
    if (run.state === 'failed') return run;
    const { examined: on, ...begun } = run;
    return { ...begun, state: 'decided', decision: ports.decide(on, breaker(on)) };
  });
}

/** A group stands among its own others, where it proves nothing: what it lacks is leaving it. */
function examineAll(
  runs: readonly LookedRun[],
  others: readonly Member[],
  unasked?: ReadonlyMap<string, string>,
) {
  // One list for all groups of a kind: one for each would be the square of them.
  const alike = Map.groupBy(others, ({ identify }) => identify);
  return runs.map((run) => {
    if (run.state === 'failed') return run;
    const { prepared, listing, ...begun } = run;
    const { key, identify } = run.group;
    const on = examineGroup(prepared, listing, alike.get(identify) ?? [], unasked?.get(key));
    return { ...begun, state: 'examined' as const, examined: on };
  });
}

/** For a decision that has to be made once more, with what was read and heard before. */
export function decideAgain(sls: SlsClient, ports: Ports): DecideAgain {
  return async ({ basis, breaker }, now, only) => {
    const prepared = prepare({ ...basis, ...now });
    const listing = basis.listing ?? (await listingFor(prepared, sls));
    return ports.decide(examineGroup(prepared, listing, basis.others, basis.unasked), breaker, only);
  };
}

export function membersIn(runs: readonly LookedRun[]): readonly Member[] {
  return runs.flatMap((run) => {
    if (run.state === 'failed') return [];
    const { group, current, wanted } = run.prepared;
    const leaving = { has: (member: string) => !wanted.members.has(member) };
    return { group: group.key, identify: group.identify, members: membersOf(current), leaving };
  });
}

async function listingFor({ noted, group }: Prepared, sls: SlsClient): Promise<Listing | undefined> {
  return noted && needsListing(noted) ? readListing(group, sls) : undefined;
}
