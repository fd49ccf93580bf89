// From an event to the write, in virtual time: see test/attack/retry/latency.ts.
import { alone, type Latency, latencyOf, shares, storm } from '../../attack/retry/latency.ts';
import type { Result } from './result.ts';

const IN_ONE = { groups: 10, fanOutAbove: 50 };
const BY_QUEUE = { groups: 1_000, fanOutAbove: 50 };
const EVENTS = 200;
const STORM = 10_000;

export async function run(): Promise<Result[]> {
  const rows: [string, Latency][] = [
    ['an event alone, 10 groups in one run', await latencyOf(IN_ONE, alone(EVENTS))],
    ['an event alone, 1 000 groups by the queue', await latencyOf(BY_QUEUE, alone(20))],
    ['a hook alone, 10 groups', await latencyOf(IN_ONE, alone(EVENTS), 'hook')],
    ['10 000 events in ten seconds, 10 groups in one run', await latencyOf(IN_ONE, storm(STORM))],
    ['10 000 events in ten seconds, 1 000 groups by the queue', await latencyOf(BY_QUEUE, storm(STORM))],
  ];
  const seconds = (value: number) => value.toFixed(1);
  return [
    {
      title: 'From an event to the write',
      figures: [],
      rows: {
        columns: ['median, s', '99 %, s', 'longest, s', 'runs', 'looks again'],
        values: rows.map(([says, latency]) => [
          says,
          seconds(shares(latency).median),
          seconds(shares(latency).p99),
          seconds(latency.seconds.at(-1) ?? 0),
          String(latency.runs),
          String(latency.rechecks),
        ]),
      },
      goals: [],
      notes: [
        'Virtual time, with the window, the batches and the concurrency of serverless.yml; an inventory that is read in a second, 50 ms an answer of SLS. Cold starts are not in it.',
      ],
    },
  ];
}
