// EC2 instances of any number of accounts and regions.

import type { IdentifyType } from '../../../core/group/machine-group.ts';
import type { AwsCredentials } from '../../../core/reading/edges.ts';
import type { Part } from '../../../core/reading/part.ts';
import { type Reach, readAll, snapshotOfPlaces } from '../../accounts.ts';
import { partOf, shownOf } from '../../by-tag.ts';
import { openReadings, type Readings } from '../../readings.ts';
import { type Source, sourceErrorOf } from '../../source.ts';
import type { AwsApis } from './api.ts';
import { tagOf } from './filters.ts';
import { placeKey } from './keys.ts';
import { type Ec2Reading, type Reader, readPlace } from './places.ts';
import { selectInstances } from './select.ts';
import type { Ec2Source } from './settings.ts';

export interface Ec2Deps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly aws: AwsApis;
  /** What is read once for all groups of a run; by itself where absent. */
  readonly readings?: Readings;
}

export function open(
  settings: Ec2Source,
  label: string,
  identify: IdentifyType,
  { now, aws, readings = openReadings([{ settings, label, identify }]) }: Ec2Deps,
  part: Part = [],
): Source {
  const selection = { identify, settings };
  return {
    label,
    snapshot: async (signal) => {
      try {
        const whole = await readEach(settings, { aws, now, readings, label }, signal);
        const read = whole.map((one) => ({ ...one, instances: partOf(one.instances, part, tagOf) }));
        return snapshotOfPlaces(
          label,
          read,
          (into) => selectInstances(read, selection, into),
          (selected, matched, extent) => `${selected} of ${matched} matching instances, ${extent}`,
        );
      } catch (error) {
        throw sourceErrorOf(label, error);
      }
    },
    shown: async (keys, signal) => {
      try {
        const read = await readEach(settings, { aws, now, readings, label }, signal);
        return shownOf(
          read.flatMap(({ instances }) => instances),
          keys,
          {
            idOf: ({ InstanceId }) => InstanceId,
            tagOf,
            select: (into) => selectInstances(read, selection, into),
          },
        );
      } catch (error) {
        throw sourceErrorOf(label, error);
      }
    },
  };
}

function readEach(settings: Ec2Source, reader: Omit<Reader, 'signal'>, signal: AbortSignal | undefined) {
  const { externalId } = settings;
  const { aws, readings } = reader;
  const reach: Reach<AwsCredentials | undefined, Ec2Reading> = {
    readings,
    key: undefined,
    roleOf: (roleArn) => ['ec2', roleArn, externalId],
    assume: (roleArn, region, stop) => aws.assumeRole({ roleArn, externalId }, { region }, stop),
    read: ({ roleArn, region, key }, stop) => {
      const place = { key: placeKey(settings, roleArn, region), region, credentials: key };
      return readPlace(settings, place, { ...reader, signal: stop });
    },
  };
  return readAll(settings, reach, signal);
}
