// The composition root: real clock, randomness, sockets and SDK clients meet here and nowhere else.
import { createSecretReader } from '../aws/secrets.ts';
import { endpointText } from '../core/address/endpoint.ts';
import type { CredentialsSource } from '../sls/call.ts';
import { createSlsClient, type SlsClient } from '../sls/client.ts';
import type { Destination } from '../sls/exchange.ts';
import { createTransport, type Transport } from '../sls/transport.ts';
import { accessKeySource } from './access-key.ts';
import { type Config, ConfigError, destinationAt, readConfig } from './environment.ts';
import { type Log, loggedError, log as toStdout } from './log.ts';

/** What a function runs on. */
export interface Runtime {
  readonly config: Config;
  /** Who asks, where it is the runtime of one request and AWS tells. */
  readonly caller?: string | undefined;
  readonly accessKey: CredentialsSource;
  readonly sls: SlsClient;
  /**
   * A client for one of the configured endpoints, by its `endpointText`.
   * @throws ConfigError for any other: the key is not sent there, whoever asks
   */
  readonly slsAt: (endpoint: string) => SlsClient;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * @param transportFor what requests to SLS go by
 * @param log the process's own where absent
 * @throws ConfigError
 */
export function createRuntime(
  env: Readonly<Record<string, string | undefined>>,
  transportFor: (config: Config) => Transport = () => createTransport(),
  log: Log = toStdout,
): Runtime {
  const config = readConfig(env);
  const accessKey = accessKeySource({
    secretId: config.secretId,
    read: createSecretReader(),
    ttlMs: config.secretTtlMs,
    staleMs: config.secretStaleMs,
    now: Date.now,
    onFailure: (error, served) =>
      log('warn', 'secret.failed', { secretId: config.secretId, served, error: loggedError(error) }),
  });
  const transport = transportFor(config);
  const clientFor = (destination: Destination): SlsClient =>
    createSlsClient({
      destination,
      credentials: accessKey,
      transport,
      limits: config.limits,
      now: Date.now,
      random: Math.random,
      sleep,
      clock: { offsetMs: 0 },
    });
  const sls = clientFor(config.destination);
  const clients = new Map([[endpointText(config.destination.endpoint), sls]]);
  const slsAt = (text: string): SlsClient => {
    const known = clients.get(text);
    if (known) return known;
    const endpoint = config.endpoints.get(text);
    if (!endpoint)
      throw new ConfigError('environment: SLS_ENDPOINTS: an endpoint is asked for that it does not list');
    const client = clientFor(destinationAt(endpoint, config.destination));
    clients.set(text, client);
    return client;
  };
  return { config, accessKey, sls, slsAt, log, now: Date.now, sleep };
}

/**
 * The runtime of this process, made at once so that loading the secret overlaps with the rest of the start. A
 * wrong environment is kept as the error to answer each request with: a function that fails to start could not
 * say why.
 */
export function startRuntime(env = process.env): () => Runtime {
  return started(
    () => createRuntime(env),
    ({ accessKey }) => accessKey.get(),
  );
}

/**
 * Makes something once, now.
 * @param warmUp begun at once; whoever needs its outcome joins it, and its failure is theirs to report
 * @returns what was made, or a function that throws what making it threw
 */
export function started<T>(make: () => T, warmUp: (made: T) => Promise<unknown>): () => T {
  try {
    const made = make();
    warmUp(made).catch(() => {});
    return () => made;
  } catch (error) {
    toStdout('error', 'start.failed', { error: loggedError(error) });
    return () => {
      throw error;
    };
  }
}

/** Resolves after `ms` milliseconds. Not Node's own: its module of promises is one more to load at a cold start. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
