// What an operation says of a write to a group that exists; change.ts carries it out.
import type { MachineGroup } from '../../core/group/machine-group.ts';
import type { Names } from '../../core/group/ownership.ts';
import type { SlsClient } from '../../sls/client.ts';
import type { Answer } from '../../sls/reading.ts';

/** Members that are about to come and go, in canonical spelling. */
export interface Members {
  readonly additions: readonly string[];
  readonly removals: readonly string[];
}

/** What is to be done to the group that was looked at. */
export interface Planned extends Members {
  readonly names: Names;
  readonly send: (sls: SlsClient) => Promise<Answer<undefined>>;
  /** Whether a later reading shows that it was done; undefined is a group that does not exist. */
  readonly shows: (now: MachineGroup | undefined) => boolean;
  /** For the log. */
  readonly note?: Readonly<Record<string, unknown>>;
}

export interface Work<Look extends Answer<MachineGroup>> {
  readonly look: (sls: SlsClient) => Promise<Look>;
  /** Undefined if the group is as it was asked for. @throws ProblemError if it may not be written */
  readonly plan: (look: Look) => Planned | undefined;
}

export interface Target {
  readonly project: string;
  readonly name: string;
  /** For the history: of a restore, why, and the run that it goes back before. */
  readonly restore?: { readonly reason: string; readonly run: string };
  /** How the lease and the log name who writes. */
  readonly by: string;
  /** When the request has to be answered, in milliseconds since the epoch. */
  readonly due: number;
  /** The caller writes in spite of a freeze. */
  readonly throughFreeze?: boolean | undefined;
}
