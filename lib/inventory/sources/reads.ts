// What sources read: whoever has a key in common with another can be served by one reading. Light, so that also those know it
// who hand work on and read nothing.

import { placesOf as ecsPlaces } from './alibaba-ecs/keys.ts';
import { placesOf as ec2Places } from './ec2/keys.ts';
import { documentKeys as fileKeys } from './file/keys.ts';
import { documentKeys as httpKeys } from './http/keys.ts';
import type { SourceConfig, SourceKind, SourceSettings } from './settings.ts';

const READS: { readonly [Kind in SourceKind]: (settings: SourceSettings[Kind]) => readonly string[] } = {
  // It stands in the configuration.
  static: () => [],
  file: fileKeys,
  http: httpKeys,
  ec2: ec2Places,
  'alibaba-ecs': ecsPlaces,
};

/** Keys of everything that a source reads; none where nothing is read. */
export function readsOf(settings: SourceConfig): readonly string[] {
  return (READS[settings.type] as (settings: SourceConfig) => readonly string[])(settings);
}
