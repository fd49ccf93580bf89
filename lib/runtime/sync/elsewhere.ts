// Groups of the document that are not in a run, asked only where that bears on it: a ripe machine that reports may have moved to
// one of them, and what goes without proof is measured against all groups of its reading. Bounded in number and in time. The
// order of reading turns with the time, so that a day of runs asks far more groups than one run.

import pLimit from 'p-limit';
import type { GroupConfig } from '../../core/config/config.ts';
import { membersOf } from '../../core/group/current.ts';
import { approvedIn } from '../../core/memory/approvals.ts';
import type { Known } from '../../core/memory/known.ts';
import type { Examined } from '../../core/plan/decide.ts';
import type { BreakerShare } from '../../core/removal/breaker.ts';
import { goesWithoutProof, soughtElsewhere, unprovenRemembered } from '../../core/removal/elsewhere.ts';
import { MISSING_MAX } from '../../core/removal/memory.ts';
import { movedTo, type OtherGroup } from '../../core/removal/moved.ts';
import { sha256 } from '../../core/text/digest.ts';
import { ELSEWHERE_MS, ELSEWHERE_TURN_MS } from '../../core/time/timeouts.ts';
import type { Outcome } from '../../sls/call.ts';
import { readingOf } from './breakers.ts';
import { readCurrent } from './group-access.ts';
import type { Ports } from './ports.ts';

/** A group as it was read in this run, with how it tells machines apart. */
export interface Member extends OtherGroup {
  readonly identify: GroupConfig['identify'];
}

export interface Elsewhere {
  readonly members: readonly Member[];
  /** Of groups that share a reading with one of the run, by reading. */
  readonly shares: ReadonlyMap<string, readonly BreakerShare[]>;
  /** By group of the run: what the bounds cut off. */
  readonly unasked: ReadonlyMap<string, string>;
}

interface Asking {
  readonly examined: Examined;
  readonly outcomes: Outcome[];
}

/** A run with ripe members that report, and that nobody is known to have yet. */
interface Seeker {
  readonly run: Asking;
  /** Those that it still looks for. */
  readonly left: Set<string>;
  /** Whether that group has any of them. */
  readonly ask: (other: OtherGroup) => boolean;
}

/** Groups that a run reads beyond its own. */
export const ELSEWHERE_MAX = 40;
const AT_A_TIME = 8;

/**
 * Undefined, without a call, where nothing has to be asked. Never rejects: a group that cannot be read proves nothing.
 * @param rest groups of the document that are not in the run
 */
export async function askElsewhere(
  runs: readonly Asking[],
  rest: readonly GroupConfig[],
  ports: Ports,
): Promise<Elsewhere | undefined> {
  if (rest.length === 0) return undefined;
  // With `approve-removals` a person says what goes.
  const judged = runs.filter(({ examined }) => examined.group.policy !== 'approve-removals');
  const doubted = new Map(
    judged
      .filter(({ examined: { examination } }) => examination && goesWithoutProof(examination))
      .map((run) => [readingOf(run.examined), run]),
  );
  // Only then: the text of every reading is not for nothing.
  const sharers = Map.groupBy(doubted.size === 0 ? [] : rest, (group) => readingOf({ group }));
  const sharersOf = (reading: string) => (doubted.has(reading) ? (sharers.get(reading) ?? []) : []);
  const sharing = new Map(
    [...doubted].flatMap(([reading, run]) => sharersOf(reading).map((group) => [group, run] as const)),
  );
  const seekers = judged.flatMap((run) => seekerOf(run) ?? []);
  const turn = Math.floor(ports.now() / ELSEWHERE_TURN_MS);
  const wish = new Set([...sharing.keys(), ...seekers.flatMap((seeker) => candidates(seeker, rest, turn))]);
  if (wish.size === 0) return undefined;

  const until = Math.min(ports.due, ports.now() + ELSEWHERE_MS);
  const read = new Map<GroupConfig, ReadonlySet<string>>();
  const having = new Set<GroupConfig>();
  let begun = 0;
  await pLimit(AT_A_TIME).map(wish, async (group) => {
    const asking = seekers.filter(({ run, left }) => left.size > 0 && isAlike(run, group));
    const asker = sharing.get(group) ?? asking[0]?.run;
    if (asker === undefined || begun >= ELSEWHERE_MAX || ports.now() >= until) return;
    begun += 1;
    const sls = ports.sls(group, (outcome) => asker.outcomes.push(outcome)).with({ due: until });
    const members = await readCurrent(group, sls).then(membersOf, () => undefined);
    if (members === undefined) return;
    read.set(group, members);
    for (const { ask } of asking) if (ask({ group: group.key, members, leaving: NOBODY })) having.add(group);
  });

  const told = [...read.keys()].filter((group) => having.has(group) || sharing.has(group));
  const memory = told.length > 0 ? await ports.memory(told.map(({ key }) => key)) : undefined;
  const knownOf = ({ key }: GroupConfig) => memory?.(key);
  return {
    members: [...read].map(([group, members]) => ({
      group: group.key,
      identify: group.identify,
      members,
      leaving: leavingOf(knownOf(group)),
    })),
    shares: new Map(
      [...doubted.keys()].map((reading) => [
        reading,
        sharersOf(reading).flatMap((group) => shareOf(read.get(group), knownOf(group), ports.now())),
      ]),
    ),
    unasked: new Map(
      judged.flatMap((run) => {
        const isSeeking = seekers.some((seeker) => seeker.run === run && seeker.left.size > 0);
        const alike = isSeeking ? rest.filter((group) => isAlike(run, group)) : [];
        const could = new Set([...alike, ...sharersOf(readingOf(run.examined))]);
        const asked = [...could].filter((group) => read.has(group)).length;
        if (asked === could.size) return [];
        return [[run.examined.group.key, unaskedSays(asked, could.size)] as const];
      }),
    ),
  };
}

const NOBODY: ReadonlySet<string> = new Set();
const EVERYBODY = { has: () => true };

const unaskedSays = (asked: number, could: number): string =>
  `only ${asked} of ${could} other groups that bear on the removals were read in this run: later runs read others`;

function seekerOf(run: Asking): Seeker | undefined {
  const { examination } = run.examined;
  const left = new Set(examination && soughtElsewhere(examination));
  if (examination === undefined || left.size === 0) return undefined;
  const { members, reading } = examination;
  const ask = (other: OtherGroup): boolean => {
    const to = movedTo([other], members, reading.wanted);
    const found = [...left].filter((member) => to(member) !== undefined);
    for (const member of found) left.delete(member);
    return found.length > 0;
  };
  return { run, left, ask };
}

const isAlike = ({ examined }: Asking, group: GroupConfig): boolean =>
  group.identify === examined.group.identify;

/** Those that could have a member of it: of its project first, then of its endpoint. */
function candidates({ run }: Seeker, rest: readonly GroupConfig[], turn: number): readonly GroupConfig[] {
  const { project, endpoint } = run.examined.group;
  const far = (group: GroupConfig) => (group.project === project ? 0 : group.endpoint === endpoint ? 1 : 2);
  return rest
    .filter((group) => isAlike(run, group))
    .map((group) => ({ group, rank: `${far(group)} ${sha256(`${turn} ${group.key}`)}` }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .map(({ group }) => group);
}

/** Whom its own runs found missing. Where nobody knows, it proves nothing. */
function leavingOf(known: Known | undefined): OtherGroup['leaving'] {
  if (known?.state !== 'known' || known.removal.missing.size >= MISSING_MAX) return EVERYBODY;
  return known.removal.missing;
}

function shareOf(
  members: ReadonlySet<string> | undefined,
  known: Known | undefined,
  now: number,
): BreakerShare[] {
  if (members === undefined || known?.state !== 'known') return [];
  const approved = new Set(approvedIn(known.item.approvals ?? [], now).keys());
  return [{ members: members.size, unproven: unprovenRemembered(known.removal, members, approved) }];
}
