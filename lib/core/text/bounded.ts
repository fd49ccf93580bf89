// Lists and maps from outside, counted before anything in them is looked at. zod keeps an issue for every fault and
// hands all of them up as arguments of one call, which fails for a hundred thousand; here a few are kept, and the
// others counted.

import * as z from 'zod/mini';
// By its name: whoever reads `z.core` as a value bundles all of it, every language of its messages too.
import { $constructor } from 'zod/v4/core';
import { faultsIn, MOST_LINES, shapeOf, untold } from './issues.ts';

/**
 * A list of at most `most` entries. As a schema it is what `z.array` with that length is, but for its issues: the
 * first {@link MOST_LINES} of all entries together, and one that tells how many more there are.
 */
export function listOf<T extends z.core.SomeType>(entry: T, most: number): z.ZodMiniArray<T> {
  const length = z.maxLength(most) as z.core.$ZodCheck<never>;
  const element = entry as unknown as z.ZodMiniType;
  return new BoundedList({ type: 'array', element, most, checks: [length] }) as unknown as z.ZodMiniArray<T>;
}

/** An object of at most `most` fields whose names somebody else chooses; otherwise what `z.record` is. */
export function mapOf<K extends z.core.$ZodRecordKey, V extends z.core.SomeType>(
  name: K,
  value: V,
  most: number,
): z.ZodMiniRecord<K, V> {
  const valueType = value as unknown as z.ZodMiniType;
  const map = new BoundedMap({ type: 'record', keyType: name, valueType, most });
  return map as unknown as z.ZodMiniRecord<K, V>;
}

interface Bound {
  readonly most: number;
}

const initList: (list: z.ZodMiniArray, def: z.core.$ZodArrayDef) => void = z.ZodMiniArray.init;
const initMap: (map: z.ZodMiniRecord, def: z.core.$ZodRecordDef) => void = z.ZodMiniRecord.init;

// Classes of zod's making, so that a schema keeps its bound when checks and descriptions are added to it.
const BoundedList = $constructor<z.ZodMiniArray, z.core.$ZodArrayDef & Bound>('BoundedList', (list, def) => {
  initList(list, def);
  const { element, most } = def;
  const { parse } = list._zod;
  list._zod.parse = (payload, context) => {
    const given: unknown = payload.value;
    // What is no list, or too long a one, is told by zod, which looks at no entry of it.
    if (!Array.isArray(given) || given.length > most) return parse(payload, context);
    const entries = new Array<unknown>(given.length);
    let told = 0;
    let more = 0;
    for (let index = 0; index < given.length; index += 1) {
      const entry = run(element, given[index], context);
      entries[index] = entry.value;
      for (const issue of entry.issues) {
        told += 1;
        if (told <= MOST_LINES) payload.issues.push({ ...issue, path: [index, ...(issue.path ?? [])] });
        else more += faultsIn(issue);
      }
    }
    if (more > 0) payload.issues.push(untold(more));
    payload.value = entries;
    return payload;
  };
});

const BoundedMap = $constructor<z.ZodMiniRecord, z.core.$ZodRecordDef & Bound>('BoundedMap', (map, def) => {
  initMap(map, def);
  const { parse } = map._zod;
  map._zod.parse = (payload, context) => {
    const given: unknown = payload.value;
    const fields = typeof given === 'object' && given !== null ? Object.keys(given).length : 0;
    if (fields <= def.most) {
      const before = payload.issues.length;
      const result = parse(payload, context);
      const beyond = payload.issues.splice(before + MOST_LINES);
      if (beyond.length > 0) payload.issues.push(untold(sum(beyond.map(faultsIn))));
      return result;
    }
    const message = `must have at most ${def.most} fields, is ${shapeOf(given)}`;
    payload.issues.push({ code: 'custom', path: [], message, input: given, inst: map, continue: false });
    return payload;
  };
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function run(schema: z.core.SomeType, value: unknown, context: z.core.ParseContextInternal) {
  const result = schema._zod.run({ value, issues: [] }, context);
  if (result instanceof Promise) throw new TypeError('a schema of this project answers at once');
  return result;
}
