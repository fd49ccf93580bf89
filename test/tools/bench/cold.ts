// Cold starts of the built functions: the module alone, then under Lambda's own runtime from the start of the
// process to the first request for an event, and to the first answer. Secret and SLS are on loopback.
import { payload2 } from '../../support/lambda/events.ts';
import { ricAbsent, startFunction } from '../../support/lambda/function.ts';
import { PROJECT } from '../../support/names.ts';
import { loader, startServices } from './loads.ts';
import { buildAll, OFFICIAL, TASK_ROOT, wayOf } from './peers.ts';
import { figure, goal, type Result } from './result.ts';
import { GROUP } from './sample.ts';
import { inTurns, type Series, type Subjects, summary } from './statistics.ts';

const LOADS = 41;
const STARTS = 25;

export async function run(): Promise<Result[]> {
  const files = await buildAll();
  await using services = await startServices();
  const { environment } = services;
  const load = loader(files, environment);
  const series = await inTurns(LOADS, load(['get-group', 'secrets-manager', 'empty', ...OFFICIAL]));
  const official = fastest(series);
  const rows = [
    ['get-group', 'get-group'],
    ['secrets-manager', 'Secrets Manager SDK alone'],
    [official, `official SDK, ${wayOf(official)}`],
    ['empty', 'empty handler'],
  ] as const;
  const names = rows.map(([name]) => name);
  const loads = moduleResult(series, rows, official);
  if (ricAbsent) return [loads, { ...UNDER_RUNTIME, notes: [`not measured: ${ricAbsent}`] }];
  return [loads, startResult(await inTurns(STARTS, starter(names, environment)), rows, official)];
}

type Rows = readonly (readonly [name: string, says: string])[];

function starter(names: readonly string[], environment: Readonly<Record<string, string>>): Subjects {
  const event = payload2({
    method: 'GET',
    route: '/machinegroups/{groupName}',
    pathParameters: { groupName: GROUP.groupName },
    query: { projectName: PROJECT },
  });
  const start = async (name: string) => {
    const startedAt = performance.now();
    await using started = await startFunction(TASK_ROOT, name, environment);
    // On Lambda the event waits for the function.
    const answer = started.invoke(event);
    await Promise.race([started.ready, answer]);
    const ready = performance.now() - startedAt;
    const { statusCode, body = '' } = (await answer) as { statusCode: number; body?: string };
    const answered = performance.now() - startedAt;
    if (statusCode !== 200) throw new Error(`${name} answered ${statusCode} ${body}: ${started.output()}`);
    if (name === 'get-group' || OFFICIAL.includes(name)) assertGroup(body);
    return { ready, answered };
  };
  return Object.fromEntries(names.map((name) => [name, () => start(name)]));
}

/** What is compared has to have done the same. */
function assertGroup(body: string): void {
  const { groupName, machineList } = JSON.parse(body) as { groupName?: string; machineList?: string[] };
  if (groupName === GROUP.groupName && machineList?.length === GROUP.machineList.length) return;
  throw new Error(`this is not the group that was asked for: ${body}`);
}

/** By CPU: the clock also counts what other processes of the machine do. */
function fastest(series: Series): string {
  const median = (name: string) => summary(series[`${name}.cpu`] ?? []).median;
  return OFFICIAL.toSorted((a, b) => median(a) - median(b))[0] as string;
}

function moduleResult(series: Series, rows: Rows, official: string): Result {
  const limits = [
    { to: official, says: 'get-group / official SDK', atMost: 0.2 },
    { to: 'secrets-manager', says: 'get-group / Secrets Manager SDK alone', atMost: 1.15 },
  ];
  return {
    title: 'Cold start: the module alone',
    figures: [
      ...rows.map(([name, says]) => [says, 'ms', figure(series, `${name}.ms`, '')[2]] as const),
      ...rows.map(([name, says]) => [`${says}, CPU`, 'ms', figure(series, `${name}.cpu`, '')[2]] as const),
    ],
    goals: ['ms', 'cpu'].flatMap((kind) =>
      limits.map(({ to, says, atMost }) =>
        goal(series, `get-group.${kind}`, `${to}.${kind}`, {
          says: kind === 'ms' ? says : `${says}, CPU`,
          atMost,
        }),
      ),
    ),
    notes: [
      'From the import of the handler to its end, in a fresh process; the read of the secret has begun by then.',
      ...OFFICIAL.map((name) => {
        const of = (kind: string) => summary(series[`${name}.${kind}`] ?? []).median.toFixed(0);
        return `The official SDK, ${wayOf(name)}: ${of('ms')} ms, ${of('cpu')} ms CPU; the least is compared.`;
      }),
    ],
  };
}

const UNDER_RUNTIME: Result = {
  title: 'Cold start under the Lambda runtime',
  figures: [],
  goals: [],
  notes: [],
};

function startResult(series: Series, rows: Rows, official: string): Result {
  const shown = (figureOf: string, when: string) =>
    rows.map(
      ([name, says]) => [`${says}: ${when}`, 'ms', figure(series, `${name}.${figureOf}`, '')[2]] as const,
    );
  return {
    ...UNDER_RUNTIME,
    figures: [...shown('ready', 'first next'), ...shown('answered', 'first answer')],
    goals: [
      goal(series, 'get-group.answered', `${official}.answered`, {
        says: 'first answer, get-group / official SDK',
        atMost: 0.5,
      }),
      goal(series, 'get-group.answered', 'empty.answered', {
        says: 'first answer, get-group / empty handler',
      }),
      goal(series, 'get-group.ready', `${official}.ready`, { says: 'first next, get-group / official SDK' }),
    ],
    notes: ['From the start of the process; all of them run under aws-lambda-ric.'],
  };
}
