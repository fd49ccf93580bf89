// The built command line as a process, and what it is told of stand-ins.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect } from 'vitest';
import { secretsIn } from '../../attack/markers.ts';
import { ofThisRun } from '../../support/run/ask.ts';
import { DEFAULT_KEY, type StandIn } from '../../support/standin/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Environment = Readonly<Record<string, string>>;

export const SECRET_ID = 'test/access-key';

/** A folder for the files of one suite, and the program: far from node_modules, so that it is whole. */
export function builtCli() {
  const folder = temporaryFolder('cli');
  let file = '';
  beforeAll(async () => {
    file = await ofThisRun<string>('cli');
  });
  afterAll(folder.remove);
  return {
    folder: folder.path,
    async run(args: readonly string[], env: Environment = {}): Promise<Ended> {
      const child = spawn(process.execPath, [file, ...args], {
        env: {
          ...{ PATH: process.env.PATH, HOME: folder.path },
          // Gone with the program, whose place is another one in each run.
          NODE_COMPILE_CACHE: `${file}.compiled`,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      // Nobody has to see a key to see what is wrong with it.
      expect(secretsIn(`${stdout}${stderr}`)).toEqual([]);
      expect(`${stdout}${stderr}`).not.toContain(DEFAULT_KEY.accessKeySecret);
      return { code: await ended, stdout, stderr };
    },
  };
}

/** Variables as a function has them, for stand-ins on this machine. */
export function settingsFor(standIn: Pick<StandIn, 'host' | 'port'>, secretsUrl: string): Environment {
  return {
    SLS_SECRET_ID: SECRET_ID,
    SLS_ENDPOINT: 'http://cn-hangzhou.log.aliyuncs.com',
    SLS_CONNECT_TO: `${standIn.host}:${standIn.port}`,
    SLS_ATTEMPTS: '1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsUrl,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test-aws-key',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-aws-secret',
  };
}
