// Many groups through the built functions, in one invocation and by the queue: how often the inventory and SLS are asked, how
// long it takes, how much memory, and what Lambda bills.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleAll, ROOT } from '../../../lib/build/bundle.ts';
import { SCHEDULE } from '../../functions/events.ts';
import { TABLE } from '../../support/memory/dynalite.ts';
import { OWNER, PROJECT } from '../../support/names.ts';
import { startFifoQueue } from '../../support/queue/served.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { billedMs, MEMORY_MIB } from './billed.ts';
import { nameOf, SECRET } from './options.ts';
import type { ScaleCloud, ScaleFigures } from './scale-cloud.ts';
import { documentOf, type ScaleOptions } from './scale-options.ts';
import { WorkerProcess } from './worker-process.ts';

/** `own`: each worker reads for itself; `handed`: the run reads for all. */
export type Path = 'one' | 'queue, own' | 'queue, handed';

export interface Scaled extends ScaleFigures {
  readonly path: Path;
  readonly options: ScaleOptions;
  /** From the event to the end of the last invocation, on the machine that measures. */
  readonly seconds: number;
  /** CPU of all invocations. */
  readonly cpuSeconds: number;
  /** The longest way through the invocations, each with its CPU stretched to what 512 MB have of a core. */
  readonly lambdaSeconds: number;
  /** Most resident memory of any function. */
  readonly maxRssMiB: number;
  readonly gbSeconds: number;
  readonly messages: number;
  /** Of the longest invocation of a worker. */
  readonly longestSeconds: number;
}

/** Batches of the work queue at a time, as serverless.yml has it. */
const WORKERS = 5;

export class Scale implements AsyncDisposable {
  readonly #options: ScaleOptions;
  readonly #folder: TemporaryFolder;
  readonly #cloud: ChildProcess;
  readonly #at: ScaleCloud;

  private constructor(options: ScaleOptions, folder: TemporaryFolder, cloud: ChildProcess, at: ScaleCloud) {
    this.#options = options;
    this.#folder = folder;
    this.#cloud = cloud;
    this.#at = at;
  }

  static async start(options: ScaleOptions): Promise<Scale> {
    const folder = temporaryFolder('scale');
    const cloud = fork(join(ROOT, 'test/tools/load/scale-cloud.ts'), [JSON.stringify(options)]);
    const [at] = (await once(cloud, 'message')) as [ScaleCloud];
    for (const name of ['sync-from-inventory', 'sync-group'])
      await bundleAll({ outdir: folder.path, entry: join(ROOT, `functions/${name}.ts`) });
    return new Scale(options, folder, cloud, at);
  }

  measure(path: Path): Promise<Scaled> {
    return path === 'one' ? this.#one() : this.#queue(path);
  }

  async #one(): Promise<Scaled> {
    await this.#configure(10_000);
    await this.#ask('begin');
    await using worker = await this.#worker('sync-from-inventory');
    const begin = performance.now();
    const { status } = (await worker.invoke(SCHEDULE)) as { status: string };
    if (status !== 'ok') throw new Error(`the run ended as ${status}`);
    return this.#scaled('one', begin, worker, []);
  }

  async #queue(path: Path): Promise<Scaled> {
    await this.#configure(0);
    await this.#ask('begin');
    await using stack = new AsyncDisposableStack();
    const queue = stack.use(await startFifoQueue());
    const env = {
      SYNC_WORK_QUEUE_URL: queue.url,
      AWS_ENDPOINT_URL_SQS: queue.endpoint,
      ...(path === 'queue, handed' && {
        SYNC_READINGS_BUCKET: 'readings',
        AWS_ENDPOINT_URL_S3: this.#at.bucket,
      }),
    };
    const scheduler = stack.use(await this.#worker('sync-from-inventory', env));
    const workers: WorkerProcess[] = [];
    for (let count = 0; count < WORKERS; count += 1)
      workers.push(stack.use(await this.#worker('sync-group', { ...env, SYNC_WORK_QUEUE_URL: '' })));

    const begin = performance.now();
    let isSent = false;
    const sent = scheduler.invoke(SCHEDULE).finally(() => {
      isSent = true;
    });
    // They begin with what is there while the rest is still being read for.
    while (!isSent || queue.waiting().length > 0) {
      const givenUp = await queue.drain(workers.map((worker) => (event) => worker.invoke(event)));
      if (givenUp.length > 0) throw new Error(`given up: ${givenUp.join(', ')}`);
      await sleep(5);
    }
    await sent;
    return this.#scaled(path, begin, scheduler, workers);
  }

  async #scaled(
    path: Path,
    begin: number,
    first: WorkerProcess,
    workers: readonly WorkerProcess[],
  ): Promise<Scaled> {
    const seconds = (performance.now() - begin) / 1000;
    const all = [first, ...workers];
    const invocations = all.flatMap((process) => process.invocations);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const billed = (process: WorkerProcess) => sum(process.invocations.map(billedMs)) / 1000;
    const figures = (await this.#ask('figures')) as ScaleFigures;
    return {
      ...figures,
      path,
      options: this.#options,
      seconds,
      cpuSeconds: sum(invocations.map(({ cpuMs }) => cpuMs)) / 1000,
      lambdaSeconds: billed(first) + Math.max(0, ...workers.map(billed)),
      maxRssMiB: Math.max(...all.map(({ maxRss }) => maxRss)) / 2 ** 20,
      gbSeconds: (sum(all.map(billed)) * MEMORY_MIB) / 1024,
      messages: sum(workers.map((worker) => worker.invocations.length)),
      longestSeconds: Math.max(0, ...workers.flatMap((worker) => worker.invocations.map(billedMs))) / 1000,
    };
  }

  async #ask(request: 'begin' | 'figures'): Promise<unknown> {
    this.#cloud.send(request);
    const [answer] = await once(this.#cloud, 'message');
    return answer;
  }

  async #configure(fanOutAbove: number): Promise<void> {
    const source = { type: 'http', format: 'ansible', allowHttp: true, allowLoopback: true };
    const groups = Array.from({ length: this.#options.groups }, (_, group) => ({
      project: PROJECT,
      name: nameOf(group),
      identify: 'ip',
      sources: [
        {
          ...source,
          url: `${this.#at.inventory}/${documentOf(group)}`,
          ansible: { group: nameOf(group) },
        },
      ],
    }));
    const config = { owner: OWNER, policy: 'sync', fanOutAbove, groups };
    await writeFile(join(this.#folder.path, 'sync.json'), JSON.stringify(config));
  }

  #worker(name: string, environment: Record<string, string> = {}): Promise<WorkerProcess> {
    const { sls, secrets, memory } = this.#at;
    return WorkerProcess.start(join(this.#folder.path, name, 'index.mjs'), {
      SLS_SECRET_ID: SECRET,
      SLS_ENDPOINT: sls.endpoint,
      SLS_CONNECT_TO: sls.connectTo,
      SYNC_CONFIG: `file://${this.#folder.path}/sync.json`,
      IS_OFFLINE: 'true',
      SYNC_TABLE: TABLE,
      AWS_ENDPOINT_URL_DYNAMODB: memory,
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
