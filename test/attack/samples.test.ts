// The matrix of bad requests is made from samples, so they have to have everything: a sample for each function, and in
// its samples each field that the function's schema knows.
import { basename } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { functionFiles } from '../../lib/build/bundle.ts';
import { inputOf } from './calls.ts';
import { nameOf, placesIn } from './places.ts';
import { EVENT_SAMPLES, HTTP_SAMPLES } from './samples.ts';
import { fieldsOf, type JsonSchema } from './schema-fields.ts';

/** Schema of the function that was loaded last. */
let schema: z.ZodMiniType | undefined;

// Nothing is started: it is the schemas that are asked for.
vi.mock('../../lib/runtime/http/function.ts', () => ({
  httpFunction: (spec: { readonly schema: z.ZodMiniType }) => {
    schema = spec.schema;
  },
}));
vi.mock('../../lib/runtime/wire.ts', () => ({ startRuntime: () => {}, log: () => {} }));
vi.mock('../../lib/runtime/sync/wire.ts', () => ({ startSyncRuntime: () => {} }));
vi.mock('../../lib/runtime/history/restore-wire.ts', () => ({ startRestoreRuntime: () => {} }));
vi.mock('../../lib/runtime/history/wire.ts', () => ({ startHistoryRuntime: () => {} }));
vi.mock('../../lib/runtime/memory-wire.ts', () => ({ startMemoryRuntime: () => {} }));

/** Attacked by forged.test.ts, and by test/functions/history.moto.test.ts. */
const OTHERWISE = ['hooks', 'keep-history'];

test('each function has a sample', async () => {
  const names = (await functionFiles()).map((file) => basename(file, '.ts'));
  const sampled = [...Object.keys(HTTP_SAMPLES), ...Object.keys(EVENT_SAMPLES), ...OTHERWISE];
  expect(names.filter((name) => !sampled.includes(name))).toEqual([]);
});

describe.each(Object.entries(HTTP_SAMPLES))('%s', (name, samples) => {
  test('has each field of its schema in a sample', async () => {
    schema = undefined;
    await import(`../../functions/${name}.ts`);
    const json = z.toJSONSchema(schema as unknown as z.ZodMiniType, { io: 'input', unrepresentable: 'any' });
    const known = fieldsOf(json as JsonSchema);
    const sampled = new Set(samples.flatMap((sample) => placesIn(inputOf(sample)).map(nameOf)));
    expect([...sampled].sort()).toEqual(known);
  });
});
