import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { listOf, mapOf } from '../../../../lib/core/text/bounded.ts';
import { describeIssues, MOST_LINES } from '../../../../lib/core/text/issues.ts';
import { readBatch } from '../../../../lib/core/trigger/batch.ts';
import { readTrigger } from '../../../../lib/core/trigger/trigger.ts';
import { documentOf, problems } from '../values.ts';

const MANY = 126_000;
const many = <T>(value: T, count = MANY): T[] => Array.from({ length: count }, () => value);

function lines(schema: z.ZodMiniType, input: unknown): string[] {
  const result = schema.safeParse(input);
  return result.success ? [] : describeIssues(result.error, input);
}

describe('a list', () => {
  const texts = z.strictObject({ a: listOf(z.string(), 1_000_000) });

  test('tells some of its wrong entries and counts the others', () => {
    const told = lines(texts, { a: many(0) });
    expect(told).toHaveLength(MOST_LINES + 1);
    expect(told[1]).toBe('a[1]: must be text, is a whole number');
    expect(told.at(-1)).toBe(`and ${MANY - MOST_LINES} more`);
  });

  test('of lists, and of objects with unknown fields, tells no more', () => {
    const nested = z.object({ l: listOf(listOf(z.object({ a: listOf(z.string(), 500) }), 500), 500) });
    const told = lines(nested, { l: many(many({ a: many(0, 50) }, 50), 60) });
    expect(told).toHaveLength(MOST_LINES + 1);
    expect(told.at(-1)).toBe(`and ${60 * 50 * 50 - MOST_LINES} more`);
    const odd = Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`f${index}`, 0]));
    const objects = lines(listOf(z.strictObject({}), 100), many(odd, 2));
    expect(objects).toHaveLength(MOST_LINES + 1);
    expect(objects.at(-1)).toBe(`and ${2 * MANY - MOST_LINES} more`);
  });

  test('is counted before an entry is looked at, whatever else is asked of it', () => {
    let looked = 0;
    const entry = z.string().check(z.refine(() => ++looked > 0));
    const list = listOf(entry, 3).check(
      z.refine(() => ++looked > 0),
      z.describe('Three texts.'),
    );
    expect(lines(z.object({ a: list }), { a: many('x') })).toEqual([
      'a: must be at most 3 entries long, is a list of 126000 entries',
    ]);
    expect(looked).toBe(0);
    expect(list.safeParse(['a', 'b', 'c']).success).toBe(true);
    expect(looked).toBe(4);
  });

  test('is what z.array is otherwise, its JSON Schema too', () => {
    const entry = z.union([z.string(), z.strictObject({ a: z._default(z.int(), 1) })]);
    const checked = (list: z.ZodMiniArray<typeof entry>) =>
      list.check(
        z.minLength(1),
        z.refine((entries) => entries[0] !== 'b', 'begins with b'),
        z.describe('L'),
      );
    const ours = checked(listOf(entry, 9));
    const theirs = checked(z.array(entry).check(z.maxLength(9)));
    expect(z.toJSONSchema(ours)).toEqual(z.toJSONSchema(theirs));
    const entries = fc.oneof(
      fc.constantFrom('a', 'b', 1, null, undefined),
      fc.record({ a: fc.oneof(fc.integer(), fc.string()) }, { requiredKeys: [] }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(entries, { maxLength: 12 }), fc.anything()), (input) => {
        const [one, other] = [ours.safeParse(input), theirs.safeParse(input)];
        expect(one.success).toBe(other.success);
        if (one.success) expect(one.data).toEqual(other.data);
        else expect(lines(ours, input)).toEqual(lines(theirs, input));
      }),
    );
  });
});

describe('a map', () => {
  const map = z.object({ m: mapOf(z.string().check(z.maxLength(5)), z.array(z.int()), 1000) });
  const object = (fields: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: fields }, (_, index) => [`f${index}`, value]));

  test('is counted first', () => {
    expect(lines(map, { m: object(MANY, 'x') })).toEqual([
      'm: must have at most 1000 fields, is an object with 126000 fields',
    ]);
    expect(map.safeParse({ m: object(1000, [1]) }).success).toBe(true);
  });

  test('tells some faults and counts the others', () => {
    const told = lines(map, { m: object(500, many('x', 200)) });
    expect(told).toHaveLength(MOST_LINES + 1);
    expect(told.at(-1)).toBe(`and ${500 * 200 - MOST_LINES} more`);
  });
});

describe('a list from outside is bounded in', () => {
  test('an event', () => {
    const event = {
      'detail-type': 'Tag Change on Resource',
      source: 'aws.tag',
      detail: { service: 'ec2', 'resource-type': 'instance', 'changed-tag-keys': many(0) },
    };
    expect(readTrigger(event)).toEqual({
      kind: 'malformed',
      says: 'tag change: changed-tag-keys: must be at most 1000 entries long, is a list of 126000 entries',
    });
    expect(readTrigger({ mode: 'plan', groups: many(0) }).kind).toBe('malformed');
    expect(readTrigger({ mode: 'plan', ...Object.fromEntries(many(0).map((_, at) => [at, at])) }).kind).toBe(
      'malformed',
    );
  });

  test('a batch', () => {
    expect(readBatch({ Records: many(0) })).toBeUndefined();
    const record = {
      messageId: 'm',
      eventSource: 'aws:sqs',
      body: `{"mode":"plan","a":${'['.repeat(200_000)}`,
    };
    expect(readBatch({ Records: [record] })?.[0]?.trigger).toMatchObject({
      kind: 'malformed',
      says: expect.stringContaining('nested more than 100 levels deep'),
    });
  });

  const named = (value: unknown) => Object.fromEntries(many(value).map((one, at) => [`f${at}`, one]));
  const fixed = (members: unknown) => documentOf({ sources: [{ type: 'static', members }] });
  test.each<[string, object]>([
    ['groups', { ...documentOf(), groups: many(0, 9_000) }],
    ['members', fixed(many(0, 90_000))],
    ['more members', fixed(many('x'))],
    ['blocks', documentOf({ deny: many(0) })],
    ['hooks', documentOf({}, { hooks: named({}) })],
    ['fields', documentOf({}, named(0))],
    ['tags', documentOf({ sources: [{ type: 'ec2', regions: ['eu-central-1'], tags: named(0) }] })],
  ])('the configuration: %s', (_what, document) => {
    const told = problems(document);
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(MOST_LINES + 1);
  });
});
