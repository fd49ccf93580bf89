// The deployment that is meant: a stack, by its stage, or a URL.
import { stackOutputs } from '../aws/stack.ts';
import { isUnknownToAws } from './aws-fault.ts';
import { type Input, type Io, type Options, Told, UsageError } from './command.ts';

const SERVICE = 'sls-machine-groups';

export const STAGE: Options = {
  stage: { value: 'S', says: `The deployment of this stage: stack ${SERVICE}-S.` },
  region: { value: 'R', says: 'Region of AWS, if not the environment’s.' },
};

export const stackOf = (stage: string): string => `${SERVICE}-${stage}`;

const NAME = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;

/** Of every command that can ask a deployment by its routes. */
export const URL_OPTION: Options = {
  url: { value: 'URL', says: 'Or the URL of its API, such as http://127.0.0.1:3000 of npm start.' },
};

/**
 * The stage that is asked for, if any; clients of AWS look for their region where `--region` then puts it, or the
 * variable that the first AWS CLI had for it.
 */
export function stageOf(input: Input, { env }: Io): string | undefined {
  const region = input.text('region') ?? (env.AWS_REGION ? undefined : env.AWS_DEFAULT_REGION || undefined);
  if (region !== undefined) env.AWS_REGION = region;
  const stage = input.text('stage');
  if (stage !== undefined && !NAME.test(stage)) throw new UsageError('--stage is not the name of a stage');
  return stage;
}

/** Where its API is. @throws UsageError, ReadError */
export async function apiOf(input: Input, io: Io): Promise<URL> {
  const stage = stageOf(input, io);
  const given = input.text('url');
  if ((stage === undefined) === (given === undefined))
    throw new UsageError('say --stage S for a deployment, or --url with the URL of its API');
  return given === undefined ? deployedApi(stackOf(stage as string), io) : urlOf(given);
}

/** What AWS answers about a stack. @throws Told where there is no such stack; ReadError */
export async function ofStack<T>(stack: string, { env }: Pick<Io, 'env'>, read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (!isUnknownToAws(error)) throw error;
    const where = env.AWS_REGION ? env.AWS_REGION : 'the region of your profile';
    throw new Told(`there is no stack ${stack} in ${where}: check --stage and --region`, { cause: error });
  }
}

async function deployedApi(stack: string, io: Io): Promise<URL> {
  const text = (await ofStack(stack, io, stackOutputs(stack))).get('HttpApiUrl');
  if (text === undefined)
    throw new UsageError(`stack ${stack} has no output HttpApiUrl: is it of this service?`);
  return urlOf(text);
}

/** Requests carry the caller's session token, so nothing goes over a network in clear. */
function urlOf(text: string): URL {
  const url = URL.parse(text);
  const isHere = url !== null && /^(?:127\.0\.0\.1|localhost)$/.test(url.hostname);
  if (
    url === null ||
    url.username !== '' ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && isHere))
  )
    throw new UsageError('--url must be an https URL, or http://127.0.0.1:<port> of a local run');
  return new URL(`${url.origin}${url.pathname.replace(/\/$/, '')}`);
}
