// The memory's tables: the map of the tests, DynamoDB as dynalite plays it, and servers that fail.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTable, type TableOptions } from '../../../lib/aws/dynamodb.ts';
import { readGroup } from '../../../lib/core/memory/group.ts';
import type { MemoryTable } from '../../../lib/core/memory/table.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../../support/memory/dynalite.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';
import { contract, race } from './memory-contract.ts';

const options: Omit<TableOptions, 'client'> = {
  table: TABLE,
  now: Date.now,
  random: Math.random,
  sleep: async () => {},
};
const due = () => Date.now() + 20_000;

describe('a map', () => {
  contract(() => new InMemoryTable());
  race(() => new InMemoryTable());
});

describe('dynalite', () => {
  let dynamo: LocalDynamo;
  let table: ReturnType<typeof openTable>;
  let tests = 0;
  beforeAll(async () => {
    dynamo = await startDynamo();
    table = openTable({ ...options, client: dynamo.client });
  });
  afterAll(async () => {
    table?.close();
    await dynamo?.[Symbol.asyncDispose]();
  });

  contract(() => apart(table, tests++));
  race(() => apart(table, tests++));

  test('an item with fields of other kinds is read, and is not ours', async () => {
    const client = new DynamoDBClient(dynamo.client);
    const Item = { id: { S: 'foreign' }, version: { N: '1' }, lease: { M: { holder: { S: 'x' } } } };
    await client.send(new PutItemCommand({ TableName: TABLE, Item }));
    client.destroy();
    const fields = (await table.read(['foreign'], due())).get('foreign') ?? {};
    expect(readGroup(fields)).toEqual({ readable: false, says: 'its field lease is no text' });
    expect(await table.write('foreign', { set: { a: 1 }, remove: [] }, 0, due())).toMatchObject({
      written: false,
    });
  });

  test('a table that is not there is told by its name', async () => {
    const other = openTable({ ...options, table: 'elsewhere', client: dynamo.client });
    await expect(other.read(['a'], due())).rejects.toMatchObject({
      name: 'ReadError',
      code: 'not-found',
      message: 'GetItem elsewhere: ResourceNotFoundException',
    });
    await expect(other.read(['a', 'b'], due())).rejects.toMatchObject({
      code: 'not-found',
      message: 'BatchGetItem elsewhere: ResourceNotFoundException',
    });
    other.close();
  });
});

/** The same table under ids of its own. */
function apart(table: MemoryTable, prefix: number): MemoryTable {
  const own = (id: string) => `${prefix}/${id}`;
  return {
    read: async (ids, until) => {
      const found = await table.read(ids.map(own), until);
      return new Map([...found].map(([id, fields]) => [id.slice(id.indexOf('/') + 1), fields]));
    },
    write: (id, ...rest) => table.write(own(id), ...rest),
  };
}

type Answer = (target: string, body: Record<string, unknown>) => Answered | Promise<Answered>;
type Answered = { status?: number; answer?: object } | 'broken';

/** A table whose service answers as told. */
async function served(
  answer: Answer,
  run: (table: MemoryTable) => Promise<void>,
  rest: Partial<typeof options> = {},
) {
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const target = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const found = await answer(target, JSON.parse(Buffer.concat(chunks).toString()));
    if (found === 'broken') {
      request.socket.destroy();
      return;
    }
    response.writeHead(found.status ?? 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(found.answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test-aws-key', secretAccessKey: 'not-a-real-secret' };
  const table = openTable({ ...options, ...rest, client: { endpoint, region: 'eu-central-1', credentials } });
  try {
    await run(table);
  } finally {
    table.close();
    server.closeAllConnections();
    server.close();
  }
}

const itemsOf = (keys: unknown[]) => ({ [TABLE]: keys });
const asked = (body: Record<string, unknown>) =>
  (body.RequestItems as Record<string, { Keys: { id: { S: string } }[]; ConsistentRead: boolean }>)[
    TABLE
  ] ?? {
    Keys: [],
    ConsistentRead: false,
  };

describe('a hundred groups and their deployment', () => {
  const keyed = (id: string) => ({ id: { S: id }, n: { N: '1' } });
  const ids = (groups: number) => ['deployment', ...Array.from({ length: groups }, (_, n) => `group ${n}`)];

  /** Answers nothing until `together` calls are there. */
  async function reading(groups: number, together: number) {
    const calls: string[] = [];
    const gate = Promise.withResolvers<void>();
    let found: ReadonlyMap<string, unknown> = new Map();
    await served(
      async (target, body) => {
        const { Keys } = target === 'GetItem' ? { Keys: [body.Key as { id: { S: string } }] } : asked(body);
        calls.push(`${target} ${Keys.length}`);
        if (calls.length === together) gate.resolve();
        await gate.promise;
        const items = Keys.map(({ id }) => keyed(id.S));
        return { answer: target === 'GetItem' ? { Item: items[0] } : { Responses: itemsOf(items) } };
      },
      async (table) => {
        found = await table.read(ids(groups), due());
      },
    );
    return { calls: calls.sort(), found: [...found.keys()].sort() };
  }

  test('are one batch, and at the same time one item', async () => {
    const { calls, found } = await reading(100, 2);
    expect(calls).toEqual(['BatchGetItem 100', 'GetItem 1']);
    expect(found).toEqual(ids(100).sort());
    expect((await reading(99, 1)).calls).toEqual(['BatchGetItem 100']);
    expect((await reading(1000, 8)).calls).toHaveLength(11);
  });

  test('are given up at the first failure: no further batch is begun', async () => {
    let calls = 0;
    await served(
      () => {
        calls += 1;
        return { status: 400, answer: { __type: 'com.amazonaws.dynamodb.v20120810#AccessDeniedException' } };
      },
      async (table) => {
        await expect(table.read(ids(10_000), due())).rejects.toMatchObject({ code: 'forbidden' });
      },
    );
    expect(calls).toBe(8);
  });
});

describe('keys that were not processed', () => {
  test('are asked for again after a pause that grows, until all are there', async () => {
    const calls: number[] = [];
    const pauses: number[] = [];
    await served(
      (_, body) => {
        const { Keys, ConsistentRead } = asked(body);
        expect(ConsistentRead).toBe(true);
        calls.push(Keys.length);
        const [first, ...others] = Keys;
        const UnprocessedKeys = others.length > 0 ? { [TABLE]: { Keys: others, ConsistentRead } } : {};
        return { answer: { Responses: itemsOf([{ ...first, n: { N: '1' } }]), UnprocessedKeys } };
      },
      async (table) => {
        const found = await table.read(['a', 'b', 'c', 'd'], due());
        expect([...found.keys()]).toEqual(['a', 'b', 'c', 'd']);
        expect(calls).toEqual([4, 3, 2, 1]);
        expect(pauses).toEqual([25, 50, 100]);
      },
      {
        random: () => 0.5,
        sleep: async (ms) => {
          pauses.push(ms);
        },
      },
    );
  });

  test('are a failure when the time is up: an item that was not read is no item that is not there', async () => {
    let clock = Date.now();
    await served(
      (_, body) => ({ answer: { Responses: {}, UnprocessedKeys: { [TABLE]: asked(body) } } }),
      async (table) => {
        await expect(table.read(['a', 'b'], clock + 5_000)).rejects.toMatchObject({
          code: 'throttled',
          message: 'BatchGetItem memory: 2 items were not read in time',
        });
      },
      {
        now: () => clock,
        sleep: async (ms) => {
          clock += ms;
        },
      },
    );
  });
});

test('a write whose answer was lost is known again', async () => {
  let stored: Record<string, unknown> | undefined;
  await served(
    (target, body) => {
      if (target === 'GetItem') return { answer: { Item: stored } };
      if (stored)
        return {
          status: 400,
          answer: { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' },
        };
      const names = body.ExpressionAttributeNames as Record<string, string>;
      const values = body.ExpressionAttributeValues as Record<string, object>;
      stored = Object.fromEntries(
        Object.entries(names).flatMap(([key, name]) =>
          key.startsWith('#s') ? [[name, values[`:${key.slice(1)}`]]] : [],
        ),
      );
      return 'broken';
    },
    async (table) => {
      const outcome = await table.write('id', { set: { a: 'mine' }, remove: [] }, 0, due());
      expect(outcome).toMatchObject({ written: true, fields: { a: 'mine', revision: 1 } });
    },
  );
});

test.each([
  ['AccessDeniedException', 400, 'forbidden'],
  ['ProvisionedThroughputExceededException', 400, 'throttled'],
  ['InternalServerError', 500, 'failed'],
])('%s is told without what the service wrote', async (name, status, code) => {
  await served(
    () => ({
      status,
      answer: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'arn of a role' },
    }),
    async (table) => {
      const error = await table.write('id', { set: { a: 1 }, remove: [] }, 0, due()).catch((e: unknown) => e);
      expect(error).toMatchObject({ name: 'ReadError', code, message: `UpdateItem memory: ${name}` });
    },
  );
});

test('an item that has changed and cannot be read is not told as a refusal', async () => {
  const named = (name: string) => ({
    status: 400,
    answer: { __type: `com.amazonaws.dynamodb.v20120810#${name}` },
  });
  await served(
    (target) => named(target === 'GetItem' ? 'AccessDeniedException' : 'ConditionalCheckFailedException'),
    async (table) => {
      const error = await table.write('id', { set: { a: 1 }, remove: [] }, 0, due()).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'changed', status: undefined, cause: { code: 'forbidden' } });
    },
  );
});

test('nothing is sent when no time is left', async () => {
  let calls = 0;
  await served(
    () => {
      calls += 1;
      return {};
    },
    async (table) => {
      await expect(table.read(['a'], Date.now() - 1)).rejects.toMatchObject({ code: 'timeout' });
      await expect(table.write('a', { set: {}, remove: [] }, 0, Date.now() - 1)).rejects.toMatchObject({
        code: 'timeout',
      });
    },
  );
  expect(calls).toBe(0);
});
