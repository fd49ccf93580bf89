// The memory's table, opened by the first call that needs it: a run in which nothing is written loads no SDK for it.
import type { MemoryTable } from '../core/memory/table.ts';
import { sleep } from './wire.ts';

/** @param table its name; the environment says where it is */
export function memoryTable(table: string): MemoryTable {
  let opening: Promise<MemoryTable> | undefined;
  const open = () => {
    opening ??= import('../aws/dynamodb.ts').then(({ openTable }) =>
      openTable({ table, now: Date.now, random: Math.random, sleep }),
    );
    return opening;
  };
  return {
    read: async (...asked) => (await open()).read(...asked),
    write: async (...asked) => (await open()).write(...asked),
  };
}
