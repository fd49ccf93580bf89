// The memory's table in DynamoDB as moto plays it.
import { afterAll, beforeAll } from 'vitest';
import { openTable } from '../../../lib/aws/dynamodb.ts';
import type { MemoryTable } from '../../../lib/core/memory/table.ts';
import { createTable, TABLE } from '../../support/memory/dynalite.ts';
import { describeWithMoto } from '../../support/moto.ts';
import { contract } from './memory-contract.ts';

describeWithMoto('the table in moto', (moto) => {
  let table: ReturnType<typeof openTable>;
  let tests = 0;
  beforeAll(async () => {
    await createTable(moto.client);
    table = openTable({
      table: TABLE,
      now: Date.now,
      random: Math.random,
      sleep: async () => {},
      client: moto.client,
    });
  });
  afterAll(() => table?.close());

  contract((): MemoryTable => {
    const prefix = `${tests++}/`;
    return {
      read: async (ids, due) => {
        const found = await table.read(
          ids.map((id) => prefix + id),
          due,
        );
        return new Map([...found].map(([id, fields]) => [id.slice(prefix.length), fields]));
      },
      write: (id, ...rest) => table.write(prefix + id, ...rest),
    };
  });
});
