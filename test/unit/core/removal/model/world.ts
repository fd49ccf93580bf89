// The world of the model: when machines run, when they belong in the group, and what the inventory lists. Times are
// milliseconds since the epoch.

import type { Machine } from '../../../../../lib/core/group/heartbeat.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const RUN_EVERY = 5 * MINUTE;
/** A Thursday. */
export const START = Date.UTC(2026, 0, 1);

export interface Life {
  /** When the machine runs and its agent reports. */
  readonly runs: readonly (readonly [from: number, to: number])[];
  /** While it belongs in the group: it sends logs, or will again. */
  readonly belongs: readonly [from: number, to: number];
}

/** What the inventory says from a time on. */
export interface Change {
  readonly at: number;
  readonly wanted: ReadonlySet<string>;
}

export interface World {
  readonly lives: ReadonlyMap<string, Life>;
  /** In the order of time; the first is what the group has at the start. */
  readonly inventory: readonly Change[];
  /** Whether ListMachines knows the machines of this group at all. */
  readonly heard: boolean;
}

export function belongs(world: World, member: string, at: number): boolean {
  const life = world.lives.get(member);
  return life !== undefined && life.belongs[0] <= at && at < life.belongs[1];
}

/** Rows of ListMachines for the members of a group: who has ever reported is listed for good. */
export function rowsFor(world: World, members: Iterable<string>, at: number): Machine[] {
  const rows: Machine[] = [];
  if (!world.heard) return rows;
  for (const member of members) {
    const heartbeat = lastHeartbeat(world.lives.get(member), at);
    if (heartbeat === undefined) continue;
    rows.push({
      ip: member,
      'machine-uniqueid': '',
      'userdefined-id': '',
      'host-id': `i-${member}`,
      lastHeartbeatTime: Math.floor(heartbeat / 1_000),
    });
  }
  return rows;
}

/** An agent reports every minute, the first time two minutes after it starts. */
function lastHeartbeat(life: Life | undefined, at: number): number | undefined {
  let last: number | undefined;
  for (const [from, to] of life?.runs ?? []) {
    if (at >= from + 2 * MINUTE) last = Math.floor(Math.min(at, to) / MINUTE) * MINUTE;
  }
  return last;
}

/** Writes a year down: machines that start and stop, and what the inventory lists, event by event. */
export class Chronicle {
  readonly #lives = new Map<string, { runs: [number, number][]; belongs: [number, number] }>();
  readonly #events: { at: number; list: readonly string[]; unlist: readonly string[] }[] = [];
  #names = 0;

  /** New machines that run from now on, listed at once. */
  start(count: number, at: number): string[] {
    const members = Array.from({ length: count }, () => `m${++this.#names}`);
    for (const member of members) {
      this.#lives.set(member, {
        runs: [[at, Number.POSITIVE_INFINITY]],
        belongs: [at, Number.POSITIVE_INFINITY],
      });
    }
    this.list(members, at);
    return members;
  }

  /** Machines that stop for good; the inventory drops them at once. */
  stop(members: readonly string[], at: number): void {
    for (const member of members) {
      this.pause([member], at);
      const life = this.#lives.get(member);
      if (life) life.belongs[1] = at;
    }
    this.unlist(members, at);
  }

  /** Machines that stop, and belong in the group all the same. */
  pause(members: readonly string[], at: number): void {
    for (const member of members) {
      const run = this.#lives.get(member)?.runs.at(-1);
      if (run) run[1] = Math.min(run[1], at);
    }
  }

  resume(members: readonly string[], at: number): void {
    for (const member of members) this.#lives.get(member)?.runs.push([at, Number.POSITIVE_INFINITY]);
  }

  list(members: readonly string[], at: number): void {
    this.#events.push({ at, list: [...members], unlist: [] });
  }

  unlist(members: readonly string[], at: number): void {
    this.#events.push({ at, list: [], unlist: [...members] });
  }

  world(heard = true): World {
    const wanted = new Set<string>();
    const inventory: Change[] = [];
    const events = this.#events.toSorted((one, other) => one.at - other.at);
    events.forEach(({ at, list, unlist }, index) => {
      for (const member of unlist) wanted.delete(member);
      for (const member of list) wanted.add(member);
      if (events[index + 1]?.at !== at) inventory.push({ at, wanted: new Set(wanted) });
    });
    return { lives: this.#lives, inventory, heard };
  }
}
