// What an alibaba-ecs source reads, as keys, one an account and region: sources with the same one can be served by one reading.

import { canonicalJson } from '../../../core/text/digest.ts';
import { eachPlace } from '../../places.ts';
import type { AlibabaEcsSource } from './settings.ts';

/** What decides who reads, and how. */
export function accountKey(
  { secretId, network, endpoints, timeoutMs, externalId }: AlibabaEcsSource,
  roleArn: string | undefined,
): readonly unknown[] {
  return ['alibaba-ecs', secretId, network, endpoints, timeoutMs, roleArn, roleArn && externalId];
}

export function placesOf(settings: AlibabaEcsSource): readonly string[] {
  return eachPlace(settings, (roleArn, region) => canonicalJson([accountKey(settings, roleArn), region]));
}
