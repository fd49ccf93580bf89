// A bundle under aws-lambda-ric, the runtime that Lambda itself runs, in a process and an environment like
// Lambda's. The package compiles C++ when it is installed, so `.ci/install-ric` installs it and not `npm ci`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../lib/build/bundle.ts';
import { watcher } from '../../attack/watch.ts';
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

const RIC = join(process.env.RIC_DIR ?? join(ROOT, '.cache/ric'), 'node_modules/aws-lambda-ric');

/** Why the runtime cannot be run here, or undefined when it can. */
export const ricAbsent = existsSync(join(RIC, 'rapid-client.node'))
  ? undefined
  : 'aws-lambda-ric is not installed: run .ci/install-ric (needs autoconf, automake, libtool, cmake, g++)';

export interface LambdaFunction extends AsyncDisposable {
  readonly invoke: RuntimeApi['invoke'];
  readonly ready: RuntimeApi['ready'];
  /** Everything the process has written so far, as CloudWatch would show it. */
  output(): string;
}

/**
 * @param taskRoot what LAMBDA_TASK_ROOT is: the unpacked zip
 * @param name name of the function's file
 * @param environment what serverless.yml would set
 */
export async function startFunction(
  taskRoot: string,
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<LambdaFunction> {
  const api = await startRuntimeApi();
  const child = spawn(process.execPath, [join(RIC, 'index.mjs')], {
    cwd: taskRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      AWS_LAMBDA_RUNTIME_API: api.address,
      _HANDLER: `.build/${name}/index.handler`,
      LAMBDA_TASK_ROOT: taskRoot,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test-aws-key-id',
      AWS_SECRET_ACCESS_KEY: 'not-a-real-aws-secret',
      AWS_SESSION_TOKEN: 'not-a-real-aws-token',
      ...environment,
    },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream
      .setEncoding('utf8')
      .on('data', watcher())
      .on('data', (text: string) => output.push(text));
  }
  const closed = once(child, 'close').then(([code, signal]) => {
    api.abandon(new Error(`the runtime ended (${signal ?? code}): ${output.join('')}`));
  });
  return {
    invoke: api.invoke,
    ready: api.ready,
    output: () => output.join(''),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
      await api.close();
    },
  };
}
