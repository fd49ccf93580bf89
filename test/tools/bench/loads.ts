// What the functions of a cold start talk to, and loads of their modules in processes that do nothing else.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { PROJECT } from '../../support/names.ts';
import { DEFAULT_KEY, startStandIn } from '../../support/standin/index.ts';
import { startSecretsServer } from '../../support/standin/secrets.ts';
import { GROUP } from './sample.ts';
import type { Subjects } from './statistics.ts';

const SECRET = 'access-key';

export type Environment = Readonly<Record<string, string>>;

export interface Services extends AsyncDisposable {
  /** Of a function, so that it finds them. */
  readonly environment: Environment;
  /** Back to the one group, as it was. */
  forget(): void;
}

/** The stand-in of SLS with the group that is asked for, and Secrets Manager with the key to it. */
export async function startServices(): Promise<Services> {
  const sls = await startStandIn({ projects: [PROJECT], keys: [DEFAULT_KEY] });
  const secrets = await startSecretsServer({ secrets: { [SECRET]: JSON.stringify(DEFAULT_KEY) } });
  const now = Math.floor(Date.now() / 1000);
  const forget = () => {
    sls.forgetRequests();
    sls.groups(PROJECT).clear();
    sls.groups(PROJECT).set(GROUP.groupName, { ...GROUP, createTime: now, lastModifyTime: now });
  };
  forget();
  return {
    forget,
    environment: {
      SLS_SECRET_ID: SECRET,
      SLS_ENDPOINT: `http://${sls.endpoint}`,
      SLS_CONNECT_TO: `${sls.host}:${sls.port}`,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    },
    async [Symbol.asyncDispose]() {
      await sls[Symbol.asyncDispose]();
      await secrets[Symbol.asyncDispose]();
    },
  };
}

/** Loads of modules, each in a fresh process: milliseconds by the clock, and of CPU. @param files by name */
export function loader(files: ReadonlyMap<string, string>, environment: Environment) {
  const env = {
    ...environment,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test-aws-key-id',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-aws-secret',
  };
  const load = async (name: string) => {
    const args = [join(import.meta.dirname, 'load.mjs'), pathToFileURL(files.get(name) as string).href];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return JSON.parse(stdout) as { ms: number; cpu: number };
  };
  return (names: readonly string[]): Subjects =>
    Object.fromEntries(names.map((name) => [name, () => load(name)]));
}
