// The load in small: 25 groups of 200 machines. `npm run load` is the whole of it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needs } from '../../support/needs.ts';
import { LONG } from '../../support/whole.ts';
import { Load } from './load.ts';
import { MEMORY_MIB } from './worker-process.ts';

let load: Load;
beforeAll(async () => {
  load = await Load.start({ groups: 25, machines: 200, faultShare: 0.04, latencyMs: 5, seed: 6 });
});
afterAll(() => load?.[Symbol.asyncDispose]());

const RIGHT = { wrong: [], givenUp: [], overlappingWrites: 0 };

test('a load ends right in one invocation', async () => {
  const figures = await load.inOneInvocation();
  expect(figures).toMatchObject({ ...RIGHT, faultsMet: expect.toSatisfy((met: number) => met > 0) });
  expect(figures.maxRssMiB).toBeLessThan(MEMORY_MIB);
});

test('a load ends right by a queue that holds each group twice, with two workers', needs(LONG), async () => {
  const figures = await load.byQueue();
  expect(figures).toMatchObject({ ...RIGHT, faultsMet: expect.toSatisfy((met: number) => met > 0) });
  expect(figures.maxRssMiB).toBeLessThan(MEMORY_MIB);
});
