// Groups that one reading serves: the same sources with the same settings say the same of all of them.

import type { GroupConfig } from '../../core/config/config.ts';
import type { Examined } from '../../core/plan/decide.ts';
import { type Breaker, type BreakerShare, judgeBreaker } from '../../core/removal/breaker.ts';
import { canonicalJson } from '../../core/text/digest.ts';
import { few } from '../../core/text/few.ts';

const SOURCES_NAMED = 3;

/**
 * The breaker of the reading that a group shares with others; none for a group that nothing is removed from.
 * @param elsewhere of groups that are not in this run, by reading
 */
export function breakerFor(
  all: readonly Examined[],
  elsewhere: ReadonlyMap<string, readonly BreakerShare[]> = new Map(),
): (one: Examined) => Breaker | undefined {
  const served = Map.groupBy(
    all.filter(({ examination }) => examination !== undefined),
    readingOf,
  );
  const breakers = new Map(
    [...served].map(([reading, groups]) => {
      const shares = [...groups.map(shareOf), ...(elsewhere.get(reading) ?? [])];
      return [reading, judgeBreaker(nameOf(groups[0]), shares)];
    }),
  );
  return (one) => (one.examination ? breakers.get(readingOf(one)) : undefined);
}

export const readingOf = ({ group }: { readonly group: Pick<GroupConfig, 'sources'> }): string =>
  canonicalJson(group.sources);

function nameOf(one: Examined | undefined): string {
  return few(one?.wanted.sources.map(({ source }) => source) ?? [], SOURCES_NAMED).join(', ');
}

function shareOf({ examination, plan }: Examined) {
  return { members: plan.members, unproven: examination?.unproven ?? 0 };
}
