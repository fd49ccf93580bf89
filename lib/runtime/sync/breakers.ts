// Groups that one reading serves: what is wrong with it is wrong for all of them. A group may have several readings, and one
// of them may serve groups that select differently from it.

import type { GroupConfig } from '../../core/config/config.ts';
import type { Examined } from '../../core/plan/decide.ts';
import type { SourceReading } from '../../core/reading/wanted.ts';
import { type Breaker, type BreakerShare, judgeBreaker } from '../../core/removal/breaker.ts';
import { canonicalJson } from '../../core/text/digest.ts';
import { few } from '../../core/text/few.ts';

const SOURCES_NAMED = 3;

/** What a group has to do with the breaker of its reading. */
export interface Share extends BreakerShare {
  readonly group: Pick<GroupConfig, 'sources'>;
  /** Keys of what was read for it. */
  readonly readings: readonly string[];
  readonly sources: readonly SourceReading[];
}

/** None of a group that nothing is removed from. */
export function shareOf({ group, examination, plan, wanted }: Examined): Share | undefined {
  if (examination === undefined) return undefined;
  const { readings = [], sources } = wanted;
  return { group, readings, sources, members: plan.members, unproven: examination.unproven };
}

/**
 * The breaker of a reading that the group shares with others: an open one, where there is any; none where nothing is missing
 * without proof.
 * @param elsewhere of groups that are not in this run, by what {@link readingOf} says
 */
export function breakerFor(
  all: readonly Share[],
  elsewhere: ReadonlyMap<string, readonly BreakerShare[]> = new Map(),
): (one: Share) => Breaker | undefined {
  // Groups as they should be: the text of every reading is not for nothing.
  if (elsewhere.size === 0 && all.every(({ unproven }) => unproven === 0)) return () => undefined;
  const served = new Map<string, Share[]>();
  for (const one of all) {
    for (const key of readingsOf(one)) {
      const groups = served.get(key);
      if (groups === undefined) served.set(key, [one]);
      else groups.push(one);
    }
  }
  const breakers = new Map(
    [...served].map(([reading, groups]) => [
      reading,
      judgeBreaker(nameOf(groups[0]), [...groups, ...(elsewhere.get(reading) ?? [])]),
    ]),
  );
  return (one) => {
    const own = readingsOf(one).flatMap((key) => breakers.get(key) ?? []);
    return own.find(({ open }) => open) ?? own[0];
  };
}

/** The same settings say the same also where each group read for itself. */
export const readingOf = ({ group }: { readonly group: Pick<GroupConfig, 'sources'> }): string =>
  canonicalJson(group.sources);

/** What was read for several is one reading as well. */
function readingsOf(one: Share): readonly string[] {
  return [readingOf(one), ...one.readings];
}

function nameOf(one: Share | undefined): string {
  return few(one?.sources.map(({ source }) => source) ?? [], SOURCES_NAMED).join(', ');
}
