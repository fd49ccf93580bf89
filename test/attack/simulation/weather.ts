// What can happen to a request on its way to the service and back, and how likely each of it is just now.

import type { Fault } from '../../support/standin/index.ts';
import type { Dice } from './dice.ts';

export type Mishap =
  | 'throttled'
  | '500 before'
  | '500 after'
  | '500 without a body'
  | '503 before'
  | '503 after'
  | 'reset before'
  | 'reset after'
  | 'connection refused'
  | 'answer cut'
  | 'old state read'
  | 'request late'
  | 'answer late'
  | 'page 502'
  | 'page 502 after'
  | 'page 404'
  | 'page 200'
  | 'half a group';

export interface Weather {
  /** Chance of a mishap, for each request. */
  readonly chance: number;
  readonly weights: Readonly<Partial<Record<Mishap, number>>>;
  /** Milliseconds by which the service's clock is ahead. */
  readonly skewMs: number;
}

export const CALM: Weather = { chance: 0, weights: {}, skewMs: 0 };

const EVERYTHING: Readonly<Record<Mishap, number>> = {
  throttled: 6,
  '500 before': 3,
  '500 after': 3,
  '500 without a body': 1,
  '503 before': 2,
  '503 after': 2,
  'reset before': 2,
  'reset after': 3,
  'connection refused': 2,
  'answer cut': 2,
  'old state read': 4,
  'request late': 1,
  'answer late': 2,
  'page 502': 1,
  'page 502 after': 1,
  'page 404': 1,
  'page 200': 1,
  'half a group': 1,
};

export const MISHAPS: readonly string[] = Object.keys(EVERYTHING);

const KINDS: Readonly<Record<string, (dice: Dice) => Weather>> = {
  calm: () => CALM,
  uneasy: () => ({ chance: 0.03, weights: EVERYTHING, skewMs: 0 }),
  rough: () => ({ chance: 0.2, weights: EVERYTHING, skewMs: 0 }),
  throttling: () => ({ chance: 0.4, weights: { throttled: 1 }, skewMs: 0 }),
  down: () => ({
    chance: 0.9,
    weights: { '503 before': 2, 'connection refused': 1, 'page 502': 1 },
    skewMs: 0,
  }),
  lagging: () => ({ chance: 0.35, weights: { 'old state read': 1 }, skewMs: 0 }),
  crawling: () => ({ chance: 0.15, weights: { 'answer late': 3, 'request late': 1 }, skewMs: 0 }),
  skewed: (dice) => ({
    chance: 0.03,
    weights: EVERYTHING,
    skewMs: dice.pick([-1, 1]) * dice.between(16, 900) * 60_000,
  }),
};

const LIKELY = { calm: 6, uneasy: 8, rough: 3, throttling: 2, down: 1, lagging: 2, crawling: 1, skewed: 2 };

export function nextWeather(dice: Dice): Weather {
  return (KINDS[dice.weighted(LIKELY)] as (dice: Dice) => Weather)(dice);
}

/** What happens to a request, if anything does. */
export function mishap({ chance, weights }: Weather, method: string, dice: Dice): Mishap | undefined {
  if (chance === 0 || !dice.chance(chance)) return undefined;
  const fate = dice.weighted(weights as Record<Mishap, number>);
  return ONLY_READS.has(fate) && method !== 'GET' ? undefined : fate;
}

const ONLY_READS: ReadonlySet<Mishap> = new Set(['half a group', 'old state read']);

const error = (status: number, code: string, message: string, effect = false): Fault => {
  return { kind: 'error', status, code, message, effect };
};
const page = (status: number, effect = false): Fault => {
  return { kind: 'raw', status, body: '<html><body>proxy</body></html>', effect };
};

/** The stand-in's own fault for a mishap; those that concern the way there and back have none. */
const FAULTS: Readonly<Partial<Record<Mishap, Fault>>> = {
  throttled: error(403, 'MetaOperationQpsLimitExceeded', 'Qps limit for the meta operation is exceeded.'),
  '500 before': error(500, 'InternalServerError', 'Internal server error'),
  '500 after': error(500, 'InternalServerError', 'Internal server error', true),
  '500 without a body': { kind: 'error', status: 500 },
  '503 before': error(503, 'ServerBusy', 'Server is busy'),
  '503 after': error(503, 'ServerBusy', 'Server is busy', true),
  'reset before': { kind: 'reset', moment: 'before' },
  'reset after': { kind: 'reset', moment: 'after' },
  'answer cut': { kind: 'truncate' },
  'old state read': { kind: 'stale-read' },
  'page 502': page(502),
  'page 502 after': page(502, true),
  'page 404': page(404),
  'page 200': page(200),
  'half a group': {
    kind: 'raw',
    status: 200,
    contentType: 'application/json',
    body: '{"groupName":"group-0"}',
  },
};

/** Services quote what they were sent. @param quoted stands in every error and page that has text */
export function faultOf(mishap: Mishap, quoted: string): Fault | undefined {
  const fault = FAULTS[mishap];
  if (fault?.kind === 'error' && fault.message) return { ...fault, message: `${fault.message} ${quoted}` };
  if (fault?.kind === 'raw' && !fault.contentType) return { ...fault, body: `${fault.body}${quoted}` };
  return fault;
}
