// Alibaba Cloud ECS instances of any number of accounts and regions. All of them are read or the reading fails: one
// region that answers nothing would look like one region that has nothing.

import pLimit from 'p-limit';
import { keyOrigins } from '../../../core/address/alibaba.ts';
import { SecretNotBound } from '../../../core/config/secret-binding.ts';
import type { IdentifyType } from '../../../core/group/machine-group.ts';
import { collector, snapshotOf } from '../../found.ts';
import { type Source, SourceError, sourceErrorOf } from '../../source.ts';
import type { AccessKey, AlibabaApis } from './api.ts';
import { type Calling, openCaller } from './call.ts';
import { type EcsReading, readPlace } from './pages.ts';
import { selectInstances } from './select.ts';
import { roleKey } from './sessions.ts';
import { type AlibabaEcsSource, servicesOf } from './settings.ts';

export interface AlibabaEcsDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly alibaba: AlibabaApis;
}

/** Accounts and regions read at a time. */
const CONCURRENCY = 4;

export function open(
  settings: AlibabaEcsSource,
  label: string,
  identify: IdentifyType,
  { now, alibaba }: AlibabaEcsDeps,
): Source {
  return {
    label,
    snapshot: async (signal) => {
      const takenAt = now();
      const timeout = AbortSignal.timeout(settings.timeoutMs);
      const failed = new AbortController();
      const signals = [timeout, failed.signal, ...(signal === undefined ? [] : [signal])];
      try {
        const readings = await readAll(settings, failed, {
          places: settings,
          source: label,
          key: await ownKey(settings, label, alibaba),
          apis: alibaba,
          now,
          due: takenAt + settings.timeoutMs,
          signal: AbortSignal.any(signals),
        });
        const into = collector(label);
        const selected = selectInstances(readings, { identify, settings }, into);
        const matched = readings.reduce((sum, { instances }) => sum + instances.length, 0);
        const pages = readings.reduce((sum, reading) => sum + reading.pages, 0);
        const proof = `${selected} of ${matched} instances, ${pages} pages, ${readings.length} regions, each with its right to read proved by a dry run`;
        return snapshotOf(into.found(), { source: label, takenAt, proof });
      } catch (cause) {
        if (cause instanceof SourceError) throw cause;
        if (timeout.aborted)
          throw new SourceError('timeout', label, `not read whole in ${settings.timeoutMs} ms`, { cause });
        if (signal?.aborted) throw new SourceError('aborted', label, 'given up', { cause });
        throw sourceErrorOf(label, cause);
      }
    },
  };
}

/** Loaded once, so that what is wrong with it is told before anything is read. @throws SourceError */
async function ownKey(settings: AlibabaEcsSource, label: string, apis: AlibabaApis): Promise<AccessKey> {
  const key = apis.accessKey(settings.secretId, keyOrigins(settings, servicesOf(settings)));
  await key.get().catch((cause) => {
    if (cause instanceof SecretNotBound)
      throw new SourceError('forbidden', label, `secretId: ${cause.message}`, { cause });
    throw new SourceError('failed', label, 'the AccessKey could not be read', { cause });
  });
  return key;
}

/** The first failure stops the rest: their answers would be thrown away. */
async function readAll(
  settings: AlibabaEcsSource,
  failed: AbortController,
  calling: Calling,
): Promise<readonly EcsReading[]> {
  const { regions, roleArns, externalId } = settings;
  const limit = pLimit(CONCURRENCY);
  const [region = ''] = regions;
  const keys =
    roleArns.length === 0
      ? [calling.key]
      : roleArns.map((roleArn) => limit(() => roleKey({ roleArn, externalId, region }, calling)));
  try {
    const places = (await Promise.all(keys)).flatMap((key) => {
      const caller = openCaller({ ...calling, key });
      return regions.map((region) => ({ region, caller, source: calling.source }));
    });
    return await Promise.all(places.map((place) => limit(() => readPlace(settings, place))));
  } catch (error) {
    limit.clearQueue();
    failed.abort();
    throw error;
  }
}
