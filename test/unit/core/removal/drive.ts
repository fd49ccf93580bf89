// A group driven from run to run, with everything a test does not care about filled in.
import type { Canonical } from '../../../../lib/core/group/current.ts';
import type { Machine } from '../../../../lib/core/group/heartbeat.ts';
import type { Breaker } from '../../../../lib/core/removal/breaker.ts';
import { examine, needsListing, note } from '../../../../lib/core/removal/examine.ts';
import { type Judgement, judgeRemovals } from '../../../../lib/core/removal/judge.ts';
import type { Listing } from '../../../../lib/core/removal/listing.ts';
import { newMemory, type RemovalMemory, withWrite } from '../../../../lib/core/removal/memory.ts';
import type { OtherGroup } from '../../../../lib/core/removal/moved.ts';
import { REMOVAL_DEFAULTS, type RemovalSettings } from '../../../../lib/core/removal/settings.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const T0 = Date.UTC(2026, 5, 1);

export const asSpelt: Canonical = (_identify, raw) => raw;

/** `m1 … mN`. */
export const names = (count: number, first = 1): string[] =>
  Array.from({ length: count }, (_, index) => `m${first + index}`);

export const row = (ip: string, heartbeatAt: number, rest: Partial<Machine> = {}): Machine => ({
  ip,
  'machine-uniqueid': '',
  'userdefined-id': '',
  lastHeartbeatTime: Math.floor(heartbeatAt / 1_000),
  ...rest,
});

export const read = (machines: readonly Machine[], answeredAt: number, cut = false): Listing => ({
  state: 'read',
  machines,
  answeredAt,
  cut,
});

export const DEAF: Listing = { state: 'deaf', says: 'ListMachines was denied' };

export interface Run {
  readonly at: number;
  readonly wanted: Iterable<string>;
  readonly complete?: boolean;
  /** When the reading began; the time of the run if it is not said. */
  readonly beganAt?: number;
  readonly listing?: Listing;
  readonly others?: readonly OtherGroup[];
  readonly approved?: Iterable<string>;
  readonly allowEmpty?: boolean;
  readonly breaker?: Breaker;
}

export class Drive {
  members: Set<string>;
  memory: RemovalMemory;
  /** Whether the last run needed ListMachines. */
  asked = false;
  readonly settings: RemovalSettings;
  readonly identify: 'ip' | 'userdefined';

  constructor(
    members: Iterable<string>,
    {
      settings = {},
      identify = 'ip' as 'ip' | 'userdefined',
      memory = newMemory(T0 - 30 * DAY),
    }: { settings?: Partial<RemovalSettings>; identify?: 'ip' | 'userdefined'; memory?: RemovalMemory } = {},
  ) {
    this.members = new Set(members);
    this.settings = { ...REMOVAL_DEFAULTS, ...settings };
    this.identify = identify;
    this.memory = memory;
  }

  run(run: Run): Judgement {
    const { at, complete = true, beganAt = at, listing = DEAF, allowEmpty = false, breaker } = run;
    const wanted = new Set(run.wanted);
    const added = [...wanted].filter((member) => !this.members.has(member));
    const noted = note({
      memory: this.memory,
      reading: { complete, beganAt, wanted },
      members: this.members,
      additions: added.length,
      identify: this.identify,
      canonical: asSpelt,
      settings: this.settings,
      approved: new Set(run.approved),
      now: at,
    });
    this.asked = needsListing(noted);
    const examination = examine(noted, this.asked ? listing : undefined, run.others);
    const judgement = judgeRemovals(examination, { allowEmpty, breaker });
    const removed = judgement.goes.map(({ member }) => member);
    const adds = judgement.additions.verdict === 'go' ? added : [];
    const weak = judgement.goes.filter((removal) => removal.weak).length;
    for (const member of removed) this.members.delete(member);
    for (const member of adds) this.members.add(member);
    this.memory = withWrite(judgement.memory, { added: adds.length, removed, weak }, at);
    return judgement;
  }

  /** Runs every five minutes from one time to another, the last included; gives the last judgement. */
  runs(from: number, to: number, run: (at: number) => Omit<Run, 'at'>): Judgement {
    let last: Judgement | undefined;
    for (let at = from; at <= to; at += 5 * MINUTE) last = this.run({ at, ...run(at) });
    return last as Judgement;
  }
}

/** What a judgement comes to, in a line. */
export function inShort({ goes, waits, refusals, additions }: Judgement): string {
  const counts = (values: readonly string[]) =>
    [...Map.groupBy(values, (value) => value)].map(([value, { length }]) => `${length} ${value}`).join(', ');
  return [
    `go: ${counts(goes.map((removal) => `${removal.class}${removal.weak ? ' (weak)' : ''}`)) || 'none'}`,
    `wait: ${counts(waits.map((waiting) => waiting.for)) || 'none'}`,
    ...(refusals.length > 0 ? [`refused: ${refusals.map(({ code }) => code).join(', ')}`] : []),
    ...(additions.verdict === 'wait' ? ['additions wait'] : []),
  ].join('; ');
}
