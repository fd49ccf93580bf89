// What a load is made of.

export interface LoadOptions {
  readonly groups: number;
  /** Machines that each group is to have. */
  readonly machines: number;
  /** Share of the requests to SLS that something happens to. */
  readonly faultShare: number;
  /** Milliseconds that SLS takes for an answer. */
  readonly latencyMs: number;
  /** Calls that SLS takes of the project in a second; any number where there is none. */
  readonly callsASecond?: number;
  /** The same seed makes the same faults. */
  readonly seed: number;
}

export const SECRET = 'access-key';

export const nameOf = (group: number) => `group-${String(group).padStart(4, '0')}`;

/** Machines of a group, none of them in another group. */
export function machinesOf(group: number, count: number): string[] {
  const base = 10 * 2 ** 24 + group * 2 ** 13;
  return Array.from({ length: count }, (_, index) => {
    const address = base + index;
    return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.');
  });
}

/** What a group needs: to be made, corrected, nothing, or to be taken over. */
export function needOf(group: number): 'make' | 'full' | 'nothing' | 'adopt' {
  const kinds = ['make', 'full', 'full', 'make', 'full', 'nothing', 'make', 'full', 'adopt', 'make'] as const;
  return kinds[group % kinds.length] as (typeof kinds)[number];
}
