// What a smoke test is pointed at: a deployed stage, by the outputs of its stack, or a local run, by its URL.
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { documentReader } from '../../../lib/aws/document.ts';
import { createSecretReader } from '../../../lib/aws/secrets.ts';
import { readSyncConfig } from '../../../lib/core/config/config.ts';
import type { HookSchemeName } from '../../../lib/core/config/hooks.ts';
import { CONFIG_LIMITS } from '../../../lib/runtime/sync/config-document.ts';
import { type Signer, signedHeaders } from '../local/aws-signer.ts';

const SERVICE = 'sls-machine-groups';

/** What is asked for is wrong, or is not there. Told without a stack. */
export class SmokeError extends Error {
  override readonly name = 'SmokeError';
}

export interface Hook {
  readonly name: string;
  readonly scheme: HookSchemeName;
  readonly key: string;
}

export interface Queue {
  readonly url: string;
  /** Where its messages go that are given up. */
  readonly deadLetters: string;
}

export interface Target {
  /** Without a slash at its end. */
  readonly url: string;
  /** Undefined where the caller has no credentials. */
  readonly sign: Signer | undefined;
  /** Undefined for the deployment's default, or that of the first planned group. */
  readonly project: string | undefined;
  /** Undefined where no hook is configured. @throws SmokeError for one whose key cannot be had */
  readonly hook: () => Promise<Hook | undefined>;
  /** Undefined in a local run, which has none. */
  readonly queues: { readonly inventory: Queue; readonly work: Queue } | undefined;
}

/** Options of the command line by name. */
export type Options = Readonly<Record<string, string | undefined>>;

/** @throws SmokeError */
export async function targetOf(options: Options, env: NodeJS.ProcessEnv): Promise<Target> {
  if ((options.url === undefined) === (options.stage === undefined)) {
    throw new SmokeError(
      'say --stage <stage> for a deployment, or --url http://127.0.0.1:3000 for a local run',
    );
  }
  return options.url === undefined ? deployed(options, env) : local(options.url, options, env);
}

function local(text: string, options: Options, env: NodeJS.ProcessEnv): Target {
  const url = URL.parse(text);
  // What is signed for another host would go there with the caller's session.
  if (url?.protocol !== 'http:' || !/^(?:127\.0\.0\.1|localhost)$/.test(url.hostname)) {
    throw new SmokeError(
      `--url is for a local run, at http://127.0.0.1:<port>; a deployment is found by --stage`,
    );
  }
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const region = env.AWS_REGION ?? 'eu-central-1';
  const key = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  return {
    url: url.origin,
    sign: key && ((request) => signedHeaders(request, { key, region, service: 'execute-api' })),
    project: options.project,
    hook: async () => hookFrom(options, env),
    queues: undefined,
  };
}

/** What the caller says of a hook; its key comes from a variable, since others see a command line. */
function hookFrom(options: Options, env: NodeJS.ProcessEnv): Hook | undefined {
  if (options.hook === undefined) return undefined;
  if (!env.HOOK_KEY) throw new SmokeError(`hook ${options.hook}: put its key into the variable HOOK_KEY`);
  return { name: options.hook, scheme: 'generic', key: env.HOOK_KEY };
}

async function deployed(options: Options, env: NodeJS.ProcessEnv): Promise<Target> {
  const StackName = `${SERVICE}-${options.stage}`;
  const client = new CloudFormationClient({});
  try {
    const { Stacks = [] } = await client
      .send(new DescribeStacksCommand({ StackName }))
      .catch((cause: Error) => {
        throw new SmokeError(`stack ${StackName} cannot be read: ${cause.message}`, { cause });
      });
    const outputs = new Map(
      Stacks[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    const output = (name: string): string => {
      const value = outputs.get(name);
      if (!value) throw new SmokeError(`stack ${StackName} has no output ${name}: deploy it anew`);
      return value;
    };
    const [key, region] = await Promise.all([client.config.credentials(), client.config.region()]);
    return {
      url: output('HttpApiUrl').replace(/\/$/, ''),
      sign: (request) => signedHeaders(request, { key, region, service: 'execute-api' }),
      project: options.project,
      hook: () => hookOf(output('SyncConfigLocation'), options, env),
      queues: {
        inventory: { url: output('SyncInventoryQueueUrl'), deadLetters: output('SyncDeadLettersUrl') },
        work: { url: output('SyncWorkQueueUrl'), deadLetters: output('SyncWorkDeadLettersUrl') },
      },
    };
  } finally {
    client.destroy();
  }
}

/** The hook that is named, or the first of the sync configuration, which the caller has to be able to read. */
async function hookOf(location: string, options: Options, env: NodeJS.ProcessEnv): Promise<Hook | undefined> {
  try {
    const { hooks } = readSyncConfig((await documentReader()(location, CONFIG_LIMITS)).text);
    const hook = hooks.find(({ name }) => options.hook === undefined || name === options.hook);
    if (hook === undefined && options.hook !== undefined) {
      throw new SmokeError(`the sync configuration has no hook ${options.hook}`);
    }
    if (hook === undefined) return undefined;
    const { name, scheme, secretId } = hook;
    const key = env.HOOK_KEY ?? JSON.parse(await createSecretReader()(secretId)).current;
    return { name, scheme, key: String(key) };
  } catch (cause) {
    if (cause instanceof SmokeError) throw cause;
    // A parser's message may repeat what it read.
    const says = cause instanceof SyntaxError ? 'its secret is not JSON' : (cause as Error).message;
    throw new SmokeError(`no key to sign with: ${says}. Its key may also stand in the variable HOOK_KEY`, {
      cause,
    });
  }
}
