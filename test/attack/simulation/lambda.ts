// The function as Lambda runs it: warm processes that keep their client, its key and its clock, one run at a
// time in each, and a deadline at which a process is killed with whatever it was doing.

import { syncEventFunction } from '../../../lib/runtime/sync/event-function.ts';
import { type End, Invocation } from './invocation.ts';
import { RunRecord } from './record.ts';
import { createSimRuntime, type RuntimeDeps } from './runtime.ts';

export interface Order {
  readonly event: unknown;
  readonly mode?: 'plan' | 'apply';
  /** Milliseconds until Lambda kills it. */
  readonly budgetMs: number;
  /** Killed when it is called back for this time. */
  readonly killAfter?: number;
}

/** Clocks of processes are so far from the true time at most: two of them are less than ten seconds apart. */
const CLOCK_OFF_MS = 4_500;

interface Process {
  /** Milliseconds by which its clock is ahead. */
  readonly offsetMs: number;
  readonly handler: ReturnType<typeof syncEventFunction>;
  current: Invocation | undefined;
}

export class Lambda {
  readonly #deps: RuntimeDeps;
  readonly #idle: Process[] = [];
  #runs = 0;
  /** Invocations that are neither over nor killed. */
  active = 0;

  constructor(deps: RuntimeDeps) {
    this.#deps = deps;
  }

  invoke(order: Order, onEnd: (record: RunRecord, end: End) => void): void {
    const { time, tally, journal, output } = this.#deps;
    this.#runs += 1;
    const process = this.#idle.pop() ?? this.#start();
    const record = new RunRecord(this.#runs, order.mode ?? 'apply', time.now(), process.offsetMs);
    const killedAt = time.now() + order.budgetMs;
    const over = (end: End) => {
      journal.note(() => `run ${record.id} ${end.how}`);
      tally.count(`run ${end.how}`);
      if (end.how === 'killed') this.#deps.tellings.doubt();
      output.ended(end);
      this.active -= 1;
      onEnd(record, end);
    };
    const invocation = new Invocation(record, time, order.killAfter ?? 0, () => over({ how: 'killed' }));
    process.current = invocation;
    this.active += 1;
    time.at(killedAt, () => invocation.kill());
    journal.note(() => `run ${record.id} begins (${record.mode})`);
    const finish = (end: End) => {
      record.overAt = this.#deps.cloud.moment();
      record.overAtMs = time.now();
      record.hadTrouble = this.#deps.memory.troubledAt >= record.startedAtMs;
      process.current = undefined;
      this.#idle.push(process);
      over(end);
    };
    process.handler(order.event, { getRemainingTimeInMillis: () => killedAt - time.now() }).then(
      (value) => finish({ how: 'returned', value }),
      (error: unknown) => finish({ how: 'threw', error }),
    );
  }

  #start(): Process {
    const { dice, scenario } = this.#deps;
    const offsetMs = scenario.isPeaceful ? 0 : dice.between(-CLOCK_OFF_MS, CLOCK_OFF_MS);
    const process: Process = { offsetMs, handler: syncEventFunction(() => runtime), current: undefined };
    const runtime = createSimRuntime(this.#deps, () => process.current as Invocation, offsetMs);
    return process;
  }
}
