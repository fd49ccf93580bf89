// The table of the memory: whether it is there, can be read, since when it knows anything, and which groups need a person.
import { DEPLOYMENT_ID, epochOf } from '../../core/memory/known.ts';
import { whereIs } from '../../core/status/command.ts';
import { counted } from '../../core/text/counted.ts';
import { MEMORY_READ_MS } from '../../core/time/timeouts.ts';
import type { Log } from '../../runtime/log.ts';
import { memoryTable } from '../../runtime/memory-table.ts';
import { readStatus } from '../../runtime/status/read.ts';
import { type Finding, ok, reasonOf, todoOf, warning, wrong } from './finding.ts';
import type { Patient } from './patient.ts';

export async function* memory(patient: Patient): AsyncGenerator<Finding> {
  const { settings, io } = patient;
  const { table } = settings;
  if (table === undefined) {
    yield warning('memory', 'there is none: no removal is written', 'name the table in SYNC_TABLE');
    return;
  }
  const check = `memory ${table}`;
  try {
    const items = await memoryTable(table).read([DEPLOYMENT_ID], io.now() + MEMORY_READ_MS);
    const began = epochOf(items.get(DEPLOYMENT_ID));
    if ('says' in began)
      yield wrong(check, began.says, 'removals wait until its item "deployment" is corrected or deleted');
    else if (began.epoch === undefined)
      yield ok(check, 'is new: nothing to do; for a day after the first run it proves nothing');
    else yield ok(check, `is there since ${new Date(began.epoch).toISOString()}`);
    if (!('says' in began)) yield* attention(patient, table);
  } catch (error) {
    yield wrong(
      check,
      `cannot be read (${reasonOf(error)})`,
      todoOf(error, 'compare SYNC_TABLE, and allow dynamodb:GetItem and dynamodb:BatchGetItem on it'),
    );
  }
}

/** What `status` tells one by one. */
async function* attention(
  { config, runtime, stage, due, io }: Patient,
  table: string,
): AsyncGenerator<Finding> {
  if (!config) return;
  const { environment } = runtime;
  const memory = { environment, table: memoryTable(table), log: SILENT, now: io.now, newId: () => '' };
  const where = whereIs(environment.metricsService);
  try {
    const { counts } = await readStatus(config, where, due, memory);
    const all = counts.attention;
    const known = counts.acknowledged === 0 ? '' : `, of ${counts.acknowledged} somebody said that they know`;
    const command = stage === undefined ? 'status' : `status --stage ${stage}`;
    yield all === 0
      ? ok('attention', 'no group needs a person')
      : warning(
          'attention',
          `${counted(all, 'group')} ${all === 1 ? 'needs' : 'need'} attention${known}`,
          `see \`${command}\``,
        );
  } catch (error) {
    yield wrong('attention', `nobody knows (${reasonOf(error)})`, 'see the line of the memory');
  }
}

const SILENT: Log = () => {};
