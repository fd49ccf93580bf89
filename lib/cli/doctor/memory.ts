// The table of the memory: whether it is there, can be read, and since when it knows anything.
import { DEPLOYMENT_ID, epochOf } from '../../core/memory/known.ts';
import { MEMORY_READ_MS } from '../../core/time/timeouts.ts';
import { memoryTable } from '../../runtime/memory-table.ts';
import { type Finding, ok, reasonOf, warning, wrong } from './finding.ts';
import type { Patient } from './patient.ts';

export async function* memory({ settings, io }: Patient): AsyncGenerator<Finding> {
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
      yield warning(check, 'is new', 'nothing: it proves nothing for a day after the first run');
    else yield ok(check, `is there since ${new Date(began.epoch).toISOString()}`);
  } catch (error) {
    yield wrong(
      check,
      `cannot be read (${reasonOf(error)})`,
      'compare SYNC_TABLE, and allow dynamodb:GetItem and dynamodb:BatchGetItem on it',
    );
  }
}
