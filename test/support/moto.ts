// moto_server for one suite: started before it at a free port, stopped after it. Where moto_server is not installed the
// suite is skipped, and says so.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import { freePort } from './loopback.ts';
import { needs } from './needs.ts';

const MISSING =
  spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'moto_server is not installed (pip install "moto[server]")';

export interface Moto {
  readonly url: string;
  /** Client options that reach it, with visibly fake credentials. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** What sends a client of the SDK to it that takes all from the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Forgets everything it was told. */
  reset(): Promise<void>;
}

interface Running extends Moto {
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;

/** @param body may use what it is given in tests and hooks, not before */
export function describeWithMoto(title: string, body: (moto: Moto) => void, region = 'eu-central-1'): void {
  describe(title, needs(MISSING), () => {
    let running: Running | undefined;
    beforeAll(async () => {
      running = await startMoto(region);
    });
    // Hooks that come after are the first to end: whatever uses it has let go by then.
    afterAll(() => running?.stop());
    const started = (): Running => {
      if (!running) throw new Error('moto_server is not started yet');
      return running;
    };
    body({
      get url() {
        return started().url;
      },
      get client() {
        return started().client;
      },
      get environment() {
        return started().environment;
      },
      reset: () => started().reset(),
    });
  });
}

/** @throws Error when it does not answer in time, with what it printed */
async function startMoto(region: string): Promise<Running> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answers(url))) {
    if (Date.now() > deadline || child.exitCode !== null) {
      child.kill();
      throw new Error(`moto_server did not get ready:\n${printed}`);
    }
    await wait(50);
  }
  const credentials = { accessKeyId: 'test-aws-key', secretAccessKey: 'not-a-real-secret' };
  return {
    url,
    client: { endpoint: url, region, credentials },
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    async reset() {
      await fetch(`${url}/moto-api/reset`, { method: 'POST' });
    },
    stop: () => stopped(child),
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/moto-api/`).then(
    (response) => response.ok,
    () => false,
  );
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  return exit;
}
