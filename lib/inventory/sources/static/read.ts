// Members written in the configuration itself.

import type { IdentifyType } from '../../../core/group/machine-group.ts';
import { counted } from '../../../core/text/counted.ts';
import { distinct } from '../../formats/list/read.ts';
import { collector, snapshotOf } from '../../found.ts';
import type { Source } from '../../source.ts';
import type { StaticSource } from './settings.ts';

export interface StaticDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function open(
  settings: StaticSource,
  label: string,
  _identify: IdentifyType,
  { now }: StaticDeps,
): Source {
  return {
    label,
    snapshot: async () => {
      const takenAt = now();
      const into = collector(label);
      const add = distinct(into);
      for (const [index, member] of settings.members.entries()) add(`members[${index}]`, member);
      const proof = `${counted(settings.members.length, 'member')} in the configuration`;
      return snapshotOf(into.found(), { source: label, takenAt, proof });
    },
  };
}
