// Calls of a process that is warm: signed GetMachineGroup, by ours, by the official SDK and by bare node:http, each
// in a process of its own against the same server in another. With the stand-in, which verifies every signature,
// the server is what limits the calls a second; with recorded answers it is the client.
import { startChild } from './child.ts';
import type { Batch, Measured } from './processes/client.ts';
import { figure, goal, type Result } from './result.ts';
import { inTurns } from './statistics.ts';

const KINDS = ['ours', 'official', 'bare'] as const;
const CONCURRENCY = [1, 64];
const ROUNDS = 15;
const BATCH_MS = 300;
const WARM_UP_MS = 1_500;

export async function run(): Promise<Result[]> {
  return [
    await against('stand-in.ts', 'Warm calls against the stand-in'),
    await against('recorded.ts', 'Warm calls against recorded answers'),
  ];
}

async function against(file: string, title: string): Promise<Result> {
  await using server = startChild<object, { port: number; endpoint: string }>(`${file}`);
  const { port, endpoint } = await server.ask({});
  await using stack = new AsyncDisposableStack();
  const clients = KINDS.map((kind) => {
    const client = startChild<Batch, Measured>('client.ts', [kind, String(port), endpoint]);
    stack.use(client);
    return [kind, client] as const;
  });
  const figures: Result['figures'][number][] = [];
  const goals: Result['goals'][number][] = [];
  for (const concurrency of CONCURRENCY) {
    for (const [, client] of clients) await client.ask({ concurrency, ms: WARM_UP_MS });
    const subjects = Object.fromEntries(
      clients.map(([kind, client]) => [
        kind,
        async () => {
          const { calls, ms, cpuUs } = await client.ask({ concurrency, ms: BATCH_MS });
          return { rate: (calls / ms) * 1_000, cpu: cpuUs / calls };
        },
      ]),
    );
    const series = await inTurns(ROUNDS, subjects);
    const at = `, ${concurrency} at a time`;
    for (const kind of KINDS)
      figures.push([`${kind}${at}`, 'calls/s', figure(series, `${kind}.rate`, '')[2]]);
    for (const kind of KINDS)
      figures.push([`${kind}${at}`, 'µs CPU/call', figure(series, `${kind}.cpu`, '')[2]]);
    goals.push(
      goal(series, 'ours.rate', 'official.rate', { says: `calls/s, ours / official SDK${at}`, atLeast: 3 }),
      goal(series, 'ours.rate', 'bare.rate', {
        says: `calls/s, ours / bare node:http${at}`,
        ...(concurrency > 1 && { atLeast: 0.8 }),
      }),
      goal(series, 'ours.cpu', 'official.cpu', { says: `CPU a call, ours / official SDK${at}` }),
      goal(series, 'ours.cpu', 'bare.cpu', { says: `CPU a call, ours / bare node:http${at}` }),
    );
  }
  return { title, figures, goals, notes: [] };
}
