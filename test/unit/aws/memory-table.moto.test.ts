// The memory's table in DynamoDB as moto plays it.
import { afterAll, beforeAll, describe } from 'vitest';
import { openTable } from '../../../lib/aws/dynamodb.ts';
import type { MemoryTable } from '../../../lib/core/memory/table.ts';
import { createTable, TABLE } from '../../support/memory/dynalite.ts';
import { MOTO_MISSING, type Moto, startMoto } from '../../support/moto.ts';
import { contract } from './memory-contract.ts';

describe.skipIf(MOTO_MISSING)('with moto', () => {
  let moto: Moto;
  let table: ReturnType<typeof openTable>;
  let tests = 0;
  beforeAll(async () => {
    moto = await startMoto();
    await createTable(moto.client);
    table = openTable({
      table: TABLE,
      now: Date.now,
      random: Math.random,
      sleep: async () => {},
      client: moto.client,
    });
  });
  afterAll(async () => {
    table?.close();
    await moto?.stop();
  });

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
