// Handlers as Lambda loads them: their environment first, then their module, against stand-ins on loopback.
import { vi } from 'vitest';
import { watcher } from '../attack/watch.ts';
import { DEFAULT_KEY, type StandIn, type StandInOptions, startStandIn } from '../support/standin/index.ts';
import { startSecretsServer } from '../support/standin/secrets.ts';
import { expectDocumented } from './documented.ts';
import { type Format, gatewayEvent, type HttpCall, lambdaContext, type Result } from './events.ts';

export const SECRET_ID = 'test/access-key';

// A function that is loaded begins to fetch its secret, and a test that is over by then has taken its environment
// back: such a straggler shall find nobody, rather than the service itself.
process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';

type Handler = (event: unknown, context: typeof lambdaContext) => Promise<unknown>;

export class Functions implements AsyncDisposable {
  standIn!: StandIn;
  secrets!: Awaited<ReturnType<typeof startSecretsServer>>;
  /** Lines written to stdout, parsed. */
  readonly lines: Record<string, unknown>[] = [];

  static async start(options: StandInOptions = {}): Promise<Functions> {
    const functions = new Functions();
    functions.standIn = await startStandIn(options);
    functions.secrets = await startSecretsServer({ secrets: { [SECRET_ID]: JSON.stringify(DEFAULT_KEY) } });
    const look = watcher();
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      look(chunk);
      for (const line of String(chunk).split('\n').filter(Boolean)) {
        try {
          functions.lines.push(JSON.parse(line));
        } catch {
          process.stderr.write(`${line}\n`);
        }
      }
      return true;
    });
    return functions;
  }

  /** Loads a function afresh, as a cold start does. */
  async load(name: string, env: Record<string, string> = {}): Promise<Handler> {
    const environment = {
      SLS_SECRET_ID: SECRET_ID,
      SLS_ENDPOINT: `http://${this.standIn.endpoint}`,
      SLS_CONNECT_TO: `${this.standIn.host}:${this.standIn.port}`,
      SLS_PROJECT: '',
      SLS_ATTEMPTS: '2',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.secrets.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test-aws-key',
      AWS_SECRET_ACCESS_KEY: 'not-a-real-secret',
      ...env,
    };
    for (const [key, value] of Object.entries(environment)) vi.stubEnv(key, value);
    vi.resetModules();
    const { handler } = (await import(`../../functions/${name}.ts`)) as { handler: Handler };
    return handler;
  }

  /** Whatever it answers has to be documented. */
  async http(handler: Handler, call: HttpCall, format: Format = '2.0'): Promise<Result> {
    const result = (await handler(gatewayEvent(format, call), lambdaContext)) as Result;
    expectDocumented(call, result);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await Promise.all([this.standIn.close(), this.secrets.close()]);
  }
}
