// What a schedule costs: 100 groups every five minutes, from the measured durations of the built functions, in the
// units that Lambda bills.
import { billedMs, MEMORY_MIB, type Took, WHOLE_CORE_MIB } from '../load/billed.ts';
import { Load } from '../load/load.ts';
import { type Result, single } from './result.ts';
import { type Summary, summary } from './statistics.ts';

const GROUPS = 100;
const MACHINES = 100;
/** Milliseconds that SLS takes for an answer here; Lambda's way to Alibaba Cloud is not shorter. */
const LATENCY_MS = 50;
const RUNS = 12;
const RUNS_IN_30_DAYS = (30 * 24 * 60) / 5;
interface Cost {
  /** Milliseconds of all invocations of one run. */
  readonly measured: Summary;
  readonly billed: Summary;
  /** Invocations of one run. */
  readonly requests: number;
}

/** @param invocations of whole runs, after the first, which is a cold start */
function costOf(invocations: readonly Took[], runs: number): Cost {
  const requests = invocations.length / runs;
  const sums = (of: (took: Took) => number) =>
    Array.from({ length: runs }, (_, run) =>
      invocations.slice(run * requests, (run + 1) * requests).reduce((sum, took) => sum + of(took), 0),
    );
  return { measured: summary(sums(({ ms }) => ms)), billed: summary(sums(billedMs)), requests };
}

function figuresOf(name: string, { measured, billed, requests }: Cost): Result['figures'] {
  const gbSeconds = (RUNS_IN_30_DAYS * (billed.median / 1_000) * MEMORY_MIB) / 1_024;
  return [
    [`${name}: measured, a run`, 'ms', measured],
    [`${name}: on ${MEMORY_MIB} MB, a run`, 'ms', billed],
    [`${name}: in 30 days`, 'GB-seconds', single(gbSeconds)],
    [`${name}: in 30 days`, 'requests', single(RUNS_IN_30_DAYS * requests)],
  ];
}

export async function run(): Promise<Result[]> {
  const options = { groups: GROUPS, machines: MACHINES, faultShare: 0, latencyMs: LATENCY_MS, seed: 1 };
  await using load = await Load.start(options);
  const alone = await load.settled(RUNS + 1);
  const { schedule, batches } = await load.settledByQueue(RUNS + 1);
  const perRun = batches.length / (RUNS + 1);
  return [
    {
      title: `Cost of ${GROUPS} groups of ${MACHINES} machines, every 5 minutes`,
      figures: [
        ...figuresOf('one invocation (fanOutAbove 100)', costOf(alone.slice(1), RUNS)),
        ...figuresOf('by the queue: schedule', costOf(schedule.slice(1), RUNS)),
        ...figuresOf('by the queue: groups', costOf(batches.slice(perRun), RUNS)),
      ],
      goals: [],
      notes: [
        `Groups that are right already, http sources, ${LATENCY_MS} ms for an answer of SLS, eight groups at a time.`,
        `GB-seconds = ${RUNS_IN_30_DAYS} runs × (time waited + CPU time × ${WHOLE_CORE_MIB} / ${MEMORY_MIB}) × ${MEMORY_MIB} / 1024; CPU time is stretched, because ${MEMORY_MIB} MB have that part of a core. Cold starts are not in it.`,
      ],
    },
  ];
}
