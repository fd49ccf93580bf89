// What one run was seen doing, from outside: which inventories it read, what the service showed it, what it sent
// and what came of that. Everything here is noted by the simulated world, nothing by the code under test.

import type { Mode, RunReport } from '../../../lib/core/report/report.ts';
import type { StoredGroup } from '../../support/standin/index.ts';
import type { Heartbeat } from '../../support/standin/state.ts';

/** A group as the service holds or shows it; undefined where there is none. */
export type Seen = StoredGroup | undefined;

/** One reading of all sources of a group. */
export interface Reading {
  /** Members that came out of it, in canonical spelling; undefined if it failed. */
  members?: ReadonlySet<string>;
  complete: boolean;
  /** Order of the moment at which it was over; undefined while it goes on. */
  endedAt?: number;
  /** When it began, by the clock of its process, in milliseconds since the epoch. */
  readonly beganAt: number;
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
  readonly leftAt: number;
  /** The round that it belongs to. */
  readonly round: Round;
  /** When it left, in milliseconds since the epoch. */
  readonly sentAtMs: number;
  /** Whether it took effect when its caller had given up waiting. */
  isLate: boolean;
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

/** What ListMachines showed the run: the first page of a listing begins it. */
export interface Listed {
  readonly rows: readonly Heartbeat[];
  /** The service's clock when it answered, in milliseconds since the epoch. */
  readonly answeredAt: number;
}

/** One reading of a group, what the run decided on it, and what came of that. */
export interface Round {
  readonly reading: Reading | undefined;
  readonly looks: Look[];
  readonly sent: Sent[];
  readonly listings: Listed[];
  /** Requests of ListMachines, whatever came of them. */
  listingsAsked: number;
  /** What the run last saw of the group before it wrote, and what the group should be since. */
  basis?: { readonly seen: Seen };
  expected?: { readonly seen: Seen };
  /** Somebody else wrote between the look before the write and the write itself. */
  raced: boolean;
}

export class GroupRecord {
  /** Ids of the answers that reached the run. */
  readonly requestIds = new Set<string>();
  attempts = 0;
  throttled = 0;
  readonly rounds: Round[] = [];
  /** Members that a write of the run took away without proof: one that arrives late, once more, is no other removal. */
  readonly weak = new Set<string>();

  begin(reading: Reading | undefined): Round {
    const round: Round = { reading, looks: [], sent: [], listings: [], listingsAsked: 0, raced: false };
    this.rounds.push(round);
    return round;
  }

  /** The last one: a run looks at a group again if somebody asked for it meanwhile. */
  get round(): Round {
    return this.rounds.at(-1) ?? this.begin(undefined);
  }

  get sent(): readonly Sent[] {
    return this.rounds.flatMap(({ sent }) => sent);
  }
}

/** What somebody was shown of a plan: what is there and not wanted. */
export interface ShownPlan {
  readonly key: string;
  readonly removed: ReadonlySet<string>;
}

export class RunRecord {
  readonly id: number;
  readonly mode: Mode;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Milliseconds by which its process's clock is ahead. */
  readonly offsetMs: number;
  /** Whether it is a request of the API, which does what a person asks for. */
  readonly isRequest: boolean;
  /** Items of the memory that somebody else wrote first. */
  readonly conflicts = new Set<string>();
  readonly groups = new Map<string, GroupRecord>();
  report: RunReport | undefined;
  /** Set when the process was killed: nothing follows from it any more but what is on its way already. */
  killed = false;
  /** Order of the moment at which it was over by itself, and when that was; undefined while it goes on, and if it was killed. */
  overAt: number | undefined;
  overAtMs: number | undefined;
  /** Whether a notice of it was not taken. */
  toldInVain = false;
  /** Names of orphans that it was shown, if its look through the project met no trouble. */
  orphanLook: string[] | undefined;
  /** Whether any call to the memory failed, or the memory lost anything, while it went on. */
  hadTrouble = false;

  constructor(id: number, mode: Mode, startedAtMs: number, offsetMs: number, isRequest = false) {
    this.id = id;
    this.mode = mode;
    this.startedAtMs = startedAtMs;
    this.offsetMs = offsetMs;
    this.isRequest = isRequest;
  }

  group(key: string): GroupRecord {
    const known = this.groups.get(key);
    if (known) return known;
    const fresh = new GroupRecord();
    this.groups.set(key, fresh);
    return fresh;
  }
}
