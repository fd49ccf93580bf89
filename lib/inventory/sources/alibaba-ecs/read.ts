// Alibaba Cloud ECS instances of any number of accounts and regions. All of them are read or the reading fails: one
// region that answers nothing would look like one region that has nothing.

import pLimit from 'p-limit';
import { keyOrigins } from '../../../core/address/alibaba.ts';
import { SecretNotBound } from '../../../core/config/secret-binding.ts';
import type { IdentifyType } from '../../../core/group/machine-group.ts';
import { canonicalJson } from '../../../core/text/digest.ts';
import { collector, snapshotOf } from '../../found.ts';
import { openReadings, type Readings } from '../../readings.ts';
import { assumeOnce } from '../../roles.ts';
import { type Source, SourceError, sourceErrorOf } from '../../source.ts';
import type { AccessKey, AlibabaApis } from './api.ts';
import type { Calling } from './call.ts';
import { type EcsReading, readPlace } from './places.ts';
import { selectInstances } from './select.ts';
import { roleKey } from './sessions.ts';
import { type AlibabaEcsSource, servicesOf } from './settings.ts';

export interface AlibabaEcsDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly alibaba: AlibabaApis;
  /** What is read once for all groups of a run; by itself where absent. */
  readonly readings?: Readings;
}

/** Accounts and regions read at a time. */
const CONCURRENCY = 4;

export function open(
  settings: AlibabaEcsSource,
  label: string,
  identify: IdentifyType,
  { now, alibaba, readings = openReadings([{ settings, label, identify }]) }: AlibabaEcsDeps,
): Source {
  return {
    label,
    snapshot: async (signal) => {
      const due = now() + settings.timeoutMs;
      const timeout = AbortSignal.timeout(settings.timeoutMs);
      const failed = new AbortController();
      const signals = [timeout, failed.signal, ...(signal === undefined ? [] : [signal])];
      try {
        const read = await readAll(settings, failed, {
          places: settings,
          source: label,
          key: await ownKey(settings, label, alibaba, readings),
          apis: alibaba,
          now,
          due,
          signal: AbortSignal.any(signals),
          readings,
        });
        const into = collector(label);
        const selected = selectInstances(read, { identify, settings }, into);
        const matched = read.reduce((sum, { instances }) => sum + instances.length, 0);
        const pages = read.reduce((sum, reading) => sum + reading.pages, 0);
        return snapshotOf(into.found(), {
          source: label,
          takenAt: Math.min(...read.map(({ takenAt }) => takenAt)),
          proof: `${selected} of ${matched} instances, ${pages} pages, ${read.length} regions, each with its right to read proved by a dry run`,
          readings: read.map(({ key }) => key),
        });
      } catch (cause) {
        if (cause instanceof SourceError) throw sourceErrorOf(label, cause);
        if (timeout.aborted)
          throw new SourceError('timeout', label, `not read whole in ${settings.timeoutMs} ms`, { cause });
        if (signal?.aborted) throw new SourceError('aborted', label, 'given up', { cause });
        throw sourceErrorOf(label, cause);
      }
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

/** The first failure stops the rest, unless others wait for it: their answers would be thrown away. */
async function readAll(
  settings: AlibabaEcsSource,
  failed: AbortController,
  calling: Calling & { readonly readings: Readings },
): Promise<readonly EcsReading[]> {
  const { regions, roleArns, externalId, secretId, network, endpoints } = settings;
  const { readings, signal } = calling;
  const limit = pLimit(CONCURRENCY);
  const [first = ''] = regions;
  const assume = (roleArn: string) =>
    assumeOnce(
      readings,
      ['alibaba-ecs', secretId, network, endpoints, roleArn, externalId],
      first,
      (region, stop) => roleKey({ roleArn, externalId, region }, { ...calling, signal: stop }),
      signal,
    );
  const keys =
    roleArns.length === 0 ? [calling.key] : roleArns.map((roleArn) => limit(() => assume(roleArn)));
  try {
    const accounts = (await Promise.all(keys)).flatMap((key, index) =>
      regions.map((region) => ({ roleArn: roleArns[index], region, key })),
    );
    return await Promise.all(accounts.map((account) => limit(() => readPlace(settings, account, calling))));
  } catch (error) {
    limit.clearQueue();
    failed.abort();
    throw error;
  }
}
