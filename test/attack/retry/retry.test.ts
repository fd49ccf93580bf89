// How soon a group is looked at again that failed, or whose event came too early, on each path; and that no tick waits behind
// events. Virtual time, with queues that behave as SQS does.
import { describe, expect, test } from 'vitest';
import { RECHECK_SECONDS, VISIBILITY_SECONDS } from '../../../lib/core/time/timeouts.ts';
import { type Options, PERIOD_SECONDS, World } from './world.ts';

/** In one process, and by the work queue. */
const PATHS: readonly (readonly [string, Options])[] = [
  ['in one run', { groups: 3, fanOutAbove: 50 }],
  ['by the work queue', { groups: 3, fanOutAbove: 2 }],
];
/** Events are gathered for so long, and a queue is looked at so often. */
const WINDOW_SECONDS = 30;
const POLLS_SECONDS = 3;
const HOUR = 3_600;

/** Seconds between the looks at a group. */
function gaps(world: World, key: string): number[] {
  const looks = world.looks.get(key) ?? [];
  return looks.slice(1).map((second, index) => second - (looks[index] as number));
}

describe('[12] a group that failed', () => {
  test.each(PATHS)('is looked at again within a period where the schedule asked, %s', async (_, options) => {
    const world = new World(options);
    const [bad = '', good = ''] = world.keys;
    world.inventory = (key) => (key === bad ? 'fails' : ['10.0.0.1']);
    world.schedule(HOUR);
    await world.live(HOUR);
    for (const key of [bad, good]) {
      expect(world.looks.get(key)?.length).toBeGreaterThanOrEqual(HOUR / PERIOD_SECONDS);
      expect(Math.max(...gaps(world, key))).toBeLessThanOrEqual(PERIOD_SECONDS + POLLS_SECONDS);
    }
    expect(world.members.get(good)).toEqual(['10.0.0.1']);
    // Nothing heaps up that nobody reads: the next tick asks for the same.
    expect([world.workDeadLetters.messages, world.deadLetters.messages]).toEqual([[], []]);
    expect(world.work.messages.length).toBeLessThanOrEqual(options.groups);
  });

  test.each(PATHS)('is looked at again within two minutes where an event asked, %s', async (_, options) => {
    const world = new World(options);
    const [bad = ''] = world.keys;
    world.inventory = (key, second) => (key === bad && second < 60 ? 'fails' : ['10.0.0.1']);
    world.at(1, () => world.change());
    await world.live(HOUR);
    const [gap, ...others] = gaps(world, bad);
    expect(gap).toBeGreaterThanOrEqual(RECHECK_SECONDS);
    expect(gap).toBeLessThanOrEqual(RECHECK_SECONDS + WINDOW_SECONDS + POLLS_SECONDS);
    expect(others).toEqual([]);
    expect(world.members.get(bad)).toEqual(['10.0.0.1']);
    expect([world.events.messages, world.deadLetters.messages]).toEqual([[], []]);
  });

  test('whose worker is killed blocks the work behind it no longer than a period', async () => {
    const world = new World({ groups: 3, fanOutAbove: 2 });
    const [bad = ''] = world.keys;
    world.inventory = (key, second) => (key === bad && second < 10 ? 'hangs' : ['10.0.0.1']);
    world.schedule(0);
    await world.live(HOUR);
    expect(gaps(world, bad)).toEqual([expect.any(Number)]);
    expect(gaps(world, bad)[0]).toBeLessThanOrEqual(VISIBILITY_SECONDS.work + POLLS_SECONDS);
    expect(VISIBILITY_SECONDS.work).toBeLessThan(PERIOD_SECONDS);
    expect(world.work.messages).toEqual([]);
  });

  test('for ever, without a schedule, is a dead letter that names it', async () => {
    const world = new World({ groups: 3, fanOutAbove: 50 });
    const [bad = ''] = world.keys;
    world.inventory = (key) => (key === bad ? 'fails' : ['10.0.0.1']);
    world.at(1, () => world.change());
    await world.live(4 * HOUR);
    expect(world.events.messages).toEqual([]);
    expect(world.deadLetters.messages.map(({ body }) => JSON.parse(body))).toMatchObject([{ group: bad }]);
    expect(world.looks.get(bad)).toHaveLength(6);
  });
});

describe('[13] an event before its source shows the change', () => {
  test.each(PATHS)('has one later look, and not more, %s', async (_, options) => {
    const world = new World(options);
    world.inventory = (_key, second) => (second < 80 ? ['10.0.0.1'] : ['10.0.0.1', '10.0.0.2']);
    for (const key of world.keys) world.members.set(key, ['10.0.0.1']);
    world.at(1, () => world.change());
    await world.live(HOUR);
    for (const key of world.keys) {
      expect(world.members.get(key)).toEqual(['10.0.0.1', '10.0.0.2']);
      expect(gaps(world, key)).toHaveLength(1);
    }
    const quiet = new World(options);
    quiet.inventory = () => [];
    quiet.at(1, () => quiet.change());
    await quiet.live(HOUR);
    for (const key of quiet.keys) expect(quiet.looks.get(key)).toHaveLength(2);
  });
});

describe('ticks beside ten thousand events in an hour', () => {
  const EVENTS = 10_000;
  /** Runs for an hour; each run of the events takes longer than a period. */
  async function hour(rest: Partial<Options> = {}): Promise<World> {
    const world = new World({ groups: 3, fanOutAbove: 50, readingSeconds: 400, ...rest });
    world.inventory = () => [];
    for (let n = 0; n < EVENTS; n += 1) world.at((n * HOUR) / EVENTS, () => world.change());
    world.schedule(HOUR - 1, 17);
    await world.live(HOUR);
    return world;
  }
  const late = ({ ticks }: World) => [...ticks].map(([due, begun]) => begun - due);

  test('are begun at once', async () => {
    const world = await hour();
    expect(world.ticks.size).toBe(HOUR / PERIOD_SECONDS);
    expect(Math.max(...late(world))).toBe(0);
  });
  test('would wait or be dropped behind a reservation of one', async () => {
    const world = await hour({ reserved: 1 });
    expect(world.ticks.size).toBeLessThan(HOUR / PERIOD_SECONDS);
  });
  test('reach every group of a fan-out within a minute', async () => {
    const world = await hour({ groups: 60, readingSeconds: 1 });
    expect(world.ticks.size).toBe(HOUR / PERIOD_SECONDS);
    for (const due of world.ticks.keys()) {
      for (const looks of world.looks.values()) {
        const next = looks.find((second) => second >= due);
        expect(next === undefined ? undefined : next - due).toBeLessThanOrEqual(60);
      }
    }
    expect(world.looks.size).toBe(60);
    expect(world.work.messages.length).toBeLessThan(10 * 60);
  });
});
