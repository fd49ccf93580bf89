// A request to the deployment, signed with the caller's credentials, and its answer for people or programs.
import { signed } from '../aws/sigv4.ts';
import { COMMAND_ANSWER_MS } from '../core/time/timeouts.ts';
import type { Input, Io, Options } from './command.ts';
import { apiOf, STAGE, URL_OPTION } from './deployment.ts';
import type { ExitName } from './exits.ts';
import { plainLine, plainText } from './output.ts';

/** Options of every command that asks a deployment. */
export const ASKS: Options = { ...STAGE, ...URL_OPTION };

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** What people get: text as it is, or the parts of JSON in lines. */
  readonly accept?: 'text/markdown' | 'text/html';
}

export interface Answer {
  /** Method and path of what was asked. */
  readonly to: string;
  readonly status: number;
  readonly text: string;
}

/** The request went out, and nobody knows what came of it. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * @param show lines for people, of what was answered with 200
 * @throws NoAnswer, UsageError, ReadError
 */
export async function ask(
  request: Request,
  input: Input,
  io: Io,
  show: (value: Record<string, unknown>) => readonly string[] = () => [],
): Promise<ExitName> {
  const isJson = input.flag('json');
  return tell(await answerTo(request, input, io), isJson, io, show);
}

/** The answer as it is. @throws NoAnswer, UsageError, ReadError */
export async function answerTo(request: Request, input: Input, io: Io): Promise<Answer> {
  io.progress(`asking ${request.method} ${request.path}`);
  return send(await apiOf(input, io), request, input.flag('json'));
}

/** Tells what was answered, and what that means for the exit code. */
export function tell(
  answer: Answer,
  isJson: boolean,
  io: Io,
  show: (value: Record<string, unknown>) => readonly string[] = () => [],
): ExitName {
  const exit = exitOf(answer.status);
  const value = objectOf(answer.text);
  if (value && typeof value.errorCode === 'string' && !isJson) {
    io.note(plainLine(`${value.errorCode}: ${inOptions(String(value.errorMessage))}`));
    return exit;
  }
  if (isJson || value === undefined) io.out(`${plainText(answer.text).trimEnd()}\n`);
  else if (exit === 'ok')
    io.out(
      show(value)
        .map((line) => `${plainLine(line)}\n`)
        .join(''),
    );
  // The gateway's own refusals.
  else if (answer.status === 403)
    io.note(
      plainLine(
        `the deployment answered with 403 (${value.message ?? answer.text}): wrong or expired credentials, or no execute-api:Invoke on ${answer.to}`,
      ),
    );
  else io.note(plainLine(`the deployment answered with ${answer.status}: ${value.message ?? answer.text}`));
  return exit;
}

/** Fields of requests that the functions tell to add, and the options that add them here. */
const OPTIONS_OF: readonly (readonly [string, string])[] = [
  ['throughFreeze: true', '--through-freeze'],
  ['stillReporting: true', '--still-reporting'],
];

const inOptions = (message: string): string =>
  OPTIONS_OF.reduce((text, [field, option]) => text.replaceAll(field, option), message);

/** 4xx are answers, also 409 of a run in which something was refused; all else went wrong. */
function exitOf(status: number): ExitName {
  if (status >= 200 && status < 300) return 'ok';
  return status >= 400 && status < 500 ? 'problems' : 'failed';
}

async function send(
  api: URL,
  { method, path, query, body, accept }: Request,
  isJson: boolean,
): Promise<Answer> {
  // As it is signed: a blank as %20.
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`.replaceAll('+', '%20');
  const url = new URL(`${api.href.replace(/\/$/, '')}${path}${search}`);
  const text = body && JSON.stringify(body);
  const unsigned = {
    accept: isJson ? 'application/json' : (accept ?? 'application/json'),
    ...(text !== undefined && { 'content-type': 'application/json' }),
  };
  const region = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(url.hostname)?.[1];
  const headers = await signed({ method, url, headers: unsigned, body: text }, 'execute-api', region);
  try {
    const answer = await fetch(url, {
      method,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(COMMAND_ANSWER_MS),
      ...(text !== undefined && { body: text }),
    });
    return { to: `${method} ${path}`, status: answer.status, text: await answer.text() };
  } catch (cause) {
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause : (cause as Error);
    const says = `${method} ${path} got no answer (${why.message})`;
    const todo = method === 'GET' ? '' : ': it may have been done anyway, so check before you try again';
    throw new NoAnswer(`${says}${todo}`, { cause });
  }
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
