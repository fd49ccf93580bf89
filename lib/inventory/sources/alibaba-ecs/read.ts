// Alibaba Cloud ECS instances of any number of accounts and regions.

import { keyOrigins } from '../../../core/address/alibaba.ts';
import { SecretNotBound } from '../../../core/config/secret-binding.ts';
import type { IdentifyType } from '../../../core/group/machine-group.ts';
import type { Part } from '../../../core/reading/part.ts';
import { canonicalJson } from '../../../core/text/digest.ts';
import { type Reach, readAll, snapshotOfPlaces } from '../../accounts.ts';
import { partOf, shownOf } from '../../by-tag.ts';
import { openReadings, type Readings } from '../../readings.ts';
import { type Source, SourceError, sourceErrorOf } from '../../source.ts';
import type { AccessKey, AlibabaApis } from './api.ts';
import type { Calling } from './call.ts';
import { type EcsReading, readPlace } from './places.ts';
import { selectInstances, tagOf } from './select.ts';
import { roleKey } from './sessions.ts';
import { type AlibabaEcsSource, servicesOf } from './settings.ts';

export interface AlibabaEcsDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly alibaba: AlibabaApis;
  /** What is read once for all groups of a run; by itself where absent. */
  readonly readings?: Readings;
}

export function open(
  settings: AlibabaEcsSource,
  label: string,
  identify: IdentifyType,
  { now, alibaba, readings = openReadings([{ settings, label, identify }]) }: AlibabaEcsDeps,
  part: Part = [],
): Source {
  const selection = { identify, settings };
  const readWhole = async (signal: AbortSignal | undefined): Promise<readonly EcsReading[]> => {
    const due = now() + settings.timeoutMs;
    const timeout = AbortSignal.timeout(settings.timeoutMs);
    try {
      return await readEach(settings, {
        places: settings,
        source: label,
        key: await ownKey(settings, label, alibaba, readings),
        apis: alibaba,
        now,
        due,
        signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
        readings,
      });
    } catch (cause) {
      if (cause instanceof SourceError) throw sourceErrorOf(label, cause);
      if (timeout.aborted)
        throw new SourceError('timeout', label, `not read completely in ${settings.timeoutMs} ms`, { cause });
      if (signal?.aborted) throw new SourceError('aborted', label, 'given up', { cause });
      throw sourceErrorOf(label, cause);
    }
  };
  return {
    label,
    snapshot: async (signal) => {
      const whole = await readWhole(signal);
      const read = whole.map((one) => ({ ...one, instances: partOf(one.instances, part, tagOf) }));
      return snapshotOfPlaces(
        label,
        read,
        (into) => selectInstances(read, selection, into),
        (selected, matched, extent) =>
          `${selected} of ${matched} instances, ${extent}, each with its right to read proved by a dry run`,
      );
    },
    shown: async (keys, signal) => {
      const read = await readWhole(signal);
      return shownOf(
        read.flatMap(({ instances }) => instances),
        keys,
        {
          idOf: ({ InstanceId }) => InstanceId,
          tagOf,
          select: (into) => selectInstances(read, selection, into),
        },
      );
    },
  };
}

/** Loaded once a run, so that what is wrong with it is told before anything is read. @throws SourceError */
function ownKey(
  settings: AlibabaEcsSource,
  label: string,
  apis: AlibabaApis,
  readings: Readings,
): Promise<AccessKey> {
  const { secretId } = settings;
  const origins = keyOrigins(settings, servicesOf(settings));
  return readings.share(
    canonicalJson(['alibaba key', secretId, origins]),
    Number.POSITIVE_INFINITY,
    async () => {
      const key = apis.accessKey(secretId, origins);
      await key.get().catch((cause) => {
        if (cause instanceof SecretNotBound)
          throw new SourceError('forbidden', label, `secretId: ${cause.message}`, { cause });
        throw new SourceError('failed', label, 'the AccessKey could not be read', { cause });
      });
      return key;
    },
  );
}

function readEach(
  settings: AlibabaEcsSource,
  calling: Calling & { readonly readings: Readings },
): Promise<readonly EcsReading[]> {
  const { externalId, secretId, network, endpoints } = settings;
  const { readings, key, signal } = calling;
  const reach: Reach<AccessKey, EcsReading> = {
    readings,
    key,
    roleOf: (roleArn) => ['alibaba-ecs', secretId, network, endpoints, roleArn, externalId],
    assume: (roleArn, region, stop) => roleKey({ roleArn, externalId, region }, { ...calling, signal: stop }),
    read: (account, stop) => readPlace(settings, account, { ...calling, signal: stop }),
  };
  return readAll(settings, reach, signal);
}
