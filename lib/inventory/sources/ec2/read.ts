// EC2 instances of any number of accounts and regions. All of them are read or the reading fails: one
// region that answers nothing would look like one region that has nothing.

import pLimit from 'p-limit';
import type { IdentifyType } from '../../../core/group/machine-group.ts';
import { collector, snapshotOf } from '../../found.ts';
import { type Source, sourceErrorOf } from '../../source.ts';
import type { AwsApis, AwsPlace } from './api.ts';
import { type Ec2Reading, filtersOf, readInstances, readLifecycles } from './pages.ts';
import { asgOf, hasState, selectInstances } from './select.ts';
import type { Ec2Source } from './settings.ts';

export interface Ec2Deps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly aws: AwsApis;
}

/** Accounts and regions read at a time. */
const CONCURRENCY = 4;

export function open(
  settings: Ec2Source,
  label: string,
  identify: IdentifyType,
  { now, aws }: Ec2Deps,
): Source {
  return {
    label,
    snapshot: async (signal) => {
      const takenAt = now();
      try {
        const readings = await readAll(settings, label, aws, signal);
        const into = collector(label);
        const selected = selectInstances(readings, { identify, settings }, into);
        const matched = readings.reduce((sum, { instances }) => sum + instances.length, 0);
        const pages = readings.reduce((sum, reading) => sum + reading.pages, 0);
        const proof = `${selected} of ${matched} matching instances, ${pages} pages, ${readings.length} regions`;
        return snapshotOf(into.found(), { source: label, takenAt, proof });
      } catch (error) {
        throw sourceErrorOf(label, error);
      }
    },
  };
}

/** The first failure stops the rest: their answers would be thrown away. */
async function readAll(settings: Ec2Source, label: string, aws: AwsApis, signal: AbortSignal | undefined) {
  const { regions, roleArns, externalId } = settings;
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const limit = pLimit(CONCURRENCY);
  const [region = ''] = regions;
  const accounts =
    roleArns.length === 0
      ? [undefined]
      : roleArns.map((roleArn) => limit(() => aws.assumeRole({ roleArn, externalId }, { region }, stop)));
  try {
    const places = (await Promise.all(accounts)).flatMap((credentials) =>
      regions.map((region) => ({ region, credentials })),
    );
    return await Promise.all(
      places.map((place) => limit(() => readPlace(settings, place, label, aws, stop))),
    );
  } catch (error) {
    limit.clearQueue();
    failed.abort();
    throw error;
  }
}

async function readPlace(
  settings: Ec2Source,
  place: AwsPlace,
  label: string,
  aws: AwsApis,
  signal: AbortSignal,
): Promise<Ec2Reading> {
  const ec2 = await aws.ec2(place);
  const { instances, pages } = await readInstances(ec2, filtersOf(settings), label, signal).finally(
    ec2.close,
  );
  const managed = instances
    .filter((instance) => hasState(instance, settings.states) && asgOf(instance) !== undefined)
    .flatMap(({ InstanceId }) => InstanceId ?? []);
  if (managed.length === 0) return { region: place.region, instances, pages, lifecycles: new Map() };
  const autoScaling = await aws.autoScaling(place);
  const lifecycles = await readLifecycles(autoScaling, managed, label, signal).finally(autoScaling.close);
  return { region: place.region, instances, pages, lifecycles };
}
