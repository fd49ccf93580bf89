// EC2 instances of any number of accounts and regions. All of them are read or the reading fails: one
// region that answers nothing would look like one region that has nothing.

import pLimit from 'p-limit';
import type { IdentifyType } from '../../../core/group/machine-group.ts';
import { collector, snapshotOf } from '../../found.ts';
import { openReadings, type Readings } from '../../readings.ts';
import { assumeOnce } from '../../roles.ts';
import { type Source, sourceErrorOf } from '../../source.ts';
import type { AwsApis } from './api.ts';
import { type Ec2Place, placeKey, type Reader, readPlace } from './places.ts';
import { selectInstances } from './select.ts';
import type { Ec2Source } from './settings.ts';

export interface Ec2Deps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly aws: AwsApis;
  /** What is read once for all groups of a run; by itself where absent. */
  readonly readings?: Readings;
}

/** Accounts and regions read at a time. */
const CONCURRENCY = 4;

export function open(
  settings: Ec2Source,
  label: string,
  identify: IdentifyType,
  { now, aws, readings = openReadings([{ settings, label, identify }]) }: Ec2Deps,
): Source {
  return {
    label,
    snapshot: async (signal) => {
      try {
        const read = await readAll(settings, { aws, now, readings, label }, signal);
        const into = collector(label);
        const selected = selectInstances(read, { identify, settings }, into);
        const matched = read.reduce((sum, { instances }) => sum + instances.length, 0);
        const pages = read.reduce((sum, reading) => sum + reading.pages, 0);
        return snapshotOf(into.found(), {
          source: label,
          takenAt: Math.min(...read.map(({ takenAt }) => takenAt)),
          proof: `${selected} of ${matched} matching instances, ${pages} pages, ${read.length} regions`,
          readings: read.map(({ key }) => key),
        });
      } catch (error) {
        throw sourceErrorOf(label, error);
      }
    },
  };
}

/** The first failure stops the rest, unless others wait for it: their answers would be thrown away. */
async function readAll(settings: Ec2Source, reader: Omit<Reader, 'signal'>, signal: AbortSignal | undefined) {
  const { regions, roleArns, externalId } = settings;
  const [first = ''] = regions;
  const failed = new AbortController();
  const bound = { ...reader, signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal };
  const assume = (roleArn: string) =>
    assumeOnce(
      reader.readings,
      ['ec2', roleArn, externalId],
      first,
      (region, stop) => reader.aws.assumeRole({ roleArn, externalId }, { region }, stop),
      bound.signal,
    );
  const limit = pLimit(CONCURRENCY);
  const accounts =
    roleArns.length === 0 ? [undefined] : roleArns.map((roleArn) => limit(() => assume(roleArn)));
  try {
    const places = (await Promise.all(accounts)).flatMap((credentials, index) =>
      regions.map((region) => {
        const place: Ec2Place = { key: placeKey(settings, roleArns[index], region), region, credentials };
        return limit(() => readPlace(settings, place, bound));
      }),
    );
    return await Promise.all(places);
  } catch (error) {
    limit.clearQueue();
    failed.abort();
    throw error;
  }
}
