// How long it takes from an event to the write in SLS, in virtual time, with windows, batches and limits as serverless.yml has
// them. What Lambda takes to start is not in it; SQS is looked at once a second here, so half a second of each way is the model's.
import { type Options, World } from './world.ts';

/** The inventory is read in a second, and SLS answers in 50 ms. */
const TAKES = { readingSeconds: 1, slsSeconds: 0.05 };
const addressOf = (change: number) => `10.${change >> 16}.${(change >> 8) & 255}.${change & 255}`;

export interface Latency {
  /** Seconds from each event to the write that has what it told of, least first. */
  readonly seconds: readonly number[];
  /** Runs that events set off, and runs that looked once more. */
  readonly runs: number;
  readonly rechecks: number;
}

/** @param at seconds at which something changes, one group in turn; each change is told at once */
export async function latencyOf(
  options: Pick<Options, 'groups' | 'fanOutAbove'>,
  at: readonly number[],
  by: 'event' | 'hook' = 'event',
): Promise<Latency> {
  const world = new World({ ...options, ...TAKES });
  const { keys } = world;
  const changes = at.map((second, index) => ({
    second,
    key: keys[index % keys.length] as string,
    member: addressOf(index + 1),
  }));
  const ofGroup = Map.groupBy(changes, ({ key }) => key);
  world.inventory = (key, now) =>
    (ofGroup.get(key) ?? []).flatMap(({ second, member }) => (second <= now ? member : []));
  for (const { second } of changes)
    world.at(second, () => void (by === 'hook' ? world.hook() : world.change()));
  await world.live(Math.max(...at) + 600);
  const seconds = changes.map(({ key, member, second }) => {
    const write = world.writes.find((one) => one.key === key && one.members.includes(member));
    return (write?.second ?? Number.POSITIVE_INFINITY) - second;
  });
  const { events, rechecks } = world.runs;
  return { seconds: seconds.toSorted((a, b) => a - b), runs: events.length, rechecks: rechecks.length };
}

/** Half of them are no longer, and 99 of 100. */
export function shares({ seconds }: Latency): { median: number; p99: number } {
  const share = (part: number) => seconds[Math.ceil(seconds.length * part) - 1] ?? Number.NaN;
  return { median: share(0.5), p99: share(0.99) };
}

/** Far apart, at every moment of the second: an hour has six. */
export const alone = (events: number): readonly number[] =>
  Array.from({ length: events }, (_, event) => 10 + event * 600 + ((event * 0.618_034) % 1));

/** As fast as a thousand a second. */
export const storm = (events: number): readonly number[] =>
  Array.from({ length: events }, (_, event) => 10 + event / 1_000);
