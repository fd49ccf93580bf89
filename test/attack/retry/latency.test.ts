// From an event to the write: a window, a reading and the calls of SLS; also when ten thousand events come at once.
import { describe, expect, test } from 'vitest';
import { alone, latencyOf, shares, storm } from './latency.ts';

/** `eventWindow` of serverless.yml, and what the model looks at a queue with. */
const WINDOW = 30;
const POLL = 1;
/** A reading, and a group's four calls. */
const RUN = 1 + 4 * 0.05;

describe('an event alone is written', () => {
  test('a window later, in one run', async () => {
    const found = await latencyOf({ groups: 10, fanOutAbove: 50 }, alone(40));
    expect(shares(found).p99).toBeLessThanOrEqual(WINDOW + 2 * POLL + RUN);
    expect(found.runs).toBe(40);
  });
  test('and one look at a queue more, by workers', async () => {
    const found = await latencyOf({ groups: 60, fanOutAbove: 50 }, alone(40));
    expect(shares(found).p99).toBeLessThanOrEqual(WINDOW + 3 * POLL + 8 * RUN);
  });
  test('without a window, where a hook tells of it', async () => {
    const found = await latencyOf({ groups: 10, fanOutAbove: 50 }, alone(40), 'hook');
    expect(shares(found).p99).toBeLessThanOrEqual(POLL + RUN);
  });
});

describe('a storm of ten thousand events', () => {
  test.each([
    ['in one run', { groups: 10, fanOutAbove: 50 }],
    ['by workers', { groups: 60, fanOutAbove: 50 }],
  ])('is three runs at the most, and nothing is lost, %s', async (_, options) => {
    const found = await latencyOf(options, storm(10_000));
    expect(found.runs).toBeLessThanOrEqual(3);
    // The last of its batches is not full, and waits for its window.
    expect(shares(found).p99).toBeLessThanOrEqual(WINDOW + 3 * POLL + 8 * RUN);
    expect(found.seconds.at(-1)).toBeLessThan(2 * WINDOW);
  });
});
