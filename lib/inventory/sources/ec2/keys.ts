// What an ec2 source reads, as keys, one an account and region: sources with the same one can be served by one reading.

import { canonicalJson } from '../../../core/text/digest.ts';
import { eachPlace } from '../../places.ts';
import type { Ec2Source } from './settings.ts';

export function placeKey(
  { externalId }: Pick<Ec2Source, 'externalId'>,
  roleArn: string | undefined,
  region: string,
): string {
  return canonicalJson(['ec2', roleArn, externalId, region]);
}

export function placesOf(settings: Ec2Source): readonly string[] {
  return eachPlace(settings, (roleArn, region) => placeKey(settings, roleArn, region));
}
