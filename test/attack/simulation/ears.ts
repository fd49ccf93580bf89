// How the service answers ListMachines: as it should, not at all, in part, or with what was so an hour ago.

import type { Fault } from '../../support/standin/index.ts';
import type { Dice } from './dice.ts';
import { HOUR } from './spans.ts';

type EarsKind = 'heard' | 'denied' | 'cut' | 'empty' | 'old';

export interface Ears {
  readonly kind: EarsKind;
  /** The moment that it still shows, in milliseconds since the epoch; now if not given. */
  readonly at?: number;
}

export const HEARD: Ears = { kind: 'heard' };

const LIKELY: Readonly<Record<EarsKind, number>> = { heard: 8, denied: 1, cut: 1, empty: 1, old: 1 };

/** Every way there is. */
export const EARS: readonly string[] = Object.keys(LIKELY);

export function nextEars(dice: Dice, now: number): Ears {
  const kind = dice.weighted(LIKELY);
  return kind === 'old' ? { kind, at: now - dice.between(0, HOUR) } : { kind };
}

/** The stand-in's fault for it, where it is none that the rows show. */
export function faultOfEars({ kind }: Ears): Fault | undefined {
  if (kind === 'denied') {
    return {
      kind: 'error',
      status: 403,
      code: 'ProjectForbidden',
      message: 'The project has been forbidden.',
    };
  }
  if (kind !== 'cut') return undefined;
  const body = JSON.stringify({ machines: [], count: 0, total: 9 });
  return { kind: 'raw', status: 200, contentType: 'application/json', body };
}
