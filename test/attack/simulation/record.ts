// What one run was seen doing, from outside: which inventories it read, what the service showed it, what it sent
// and what came of that. Everything here is noted by the simulated world, nothing by the code under test.

import type { Mode, RunReport } from '../../../lib/core/report/report.ts';
import type { StoredGroup } from '../../support/standin/index.ts';

/** A group as the service holds or shows it; undefined where there is none. */
export type Seen = StoredGroup | undefined;

/** One reading of all sources of a group. */
export interface Reading {
  /** Members that came out of it, in canonical spelling; undefined if it failed. */
  members?: ReadonlySet<string>;
  complete: boolean;
  /** Order of the moment at which it was over; undefined while it goes on. */
  endedAt?: number;
}

/** An answer to GetMachineGroup that reached the run. */
export interface Look {
  readonly seen: Seen;
  /** Order of the moments at which the request left and the answer came. */
  readonly leftAt: number;
  readonly cameAt: number;
}

/** A request to write. */
export interface Sent {
  readonly run: RunRecord;
  readonly key: string;
  readonly operation: string;
  /** Its body, as text and as the value. */
  readonly text: string;
  readonly body: unknown;
  /** `add` or `delete`, for UpdateMachineGroupMachine. */
  readonly action: string | undefined;
  readonly leftAt: number;
  /** Whether the run had asked for the same before and got no answer, or none that it could use. */
  readonly isRepeat: boolean;
  /** How often it took effect: 0 or 1. */
  effects: number;
  /** When others last wrote to the group before this request left, and before it took effect. */
  readonly othersBefore: number;
  othersSince: number;
  /** The group right before and after it took effect. */
  before?: Seen;
  after?: Seen;
}

export interface GroupRecord {
  readonly readings: Reading[];
  readonly looks: Look[];
  readonly sent: Sent[];
  /** Ids of the answers that reached the run. */
  readonly requestIds: Set<string>;
  attempts: number;
  throttled: number;
  /** What the run last saw of the group before it wrote, and what the group should be since. */
  basis?: { readonly seen: Seen };
  expected?: { readonly seen: Seen };
  /** Somebody else wrote between the look before the write and the write itself. */
  raced: boolean;
}

/** What somebody was shown of a plan and then approved. */
export interface Approved {
  readonly fingerprint: string;
  readonly plan: ShownPlan | undefined;
}

/** The whole difference between a group and its inventory, as a run that only plans came upon them. */
export interface ShownPlan {
  readonly key: string;
  readonly seen: Seen;
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

export class RunRecord {
  readonly id: number;
  readonly mode: Mode;
  readonly approved: Approved | undefined;
  readonly startedAtMs: number;
  readonly groups = new Map<string, GroupRecord>();
  report: RunReport | undefined;
  /** Set when the process was killed: nothing follows from it any more but what is on its way already. */
  killed = false;
  over = false;

  constructor(id: number, mode: Mode, approved: Approved | undefined, startedAtMs: number) {
    this.id = id;
    this.mode = mode;
    this.approved = approved;
    this.startedAtMs = startedAtMs;
  }

  group(key: string): GroupRecord {
    const known = this.groups.get(key);
    if (known) return known;
    const fresh: GroupRecord = {
      readings: [],
      looks: [],
      sent: [],
      requestIds: new Set(),
      attempts: 0,
      throttled: 0,
      raced: false,
    };
    this.groups.set(key, fresh);
    return fresh;
  }

  /** Order of the moment at which the last reading of any inventory was over; undefined while one goes on. */
  get readAt(): number | undefined {
    let last = 0;
    for (const { readings } of this.groups.values()) {
      for (const { endedAt } of readings) {
        if (endedAt === undefined) return undefined;
        last = Math.max(last, endedAt);
      }
    }
    return last;
  }
}
