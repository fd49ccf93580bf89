// What a run works with: readings, clients, the memory, and who carries a decision out.

import type { GroupConfig } from '../../core/config/config.ts';
import type { CurrentGroup } from '../../core/group/current.ts';
import type { Known } from '../../core/memory/known.ts';
import type { Lease } from '../../core/memory/pending.ts';
import type { Write } from '../../core/plan/apply.ts';
import type { Decision, decide } from '../../core/plan/decide.ts';
import type { Writer } from '../../core/plan/policy.ts';
import type { GroupWanted } from '../../core/reading/wanted.ts';
import type { Outcome } from '../../sls/call.ts';
import type { SlsClient } from '../../sls/client.ts';

/** What is known of a group, by its key. */
export type RunMemory = (group: string) => Known;

export interface Ports {
  /**
   * A group's inventory, from readings that the run's groups share.
   * @param anew from one that begins now: somebody said that it has changed since
   * @throws SourceError
   */
  readonly wanted: (group: GroupConfig, anew?: 'anew') => Promise<GroupWanted>;
  /** A client for one group's calls, bound to the run. */
  readonly sls: (group: GroupConfig, observe: (outcome: Outcome) => void) => SlsClient;
  /** How many groups of a project may be worked on at a time, as things stand; as many as of all where it is not said. */
  readonly places?: ((project: string) => number) | undefined;
  readonly decide: typeof decide;
  readonly writers: Readonly<Record<Writer, GroupWriter>>;
  /** What is kept from run to run. Never rejects: a memory that is down, or not there, is known to be. */
  readonly memory: (groups: readonly string[]) => Promise<RunMemory>;
  /** Keeps what a run in which nothing was written has learnt of a group; a mere plan keeps nothing. Never rejects. */
  readonly remember?: ((decision: Decision) => Promise<void>) | undefined;
  /** When the run has to end, in milliseconds since the epoch. */
  readonly due: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Carries out a change, or does as if: which one it is, is decided where the ports are made. */
export interface GroupWriter {
  readonly status: 'planned' | 'recorded' | 'written';
  readonly write: (decision: Decision, sls: SlsClient, terms: WriteTerms) => Promise<WriteOutcome>;
}

export interface WriteTerms {
  /** Whether the group is looked at again if somebody asks for it meanwhile: once, not for ever. */
  readonly looksAgain: boolean;
  readonly again: DecideAgain;
}

/**
 * Plans and judges once more: on another read of the group, or on what the memory holds by now.
 * @param only removals that may go: those that were decided on before
 */
export type DecideAgain = (
  decision: Decision,
  now: { readonly current?: CurrentGroup; readonly known?: Known },
  only: ReadonlySet<string>,
) => Promise<Decision>;

export interface WriteOutcome {
  /** The write that was not made or not confirmed; none after success. */
  readonly unwritten?: Write;
  readonly error?: unknown;
  /** Whether anything was sent, so that the memory counts it. */
  readonly sent?: boolean;
  /** Whether the unwritten may have taken effect all the same. */
  readonly mayHaveTakenEffect?: boolean;
  /** What it came to, where that was decided once more. */
  readonly instead?: Decision;
  /** Of somebody else who is writing the group: nothing was done. */
  readonly busy?: Lease;
  /** Somebody asked meanwhile for another look. */
  readonly again?: boolean;
}
