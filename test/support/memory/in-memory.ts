// The memory's table as a map: the same to whoever uses it as the one in DynamoDB, and it can be down.
import {
  type Change,
  changed,
  type Fields,
  type MemoryTable,
  revisionOf,
  type Written,
} from '../../../lib/core/memory/table.ts';

export class InMemoryTable implements MemoryTable {
  readonly items = new Map<string, Fields>();
  /** Rejects every call while set. */
  down: Error | undefined;
  reads = 0;
  writes = 0;
  #tokens = 0;

  async read(ids: readonly string[]): Promise<ReadonlyMap<string, Fields>> {
    this.reads += 1;
    if (this.down) throw this.down;
    return new Map(
      ids.flatMap((id) => {
        const fields = this.items.get(id);
        return fields ? [[id, fields] as const] : [];
      }),
    );
  }

  async write(id: string, change: Change, revision: number): Promise<Written> {
    this.writes += 1;
    if (this.down) throw this.down;
    const before = this.items.get(id);
    const isSeen = revision === 0 ? before === undefined : before?.revision === revision;
    if (!isSeen) return { written: false, fields: before };
    this.#tokens += 1;
    const fields = {
      ...changed(before, change),
      revision: revisionOf(before) + 1,
      wrote: `token ${this.#tokens}`,
    };
    this.items.set(id, fields);
    return { written: true, fields };
  }
}
