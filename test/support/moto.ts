// moto_server for one suite, and for it alone: empty before it, given back after it to the next suite of the run. Where
// moto_server is not installed the suite is skipped, and says so.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe } from 'vitest';
import { needs } from './needs.ts';
import { ofThisRun } from './run/ask.ts';

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
  giveBack(): Promise<void>;
}

/**
 * @param body may use what it is given in tests and hooks, not before
 * @param long LONG, for what is left out of `npm test`
 */
export function describeWithMoto(
  title: string,
  body: (moto: Moto) => void,
  region = 'eu-central-1',
  long?: string,
): void {
  describe(title, needs(MISSING ?? long), () => {
    let running: Running | undefined;
    beforeAll(async () => {
      running = await takeMoto(region);
    });
    // Hooks that come after are the first to end: whatever uses it has let go by then.
    afterAll(() => running?.giveBack());
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

async function takeMoto(region: string): Promise<Running> {
  const url = await ofThisRun<string>('moto');
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
    giveBack: () => ofThisRun('moto-back', url),
  };
}
