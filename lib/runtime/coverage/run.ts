// One run of coverage: measure every group, keep what changed, count it, and say it.

import pLimit from 'p-limit';
import type { SyncConfig } from '../../core/config/config.ts';
import type { Coverage } from '../../core/coverage/coverage.ts';
import { isNewDrop } from '../../core/coverage/drop.ts';
import { keptCoverage, type Look } from '../../core/coverage/kept.ts';
import { type CoverageReport, coverageReport, type KeptGroup, totalsOf } from '../../core/coverage/report.ts';
import { groupId } from '../../core/memory/known.ts';
import type { Fields, MemoryTable } from '../../core/memory/table.ts';
import { HOUR } from '../../core/removal/settings.ts';
import { within } from '../../core/removal/tally.ts';
import { MEMORY_READ_MS } from '../../core/time/timeouts.ts';
import { loggedError } from '../log.ts';
import { changeItem, ITEMS_AT_A_TIME, type SeenItem, seenIn } from '../sync/items.ts';
import type { SyncRuntime } from '../sync/wire.ts';
import { measureGroups } from './measure.ts';
import type { CoverageMetrics } from './metrics.ts';

export interface CoverageOrder {
  readonly config: Pick<SyncConfig, 'groups' | 'concurrency'>;
  /** When it has to be over, in milliseconds since the epoch. */
  readonly due: number;
}

/** Never rejects: what could not be measured or kept is told. */
export async function runCoverage(
  runtime: SyncRuntime,
  { config, due }: CoverageOrder,
  metrics: CoverageMetrics,
): Promise<CoverageReport> {
  const { groups, concurrency } = config;
  const { now, log } = runtime;
  const { table } = runtime.watching(due);
  const seen = await seenItems(
    groups.map(({ key }) => key),
    table,
    due,
    runtime,
  );
  const added = (group: string) => {
    const tally = seen.get(group)?.item.removal?.added;
    return tally === undefined ? 0 : within(tally, now(), HOUR);
  };
  const looks = await measureGroups(runtime, { groups, concurrency, due, added });
  let drops = 0;
  const kept = await pLimit(ITEMS_AT_A_TIME).map(looks, async ([group, look]): Promise<KeptGroup> => {
    const { before, after } = await keep(group, look, seen.get(group), table, due, runtime);
    if (after.coverage && isNewDrop(before, after.coverage)) {
      drops += 1;
      log('warn', 'coverage.dropped', { group, ...after.coverage });
    }
    if ('says' in look) log('warn', 'coverage.unmeasured', { group, says: look.says });
    return after;
  });
  const total = totalsOf(kept);
  metrics.record(total, drops);
  log('info', 'coverage', { ...total, drops });
  return coverageReport(kept, now());
}

/** Groups whose item can be read; none where there is no memory, or where it is down. */
async function seenItems(
  groups: readonly string[],
  table: MemoryTable | undefined,
  due: number,
  { now, log }: Pick<SyncRuntime, 'now' | 'log'>,
): Promise<ReadonlyMap<string, SeenItem>> {
  const seen = new Map<string, SeenItem>();
  if (table === undefined) return seen;
  let items: ReadonlyMap<string, Fields>;
  try {
    items = await table.read(groups.map(groupId), Math.min(due, now() + MEMORY_READ_MS));
  } catch (error) {
    log('warn', 'memory.down', { error: loggedError(error), says: 'coverage is measured and not kept' });
    return seen;
  }
  for (const group of groups) {
    try {
      seen.set(group, seenIn(items.get(groupId(group))));
    } catch (error) {
      log('warn', 'memory.unreadable', { group, error: loggedError(error) });
    }
  }
  return seen;
}

interface Kept {
  readonly before: Coverage | undefined;
  readonly after: KeptGroup;
}

/** Where it cannot be kept, the look by itself counts: it is no drop, since nobody knows what was before. */
async function keep(
  group: string,
  look: Look,
  seen: SeenItem | undefined,
  table: MemoryTable | undefined,
  due: number,
  { now, log }: Pick<SyncRuntime, 'now' | 'log'>,
): Promise<Kept> {
  const alone = () => ({ before: undefined, after: { group, ...keptCoverage({}, look, now()) } });
  if (seen === undefined || table === undefined) return alone();
  try {
    const change = (item: SeenItem['item']) => ({ ...item, ...keptCoverage(item, look, now()) });
    const { before, item } = await changeItem(group, seen, change, due, table);
    return {
      before: before.coverage,
      after: { group, coverage: item.coverage, unmeasured: item.unmeasured },
    };
  } catch (error) {
    log('warn', 'coverage.unkept', { group, error: loggedError(error) });
    return alone();
  }
}
