// The function as Lambda runs it: warm processes that keep their client, its key and its clock, one run at a
// time in each, and a deadline at which a process is killed with whatever it was doing.

import { syncEventFunction } from '../../../lib/runtime/sync/event-function.ts';
import { type End, Invocation } from './invocation.ts';
import { type Approved, RunRecord } from './record.ts';
import { createSimRuntime, type RuntimeDeps } from './runtime.ts';

export interface Order {
  readonly event: unknown;
  readonly mode?: 'plan' | 'apply';
  readonly approved?: Approved | undefined;
  /** Milliseconds until Lambda kills it. */
  readonly budgetMs: number;
  /** Killed when it is called back for this time. */
  readonly killAfter?: number;
}

interface Process {
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
    const record = new RunRecord(this.#runs, order.mode ?? 'apply', order.approved, time.now());
    const process = this.#idle.pop() ?? this.#start();
    const killedAt = time.now() + order.budgetMs;
    const over = (end: End) => {
      journal.note(() => `run ${record.id} ${end.how}`);
      tally.count(`run ${end.how}`);
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
      record.over = true;
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
    const process: Process = { handler: syncEventFunction(() => runtime), current: undefined };
    const runtime = createSimRuntime(this.#deps, () => process.current as Invocation);
    return process;
  }
}
