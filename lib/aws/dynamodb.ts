// The memory in a DynamoDB table: one item an id, found by it alone. The only file that knows its SDK.

import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import pLimit from 'p-limit';
import {
  type Change,
  type Fields,
  type MemoryTable,
  REVISION,
  WROTE,
  type Written,
} from '../core/memory/table.ts';
import { ReadError } from '../core/reading/read-error.ts';
import { UNPROCESSED_PAUSES_MS } from '../core/time/timeouts.ts';
import { type AwsClientOptions, clientConfig } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

export interface TableOptions {
  readonly table: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly client?: AwsClientOptions;
}

export interface OpenTable extends MemoryTable {
  close(): void;
}

/** Name of the table's only key. */
export const KEY = 'id';

/** Most keys of one BatchGetItem (its API reference page). */
const BATCH = 100;
/** Calls of one reading at a time: ten thousand groups are read in the time of thirteen calls. */
const AT_A_TIME = 8;

export function openTable({ table, now, random, sleep, client: options = {} }: TableOptions): OpenTable {
  const client = new DynamoDBClient(clientConfig(options));

  /** One call, cut off when it is due. */
  async function within<T>(
    operation: string,
    due: number,
    send: (terms: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const doing = `${operation} ${table}`;
    if (due <= now()) throw new ReadError('timeout', `${doing}: no time is left`);
    const abortSignal = AbortSignal.timeout(Math.ceil(due - now()));
    try {
      return await send({ abortSignal });
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) throw cause;
      if (abortSignal.aborted) throw new ReadError('timeout', `${doing}: no answer in time`, { cause });
      throw readErrorOf(doing, cause);
    }
  }

  async function readSome(ids: readonly string[], due: number, found: Map<string, Fields>): Promise<void> {
    const [only, ...others] = ids;
    if (only === undefined || others.length > 0) return readBatch(ids, due, found);
    const fields = await readOne(only, due);
    if (fields) found.set(only, fields);
  }

  async function readOne(id: string, due: number): Promise<Fields | undefined> {
    const Key = { [KEY]: { S: id } };
    const { Item } = await within('GetItem', due, (terms) =>
      client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }), terms),
    );
    return Item && fieldsOf(Item);
  }

  async function readBatch(ids: readonly string[], due: number, found: Map<string, Fields>): Promise<void> {
    let asked: KeysAndAttributes | undefined = {
      Keys: ids.map((id) => ({ [KEY]: { S: id } })),
      ConsistentRead: true,
    };
    for (let pauses = 0; asked; pauses += 1) {
      const RequestItems: Record<string, KeysAndAttributes> = { [table]: asked };
      const answer = await within('BatchGetItem', due, (terms) =>
        client.send(new BatchGetItemCommand({ RequestItems }), terms),
      );
      for (const item of answer.Responses?.[table] ?? []) found.set(item[KEY]?.S ?? '', fieldsOf(item));
      const left: KeysAndAttributes | undefined = answer.UnprocessedKeys?.[table];
      asked = left?.Keys?.length ? left : undefined;
      if (!asked) return;
      const [first, longest] = UNPROCESSED_PAUSES_MS;
      const pause = random() * Math.min(longest, first * 2 ** pauses);
      if (now() + pause >= due)
        throw new ReadError(
          'throttled',
          `BatchGetItem ${table}: ${asked.Keys?.length} items were not read in time`,
        );
      await sleep(pause);
    }
  }

  return {
    async read(ids, due) {
      const found = new Map<string, Fields>();
      const failures: unknown[] = [];
      await pLimit(AT_A_TIME).map(batchesOf([...new Set(ids)]), async (batch) => {
        // Those under way are waited for, and no other is begun.
        if (failures.length === 0)
          await readSome(batch, due, found).catch((error: unknown) => failures.push(error));
      });
      if (failures.length > 0) throw failures[0];
      return found;
    },
    async write(id, change, revision, due): Promise<Written> {
      const token = randomUUID();
      const Key = { [KEY]: { S: id } };
      try {
        const update = updateOf(change, revision, token);
        const { Attributes = {} } = await within('UpdateItem', due, (terms) =>
          client.send(
            new UpdateItemCommand({ TableName: table, Key, ReturnValues: 'ALL_NEW', ...update }),
            terms,
          ),
        );
        return { written: true, fields: fieldsOf(Attributes) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
      const fields = await readOne(id, due).catch((cause: unknown) => {
        // Not as a refusal: somebody has written, and that may have been this very write.
        const why = cause instanceof Error ? cause.message : 'no answer';
        throw new ReadError('changed', `UpdateItem ${table}: the item has changed; ${why}`, { cause });
      });
      // The SDK sends again what got no answer, and the second attempt meets what the first one wrote.
      if (fields && fields[WROTE] === token) return { written: true, fields };
      return { written: false, fields };
    },
    close: () => client.destroy(),
  };
}

/** Of the 101 items of a deployment with a hundred groups one is left over: it is read by itself, at the same time. */
function batchesOf(ids: readonly string[]): readonly string[][] {
  const starts = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, index) => index * BATCH);
  return starts.map((start) => ids.slice(start, start + BATCH));
}

/** Every name stands for itself by a placeholder: many plain words are reserved. */
function updateOf({ set, remove }: Change, revision: number, token: string) {
  const values: Record<string, string | number> = { ...set, [REVISION]: revision + 1, [WROTE]: token };
  const names = Object.keys(values);
  const sets = names.map((_, index) => `#s${index} = :s${index}`).join(', ');
  const removes = remove.map((_, index) => `#r${index}`).join(', ');
  return {
    UpdateExpression: `SET ${sets}${remove.length === 0 ? '' : ` REMOVE ${removes}`}`,
    ConditionExpression: revision === 0 ? 'attribute_not_exists(#key)' : '#revision = :seen',
    ExpressionAttributeNames: {
      ...Object.fromEntries(names.map((name, index) => [`#s${index}`, name])),
      ...Object.fromEntries(remove.map((name, index) => [`#r${index}`, name])),
      ...(revision === 0 ? { '#key': KEY } : { '#revision': REVISION }),
    },
    ExpressionAttributeValues: {
      ...Object.fromEntries(names.map((name, index) => [`:s${index}`, attribute(values[name] as string)])),
      ...(revision === 0 ? {} : { ':seen': attribute(revision) }),
    },
  };
}

function attribute(value: string | number): AttributeValue {
  return typeof value === 'number' ? { N: String(value) } : { S: value };
}

/** What is neither text nor number stays as it came: whoever reads the item sees that it is not ours. */
function fieldsOf(item: Readonly<Record<string, AttributeValue>>): Fields {
  return Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) =>
      name === KEY ? [] : [[name, value.S ?? numberOf(value)]],
    ),
  );
}

function numberOf(value: AttributeValue): unknown {
  return value.N === undefined ? value : Number(value.N);
}
