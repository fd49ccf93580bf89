// What is read of an account and region for a source. Tags are selected here from one reading of everything where that is
// fewer calls: a filter costs a page at least and a dry run before and after it. How many pages everything has, nobody
// knows before: it is given up after as many calls as the filters cost at least, and that is remembered. A resource group
// is selected by the service alone, since its answers leave out which one an instance is in at times.

import { canonicalJson } from '../../../core/text/digest.ts';
import type { Account, PlaceReading } from '../../accounts.ts';
import type { Readings } from '../../readings.ts';
import { SourceError } from '../../source.ts';
import type { EcsInstance } from './answers.ts';
import type { AccessKey } from './api.ts';
import { type Calling, openCaller } from './call.ts';
import { accountKey, placesOf } from './keys.ts';
import { type EcsPlace, filterOf, needsInterfaces, readLifecycles, readProved } from './pages.ts';
import type { AlibabaEcsSource } from './settings.ts';

export interface EcsReading extends PlaceReading {
  readonly region: string;
  readonly instances: readonly EcsInstance[];
  /** Whether the service selected by tags and resource group; it did not where it would not have shown all. */
  readonly filtered: boolean;
  /** Auto Scaling state by instance id; undefined where it was not asked. */
  readonly lifecycles?: ReadonlyMap<string, string> | undefined;
}

type Read = Pick<EcsReading, 'instances' | 'pages' | 'takenAt' | 'key'> & {
  readonly ended?: 'filtered' | 'pages';
};

type Reader = Omit<Calling, 'key'> & { readonly readings: Readings };

/** Everything of one place. @throws SourceError where it is not proved to be everything */
export async function readPlace(
  settings: AlibabaEcsSource,
  { roleArn, region, key }: Account<AccessKey>,
  reader: Reader,
): Promise<EcsReading> {
  const { readings, signal } = reader;
  const place = canonicalJson([accountKey(settings, roleArn), region]);
  const demand = demandFor(settings, place, readings);
  const at = (stop: AbortSignal): EcsPlace => ({
    region,
    caller: openCaller({ ...reader, key, signal: stop }),
    source: reader.source,
  });
  const describe = (
    what: unknown,
    uses: number,
    read: (at: EcsPlace) => ReturnType<typeof readProved>,
  ): Promise<Read> => {
    const name = canonicalJson([place, what]);
    const begin = async (stop: AbortSignal): Promise<Read> => {
      const takenAt = reader.now();
      return { ...(await read(at(stop))), takenAt, key: name };
    };
    return readings.share(name, uses, begin, signal);
  };
  const all = (most?: number) => (to: EcsPlace) => readProved({}, demand.withInterfaces, to, most);

  /** Undefined where it is not the cheaper way, or not allowed: filters may be, by themselves. */
  const readWhole = async (): Promise<Read | undefined> => {
    const most = demand.isForAll ? Number.POSITIVE_INFINITY : 3 * demand.filters - 2;
    if (demand.filters < 2 && !demand.isForAll) return undefined;
    if ((readings.large.get(place) ?? 0) >= most) return undefined;
    try {
      const read = await describe('all', demand.selectable, all(most));
      if (read.ended === undefined) return read;
      readings.large.set(place, read.pages);
      return undefined;
    } catch (error) {
      const isDenied = error instanceof SourceError && error.code === 'forbidden';
      if (isDenied && Object.keys(filter).length > 0) return undefined;
      throw error;
    }
  };

  const filter = filterOf(settings);
  let read = isSelectable(settings) ? await readWhole() : undefined;
  let filtered = false;
  if (read === undefined) {
    filtered = Object.keys(filter).length > 0;
    const what = filteredBy(settings);
    const uses = demand.alike.get(canonicalJson(what)) ?? 1;
    read = await describe(what, uses, (to) => readProved(filter, needsInterfaces(settings), to));
    if (read.ended !== undefined) {
      const { pages } = read;
      filtered = false;
      read = await describe('everything', Number.POSITIVE_INFINITY, all());
      read = { ...read, pages: read.pages + pages };
    }
  }
  // Later than the instances: one that was launched meanwhile is known here, and is not in service yet.
  const lifecycles = settings.inServiceOnly
    ? await readings.share(
        canonicalJson([read.key, 'lifecycles']),
        Number.POSITIVE_INFINITY,
        (stop) => readLifecycles(at(stop)),
        signal,
      )
    : undefined;
  const { ended: _, ...rest } = read;
  return { region, ...rest, filtered, lifecycles };
}

const isSelectable = ({ resourceGroupId }: AlibabaEcsSource): boolean => resourceGroupId === undefined;

/** What one call by the service's own filter depends on. */
const filteredBy = (settings: AlibabaEcsSource) => [filterOf(settings), needsInterfaces(settings)];

/** What all sources of the run want of a place. */
interface Demand {
  /** Sources whose instances can be told here. */
  readonly selectable: number;
  /** Filters of those. */
  readonly filters: number;
  /** Whether somebody wants all instances. */
  readonly isForAll: boolean;
  readonly withInterfaces: boolean;
  /** How many sources would be served by one call. */
  readonly alike: ReadonlyMap<string, number>;
}

const demands = new WeakMap<readonly AlibabaEcsSource[], Demand>();

function demandFor(settings: AlibabaEcsSource, place: string, readings: Readings): Demand {
  const sources = readings.asked<AlibabaEcsSource>('alibaba-ecs', placesOf).get(place) ?? [settings];
  const known = demands.get(sources);
  if (known !== undefined) return known;
  const selectable = sources.filter(isSelectable);
  const filters = new Set(selectable.map((source) => canonicalJson(filterOf(source))));
  const demand: Demand = {
    selectable: selectable.length,
    filters: filters.size,
    isForAll: filters.has('{}'),
    withInterfaces: sources.some(needsInterfaces),
    alike: new Map(
      [...Map.groupBy(sources, (source) => canonicalJson(filteredBy(source)))].map(([what, { length }]) => [
        what,
        length,
      ]),
    ),
  };
  demands.set(sources, demand);
  return demand;
}
