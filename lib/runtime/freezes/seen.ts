// The freezes that stand, as runs and requests ask for them: now, or as this process could read them last. While the memory is
// away nobody can freeze or lift anything, so what was read last stands until its end.
import type { Freeze } from '../../core/memory/deployment.ts';
import { DEPLOYMENT_ID, epochOf } from '../../core/memory/known.ts';
import type { Fields, MemoryTable } from '../../core/memory/table.ts';
import { ReadError } from '../../core/reading/read-error.ts';
import { advise, UNWRITTEN } from '../../core/refusal/codes.ts';

/** One a process and table. */
const last = new WeakMap<MemoryTable, readonly Freeze[]>();

export function noteFreezes(table: MemoryTable, freezes: readonly Freeze[]): void {
  last.set(table, freezes);
}

/** Undefined in a process that has never read them. */
export function lastFreezes(table: MemoryTable): readonly Freeze[] | undefined {
  return last.get(table);
}

/** @throws ReadError if they cannot be read now */
export async function readFreezes(table: MemoryTable, due: number): Promise<readonly Freeze[]> {
  return freezesIn((await table.read([DEPLOYMENT_ID], due)).get(DEPLOYMENT_ID), table);
}

/** @param fields the deployment's item, as it was just read from the table @throws ReadError if it is unreadable */
export function freezesIn(fields: Fields | undefined, table: MemoryTable): readonly Freeze[] {
  const read = epochOf(fields);
  if ('says' in read) throw new ReadError('changed', read.says);
  const freezes = read.item?.freezes ?? [];
  noteFreezes(table, freezes);
  return freezes;
}

/** Somebody may have frozen the group, and nobody can tell: it is not written. */
export class FreezeUnknown extends Error {
  override readonly name = 'FreezeUnknown';
  readonly code = 'FreezeUnknown';
  constructor(cause: unknown) {
    const why = cause instanceof Error ? ` (${cause.message})` : '';
    super(advise(`whether the group is frozen could not be read${why}`, 'FreezeUnknown', UNWRITTEN), {
      cause,
    });
  }
}
