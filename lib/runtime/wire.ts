// The composition root: real clock, randomness, sockets and SDK clients meet here and nowhere else.
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecretReader } from '../aws/secrets.ts';
import type { CredentialsSource } from '../sls/call.ts';
import { createSlsClient, type SlsClient } from '../sls/client.ts';
import { createTransport } from '../sls/transport.ts';
import { accessKeySource } from './access-key.ts';
import { type Config, readConfig } from './config.ts';
import { createLog, type Log, loggedError } from './log.ts';

/** What a function runs on. */
export interface Runtime {
  readonly config: Config;
  readonly accessKey: CredentialsSource;
  readonly sls: SlsClient;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export const log: Log = createLog((line) => process.stdout.write(`${line}\n`), Date.now);

/** @throws ConfigError */
export function createRuntime(env: Readonly<Record<string, string | undefined>>): Runtime {
  const config = readConfig(env);
  const accessKey = accessKeySource({
    secretId: config.secretId,
    read: createSecretReader(),
    ttlMs: config.secretTtlMs,
    staleMs: config.secretStaleMs,
    now: Date.now,
    onFailure: (error, served) => log('warn', 'secret.failed', { served, error: loggedError(error) }),
  });
  const sls = createSlsClient({
    destination: config.destination,
    credentials: accessKey,
    transport: createTransport(),
    limits: config.limits,
    now: Date.now,
    random: Math.random,
    sleep,
    clock: { offsetMs: 0 },
  });
  return { config, accessKey, sls, log, now: Date.now };
}

/**
 * The runtime of this process, made at once so that loading the secret overlaps with the rest of the start. A
 * wrong environment is kept as the error to answer each request with: a function that fails to start could not
 * say why.
 */
export function startRuntime(env = process.env): () => Runtime {
  try {
    const runtime = createRuntime(env);
    // Whoever needs the key joins this load; its failure is theirs to report.
    runtime.accessKey.get().catch(() => {});
    return () => runtime;
  } catch (error) {
    log('error', 'start.failed', { error: loggedError(error) });
    return () => {
      throw error;
    };
  }
}
