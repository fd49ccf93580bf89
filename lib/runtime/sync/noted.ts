// Notes of the last runs in the memory. A run of the schedule costs a read and a write of one item; of the others those alone
// in which something happened, so that workers and events without news write nothing.

import {
  RUNS_ID,
  type RunNote,
  type RunsItem,
  readRuns,
  runsChange,
  withRun,
} from '../../core/memory/runs.ts';
import { type Fields, revisionOf } from '../../core/memory/table.ts';
import { ReadError } from '../../core/reading/read-error.ts';
import { hasWritten, noteOf } from '../../core/report/note.ts';
import type { RunReport } from '../../core/report/report.ts';
import { LEASE_TRY_MS } from '../../core/time/timeouts.ts';
import { loggedError } from '../log.ts';
import { changeStored, type StoredKind } from '../stored-item.ts';
import type { Attention } from './metrics.ts';
import type { VerdictDeps, Via } from './verdicts.ts';

/** A note is not worth more: of runs that end at the same time one may be missing. */
const ROUNDS = 3;

export type NoteDeps = Omit<VerdictDeps, 'table'> & { readonly table: VerdictDeps['table'] | undefined };

/** @param report of a run that was to write. Never rejects */
export async function noteRun(
  report: RunReport,
  via: Via,
  attention: Attention,
  deps: NoteDeps,
): Promise<void> {
  // The schedule and workers come again and find the same: what stood before is no news.
  const isNews = attention.new > 0 || (via === 'other' && report.status !== 'ok');
  await note(noteOf(report), { scheduled: via === 'schedule', eventful: hasWritten(report) || isNews }, deps);
}

/** The schedule has handed all groups to workers, whose runs are noted by themselves. Never rejects. */
export async function noteHandedOut(runId: string, groups: number, deps: NoteDeps): Promise<void> {
  const figures = { groups, added: 0, removed: 0, refused: 0, failed: 0 };
  const run: RunNote = { runId, at: deps.now(), trigger: 'the schedule', status: 'handed-out', ...figures };
  await note(run, { scheduled: true, eventful: false }, deps);
}

async function note(
  run: RunNote,
  is: { readonly scheduled: boolean; readonly eventful: boolean },
  { table, now, log, due }: NoteDeps,
): Promise<void> {
  if (table === undefined || !(is.scheduled || is.eventful)) return;
  const terms = { due: Math.min(due, now() + LEASE_TRY_MS), rounds: ROUNDS };
  try {
    const fields = (await table.read([RUNS_ID], terms.due)).get(RUNS_ID);
    const seen = { item: runsIn(fields), revision: revisionOf(fields) };
    await changeStored(RUNS, seen, (before) => withRun(before, run, is), table, terms);
  } catch (error) {
    log('warn', 'run.unnoted', { runId: run.runId, error: loggedError(error) });
  }
}

function runsIn(fields: Fields | undefined): RunsItem {
  const read = readRuns(fields);
  if (!read.readable) throw new ReadError('changed', read.says);
  return read.item;
}

const RUNS: StoredKind<RunsItem> = {
  name: 'the list of the last runs',
  id: RUNS_ID,
  read: runsIn,
  changeOf: runsChange,
};
