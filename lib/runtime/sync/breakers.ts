// Groups that one reading serves: what is wrong with it is wrong for all of them. A group may have several readings, and one
// of them may serve groups that select differently from it.

import type { GroupConfig } from '../../core/config/config.ts';
import type { Examined } from '../../core/plan/decide.ts';
import { type Breaker, type BreakerShare, judgeBreaker } from '../../core/removal/breaker.ts';
import { canonicalJson } from '../../core/text/digest.ts';
import { few } from '../../core/text/few.ts';

const SOURCES_NAMED = 3;

/**
 * The breaker of a reading that the group shares with others: an open one, where there is any; none for a group that
 * nothing is removed from, and none where nothing is missing without proof.
 * @param elsewhere of groups that are not in this run, by what {@link readingOf} says
 */
export function breakerFor(
  all: readonly Examined[],
  elsewhere: ReadonlyMap<string, readonly BreakerShare[]> = new Map(),
): (one: Examined) => Breaker | undefined {
  // Groups as they should be: the text of every reading is not for nothing.
  if (elsewhere.size === 0 && all.every(({ examination }) => !examination?.unproven)) return () => undefined;
  const served = new Map<string, Examined[]>();
  const readings = new Map<Examined, readonly string[]>();
  for (const one of all) {
    if (one.examination === undefined) continue;
    const keys = readingsOf(one);
    readings.set(one, keys);
    for (const key of keys) {
      const groups = served.get(key);
      if (groups === undefined) served.set(key, [one]);
      else groups.push(one);
    }
  }
  const breakers = new Map(
    [...served].map(([reading, groups]) => {
      const shares = [...groups.map(shareOf), ...(elsewhere.get(reading) ?? [])];
      return [reading, judgeBreaker(nameOf(groups[0]), shares)];
    }),
  );
  return (one) => {
    const own = (readings.get(one) ?? []).flatMap((key) => breakers.get(key) ?? []);
    return own.find(({ open }) => open) ?? own[0];
  };
}

/** The same settings say the same also where each group read for itself. */
export const readingOf = ({ group }: { readonly group: Pick<GroupConfig, 'sources'> }): string =>
  canonicalJson(group.sources);

/** What was read for several is one reading as well. */
function readingsOf(one: Examined): readonly string[] {
  return [readingOf(one), ...(one.wanted.readings ?? [])];
}

function nameOf(one: Examined | undefined): string {
  return few(one?.wanted.sources.map(({ source }) => source) ?? [], SOURCES_NAMED).join(', ');
}

function shareOf({ examination, plan }: Examined) {
  return { members: plan.members, unproven: examination?.unproven ?? 0 };
}
