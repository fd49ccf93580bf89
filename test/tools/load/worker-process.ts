// Processes that run a built function as Lambda does: one invocation at a time, and no more memory than is paid for.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from '../../../lib/build/bundle.ts';
import type { WorkerAnswer, WorkerRequest } from './worker.ts';

/** What serverless.yml gives a function, in MiB. */
export const MEMORY_MIB = 512;
/** A Lambda's longest time, in milliseconds. */
export const LAMBDA_MS = 900_000;

/** Node takes as much as it is let: parts of the memory as for a function of that size. */
const LIMITS = [
  `--max-semi-space-size=${Math.floor(MEMORY_MIB * 0.05)}`,
  `--max-old-space-size=${Math.floor(MEMORY_MIB * 0.9)}`,
];

export class WorkerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;
  /** Most resident memory so far, in bytes. */
  maxRss = 0;
  /** What each invocation took, in milliseconds. */
  readonly invocations: { readonly ms: number; readonly cpuMs: number }[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`a worker ended (${signal ?? code})`);
    });
    this.#ended.catch(() => {});
  }

  /** @param bundle its `index.mjs` */
  static async start(bundle: string, env: Record<string, string>): Promise<WorkerProcess> {
    const child = fork(join(ROOT, 'test/tools/load/worker.ts'), [bundle], {
      // Its log is as long as the run; nobody reads it here.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: LIMITS,
      env,
    });
    const worker = new WorkerProcess(child);
    await Promise.race([once(child, 'message'), worker.#ended]);
    return worker;
  }

  /** @throws Error for what the function throws, and when the process ends */
  async invoke(event: object): Promise<unknown> {
    const answered = once(this.#child, 'message') as Promise<[WorkerAnswer]>;
    this.#child.send({ event, timeoutMs: LAMBDA_MS } satisfies WorkerRequest);
    const [{ answer, error, maxRss, ms, cpuMs }] = await Promise.race([answered, this.#ended]);
    this.maxRss = maxRss;
    this.invocations.push({ ms, cpuMs });
    if (error !== undefined) throw new Error(error);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended.catch(() => {});
  }
}
