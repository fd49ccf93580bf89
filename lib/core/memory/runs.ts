// The last runs, for who wants to see them without searching a log: those in which something happened, and the last one of
// the schedule, which looks at all groups. One item for the deployment.

import * as z from 'zod/mini';
import { cut } from '../text/few.ts';
import { type Read, reading, readJson, VERSION } from './read.ts';
import { whole } from './shapes.ts';
import { type Change, changeBetween, type Fields } from './table.ts';

export const RUNS_ID = 'runs';
export const RUNS_KEPT = 20;
/** Characters of what set a run off, and of who asked for it. */
const WORDS_MAX = 200;

export interface RunNote {
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly trigger: string;
  readonly caller?: string | undefined;
  /** Of the worst of its groups; `handed-out` where workers look at them. */
  readonly status: (typeof RUN_STATUSES)[number];
  readonly groups: number;
  readonly added: number;
  readonly removed: number;
  readonly refused: number;
  readonly failed: number;
}

export const RUN_STATUSES = ['ok', 'refused', 'failed', 'handed-out'] as const;

export interface RunsItem {
  /** The last run of the schedule. */
  readonly scheduled?: RunNote | undefined;
  /** The latest first. */
  readonly runs: readonly RunNote[];
}

const text = z.string();
const noteShape = z.object({
  runId: text,
  at: whole,
  trigger: text,
  caller: z.optional(text),
  status: z.enum(RUN_STATUSES),
  groups: whole,
  added: whole,
  removed: whole,
  refused: whole,
  failed: whole,
});

/** @param fields undefined if there is no item: it then reads as an empty one */
export function readRuns(fields: Fields | undefined): Read<RunsItem> {
  if (fields === undefined) return { readable: true, item: { runs: [] } };
  return reading(fields, (all) => ({
    scheduled: readJson(all, 'scheduled', noteShape),
    runs: readJson(all, 'runs', z.array(noteShape)) ?? [],
  }));
}

export function withRun(
  item: RunsItem,
  note: RunNote,
  is: { scheduled: boolean; eventful: boolean },
): RunsItem {
  return {
    scheduled: is.scheduled ? note : item.scheduled,
    runs: is.eventful ? [note, ...item.runs].slice(0, RUNS_KEPT) : item.runs,
  };
}

export function runsChange(before: RunsItem | undefined, after: RunsItem): Change | undefined {
  return changeBetween(before ? runsFields(before) : {}, runsFields(after));
}

function runsFields({ scheduled, runs }: RunsItem): Record<string, string | number> {
  return {
    version: VERSION,
    ...(scheduled && { scheduled: JSON.stringify(bounded(scheduled)) }),
    ...(runs.length > 0 && { runs: JSON.stringify(runs.map(bounded)) }),
  };
}

function bounded({ trigger, caller, ...rest }: RunNote): RunNote {
  return {
    ...rest,
    trigger: cut(trigger, WORDS_MAX),
    ...(caller !== undefined && { caller: cut(caller, WORDS_MAX) }),
  };
}
