// The agents of the machines: they report, fall silent, come back, share an address, and one takes over another's. What
// ListMachines shows of them follows from the time alone, so that it can be told for any moment.

import type { Heartbeat } from '../../support/standin/state.ts';
import type { Dice } from './dice.ts';

const BEAT = 60_000;
/** The first heartbeat comes about two minutes after a start. */
const FIRST = 2 * BEAT;

interface Agent {
  readonly hostId: string;
  readonly uniqueId: string;
  /** Milliseconds since the epoch; it may have stopped, and started anew. */
  from: number;
  until: number;
  /** The last heartbeat before it started anew; 0 for none. */
  earlier: number;
}

export class Agents {
  readonly #of = new Map<string, Agent[]>();
  /** When another machine came to report under a member. */
  readonly #reused = new Map<string, number>();
  readonly #dice: Dice;
  #names = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** The machine of a member runs from then on; one that does already goes on. */
  start(member: string, at: number): void {
    const agent = this.#of.get(member)?.at(-1);
    if (agent === undefined) this.#of.set(member, [this.#agent(at)]);
    else if (agent.until <= at) {
      agent.earlier = lastBeat(agent, at);
      agent.from = at;
      agent.until = Number.POSITIVE_INFINITY;
    }
  }

  /** Every machine under a member stops. */
  stop(member: string, at: number): void {
    for (const agent of this.#of.get(member) ?? []) agent.until = Math.min(agent.until, at);
  }

  /** The address goes to another machine, while the one before is gone. */
  reuse(member: string, at: number): void {
    this.stop(member, at);
    this.share(member, at);
  }

  /** A second machine reports under the same address or id. */
  share(member: string, at: number): void {
    this.#of.set(member, [...(this.#of.get(member) ?? []).slice(-1), this.#agent(at)]);
    this.#reused.set(member, at);
  }

  runs(member: string, at: number): boolean {
    return this.#of.get(member)?.some(({ until }) => until > at) ?? false;
  }

  hasReported(member: string, at: number): boolean {
    return this.#of.get(member)?.some((agent) => lastBeat(agent, at) > 0) ?? false;
  }

  /** When another machine last took a member over; 0 for never. */
  reusedAt(member: string): number {
    return this.#reused.get(member) ?? 0;
  }

  /** @param skewMs by which the service's clock is ahead */
  rows(members: Iterable<string>, isOfAddresses: boolean, at: number, skewMs: number): Heartbeat[] {
    const rows: Heartbeat[] = [];
    for (const member of members) {
      for (const agent of this.#of.get(member) ?? []) {
        const last = lastBeat(agent, at);
        if (last === 0) continue;
        rows.push({
          ip: isOfAddresses ? member : '10.77.0.1',
          'machine-uniqueid': agent.uniqueId,
          ...(!isOfAddresses && { 'userdefined-id': member }),
          'host-id': agent.hostId,
          lastHeartbeatTime: Math.floor((last + skewMs) / 1_000),
        });
      }
    }
    return rows;
  }

  /** Some agents have one id only. */
  #agent(from: number): Agent {
    this.#names += 1;
    const has = this.#dice.pick(['both', 'host', 'unit'] as const);
    return {
      hostId: has === 'unit' ? '' : `i-${this.#names}`,
      uniqueId: has === 'host' ? '' : `UNIT-${this.#names}`,
      from,
      until: Number.POSITIVE_INFINITY,
      earlier: 0,
    };
  }
}

function lastBeat({ from, until, earlier }: Agent, at: number): number {
  const last = Math.min(at, until);
  return last >= from + FIRST ? Math.floor(last / BEAT) * BEAT : Math.min(earlier, at);
}
