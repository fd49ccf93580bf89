// Many groups of many machines through the built functions: in one invocation, and by a queue and two workers.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleAll, ROOT } from '../../../lib/build/bundle.ts';
import { SCHEDULE } from '../../functions/events.ts';
import { OWNER, PROJECT } from '../../support/names.ts';
import { type FifoQueue, startFifoQueue } from '../../support/queue/served.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import type { Took } from './billed.ts';
import type { Cloud, CloudFigures, CloudRequest } from './cloud.ts';
import { type LoadOptions, nameOf, needOf, SECRET } from './options.ts';
import { WorkerProcess } from './worker-process.ts';

export interface Figures extends CloudFigures {
  readonly seconds: number;
  /** Most resident memory of any process that ran a function, in MiB. */
  readonly maxRssMiB: number;
  /** Messages that were given up; none without a queue. */
  readonly givenUp: readonly string[];
}

const WORKERS = 2;

export class Load implements AsyncDisposable {
  readonly #options: LoadOptions;
  readonly #folder: TemporaryFolder;
  readonly #cloud: ChildProcess;
  readonly #at: Cloud;

  private constructor(options: LoadOptions, folder: TemporaryFolder, cloud: ChildProcess, at: Cloud) {
    this.#options = options;
    this.#folder = folder;
    this.#cloud = cloud;
    this.#at = at;
  }

  static async start(options: LoadOptions): Promise<Load> {
    const folder = temporaryFolder('load');
    const cloud = fork(join(ROOT, 'test/tools/load/cloud.ts'), [JSON.stringify(options)]);
    const [at] = (await once(cloud, 'message')) as [Cloud];
    for (const name of ['sync-from-inventory', 'sync-group']) {
      await bundleAll({ outdir: folder.path, entry: join(ROOT, `functions/${name}.ts`) });
    }
    return new Load(options, folder, cloud, at);
  }

  /** Every group in one invocation of the scheduled function. */
  async inOneInvocation(): Promise<Figures> {
    await this.#configure(this.#options.groups);
    await this.#ask('begin');
    await using worker = await this.#worker('sync-from-inventory');
    const begin = performance.now();
    const { status } = (await worker.invoke(SCHEDULE)) as { status: string };
    const seconds = (performance.now() - begin) / 1000;
    if (status !== 'ok') throw new Error(`the run ended as ${status}`);
    return this.#figures(seconds, [worker], []);
  }

  /** Every group in one invocation of the scheduled function, which finds all of them as they should be. */
  async unchanged(): Promise<Took & Pick<Figures, 'maxRssMiB'>> {
    await this.#configure(this.#options.groups);
    await this.#ask('settle');
    await using worker = await this.#worker('sync-from-inventory');
    const { status } = (await worker.invoke(SCHEDULE)) as { status: string };
    if (status !== 'ok') throw new Error(`the run ended as ${status}`);
    return { ...(worker.invocations[0] as Took), maxRssMiB: worker.maxRss / 2 ** 20 };
  }

  /** One function, warm, that finds every group as it should be, again and again. */
  async settled(runs: number): Promise<readonly Took[]> {
    await this.#configure(this.#options.groups);
    await this.#ask('settle');
    await using worker = await this.#worker('sync-from-inventory');
    for (let run = 0; run < runs; run += 1) await worker.invoke(SCHEDULE);
    return worker.invocations;
  }

  /** The same by a queue and one worker: what each run of the schedule and each batch of groups took. */
  async settledByQueue(runs: number): Promise<{ schedule: readonly Took[]; batches: readonly Took[] }> {
    await this.#ask('settle');
    await using stack = new AsyncDisposableStack();
    const { queue, scheduler } = await this.#scheduler(stack);
    const worker = stack.use(await this.#worker('sync-group'));
    for (let run = 0; run < runs; run += 1) {
      await scheduler.invoke(SCHEDULE);
      await queue.drain([(event) => worker.invoke(event)]);
    }
    return { schedule: scheduler.invocations, batches: worker.invocations };
  }

  /** The schedule hands the groups to a queue, twice, and two workers take them from there. */
  async byQueue(): Promise<Figures> {
    await this.#ask('begin');
    await using stack = new AsyncDisposableStack();
    const { queue, scheduler } = await this.#scheduler(stack);
    const workers: WorkerProcess[] = [];
    for (let count = 0; count < WORKERS; count += 1)
      workers.push(stack.use(await this.#worker('sync-group')));

    const begin = performance.now();
    // The second time its messages meet those of the first: each group is in the queue twice.
    await scheduler.invoke(SCHEDULE);
    await scheduler.invoke(SCHEDULE);
    const givenUp = await queue.drain(workers.map((worker) => (event) => worker.invoke(event)));
    return this.#figures((performance.now() - begin) / 1000, [scheduler, ...workers], givenUp);
  }

  /** The scheduled function, which hands every group to a queue. */
  async #scheduler(stack: AsyncDisposableStack): Promise<{ queue: FifoQueue; scheduler: WorkerProcess }> {
    await this.#configure(0);
    const queue = stack.use(await startFifoQueue());
    const env = { SYNC_WORK_QUEUE_URL: queue.url, AWS_ENDPOINT_URL_SQS: queue.endpoint };
    return { queue, scheduler: stack.use(await this.#worker('sync-from-inventory', env)) };
  }

  async #figures(
    seconds: number,
    processes: readonly WorkerProcess[],
    givenUp: readonly string[],
  ): Promise<Figures> {
    const figures = (await this.#ask('check')) as CloudFigures;
    const maxRssMiB = Math.max(...processes.map(({ maxRss }) => maxRss)) / 2 ** 20;
    return { ...figures, seconds, maxRssMiB, givenUp };
  }

  async #ask(request: CloudRequest): Promise<unknown> {
    this.#cloud.send(request);
    const [answer] = await once(this.#cloud, 'message');
    return answer;
  }

  async #configure(fanOutAbove: number): Promise<void> {
    const source = { type: 'http', format: 'list', allowHttp: true, allowLoopback: true };
    const groups = Array.from({ length: this.#options.groups }, (_, group) => ({
      project: PROJECT,
      name: nameOf(group),
      identify: 'ip',
      adopt: needOf(group) === 'adopt',
      sources: [{ ...source, url: `${this.#at.inventory}/${group}` }],
    }));
    const config = { owner: OWNER, policy: 'sync', fanOutAbove, groups };
    await writeFile(join(this.#folder.path, 'sync.json'), JSON.stringify(config));
  }

  #worker(name: string, environment: Record<string, string> = {}): Promise<WorkerProcess> {
    const { sls, secrets } = this.#at;
    return WorkerProcess.start(join(this.#folder.path, name, 'index.mjs'), {
      SLS_SECRET_ID: SECRET,
      SLS_ENDPOINT: sls.endpoint,
      SLS_CONNECT_TO: sls.connectTo,
      SYNC_CONFIG: `file://${this.#folder.path}/sync.json`,
      IS_OFFLINE: 'true',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test-aws-key',
      AWS_SECRET_ACCESS_KEY: 'not-a-real-secret',
      ...environment,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#cloud, 'exit');
    this.#cloud.kill('SIGKILL');
    await exited;
    this.#folder.remove();
  }
}
