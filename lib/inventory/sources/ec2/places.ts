// What is read of an account and region for a source. Several filters on one place are served by one reading of it
// without a filter, where that is fewer calls. How many pages it has, nobody knows before: it is given up after as many as
// there are filters, which is what they cost at least. So it never costs more than twice the filters, and only once in a
// process: what was larger than that is remembered.

import { canonicalJson } from '../../../core/text/digest.ts';
import type { PlaceReading } from '../../accounts.ts';
import type { Readings } from '../../readings.ts';
import type { AwsApis, AwsPlace, Ec2Filter, Ec2Instance } from './api.ts';
import { areSelectable, filtersOf, select } from './filters.ts';
import { placesOf } from './keys.ts';
import { readInstances, readLifecycles } from './pages.ts';
import type { Ec2Source } from './settings.ts';
import { asgOf, hasState } from './states.ts';

export interface Ec2Reading extends PlaceReading {
  readonly region: string;
  /** Those that the source's filters select. */
  readonly instances: readonly Ec2Instance[];
  /** Lifecycle state by instance id, for instances that are in an Auto Scaling group. */
  readonly lifecycles: ReadonlyMap<string, string>;
}

export interface Ec2Place extends AwsPlace {
  readonly key: string;
}

export interface Reader {
  readonly aws: AwsApis;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly readings: Readings;
  /** Label for errors; whoever shares a reading puts the own one in its place. */
  readonly label: string;
  readonly signal: AbortSignal;
}

type Read = Pick<Ec2Reading, 'instances' | 'pages' | 'takenAt' | 'key'>;

export async function readPlace(settings: Ec2Source, place: Ec2Place, reader: Reader): Promise<Ec2Reading> {
  const demand = demandFor(settings, place, reader.readings);
  const filters = filtersOf(settings);
  const whole = areSelectable(filters) ? await readWhole(demand, place, reader) : undefined;
  const selected = whole && select(whole.instances, filters);
  if (whole && selected) {
    const lifecycles = await readStates(settings, selected, place, reader, {
      key: whole.key,
      sources: demand.selectable,
      of: (source) => select(whole.instances, filtersOf(source)) ?? [],
    });
    return { region: place.region, ...whole, instances: selected, lifecycles };
  }
  const said = canonicalJson(filters);
  const sources = demand.byFilters.get(said) ?? [settings];
  const read = await readFiltered(filters, sources.length, place, reader);
  const served = { key: read.key, sources, of: () => read.instances };
  const lifecycles = await readStates(settings, read.instances, place, reader, served);
  return { region: place.region, ...read, lifecycles };
}

/** What all sources of the run want of a place. */
interface Demand {
  readonly byFilters: ReadonlyMap<string, readonly Ec2Source[]>;
  /** Sources whose filters can be told here. */
  readonly selectable: readonly Ec2Source[];
  /** Calls that their filters cost at least. */
  readonly filters: number;
  /** Whether somebody wants all instances. */
  readonly isForAll: boolean;
}

const demands = new WeakMap<readonly Ec2Source[], Demand>();

function demandFor(settings: Ec2Source, place: Ec2Place, readings: Readings): Demand {
  const sources = readings.asked<Ec2Source>('ec2', placesOf).get(place.key) ?? [settings];
  const known = demands.get(sources);
  if (known !== undefined) return known;
  const selectable = sources.filter((source) => areSelectable(filtersOf(source)));
  const demand: Demand = {
    byFilters: Map.groupBy(sources, (source) => canonicalJson(filtersOf(source))),
    selectable,
    filters: new Set(selectable.map((source) => canonicalJson(filtersOf(source)))).size,
    isForAll: selectable.some((source) => filtersOf(source).length === 0),
  };
  demands.set(sources, demand);
  return demand;
}

/** All instances of a place; undefined where it is not the cheaper way. */
async function readWhole(
  { selectable, filters, isForAll }: Demand,
  place: Ec2Place,
  reader: Reader,
): Promise<Read | undefined> {
  const { readings } = reader;
  const most = isForAll ? Number.POSITIVE_INFINITY : filters;
  if (filters < 2 && !isForAll) return undefined;
  if ((readings.large.get(place.key) ?? 0) >= most) return undefined;
  const key = canonicalJson([place.key, 'all']);
  const read = await readings.share(
    key,
    selectable.length,
    (signal) => describe(key, [], place, { ...reader, signal }, most),
    reader.signal,
  );
  if (!read.isWhole) readings.large.set(place.key, read.pages);
  return read.isWhole ? read : undefined;
}

function readFiltered(filters: Ec2Filter[], uses: number, place: Ec2Place, reader: Reader): Promise<Read> {
  const key = canonicalJson([place.key, filters]);
  return reader.readings.share(
    key,
    uses,
    (signal) => describe(key, filters, place, { ...reader, signal }),
    reader.signal,
  );
}

async function describe(
  key: string,
  filters: Ec2Filter[],
  place: Ec2Place,
  { aws, now, readings, label, signal }: Reader,
  most?: number,
) {
  const takenAt = now();
  const read = await readings.using(
    canonicalJson([place.key, 'client']),
    () => aws.ec2(place),
    (client) => readInstances(client, filters, label, signal, most),
  );
  return { ...read, takenAt, key };
}

/** What a reading serves. */
interface Served {
  readonly key: string;
  readonly sources: readonly Ec2Source[];
  /** What one of them selects. */
  readonly of: (source: Ec2Source) => readonly Ec2Instance[];
}

/** Auto Scaling is asked for ids: for those of all sources that a reading serves, at once. */
async function readStates(
  settings: Ec2Source,
  own: readonly Ec2Instance[],
  place: Ec2Place,
  { aws, readings, label, signal }: Reader,
  { key, sources, of }: Served,
): Promise<ReadonlyMap<string, string>> {
  if (managedOf(own, settings).length === 0) return new Map();
  return readings.share(
    canonicalJson([key, 'lifecycles']),
    Number.POSITIVE_INFINITY,
    (stop) => {
      const ids = new Set(sources.flatMap((source) => managedOf(of(source), source)));
      return readings.using(
        canonicalJson([place.key, 'auto scaling client']),
        () => aws.autoScaling(place),
        (client) => readLifecycles(client, [...ids], label, stop),
      );
    },
    signal,
  );
}

/** By reading and states: each group of a family asks for those of the whole reading. */
const managed = new WeakMap<readonly Ec2Instance[], Map<string, readonly string[]>>();

function managedOf(instances: readonly Ec2Instance[], { states }: Ec2Source): readonly string[] {
  const known = managed.get(instances) ?? new Map<string, readonly string[]>();
  managed.set(instances, known);
  const key = states.join();
  const ids =
    known.get(key) ??
    instances.flatMap((instance) =>
      instance.InstanceId !== undefined && hasState(instance, states) && asgOf(instance) !== undefined
        ? instance.InstanceId
        : [],
    );
  known.set(key, ids);
  return ids;
}
