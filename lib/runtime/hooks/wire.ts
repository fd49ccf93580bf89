// The composition root of the hooks: what they know is cached, since anybody may send a request.

import { cached } from '../../aws/cached.ts';
import { createSecretReader } from '../../aws/secrets.ts';
import { spaced } from '../../aws/spaced.ts';
import { InvalidSyncConfig, type SyncConfig } from '../../core/config/config.ts';
import type { HookConfig } from '../../core/config/hooks.ts';
import { isFamily } from '../../core/family/units.ts';
import {
  HOOK_CONFIG_SPACING_MS,
  HOOK_CONFIG_STALE_MS,
  HOOK_CONFIG_TTL_MS,
} from '../../core/time/timeouts.ts';
import { usersOf } from '../../core/trigger/affected.ts';
import type { Claim, HookRequest } from '../../core/trigger/hook.ts';
import { readSyncEnvironment } from '../environment.ts';
import { log, loggedError } from '../log.ts';
import { configLoader } from '../sync/config-document.ts';
import type { SyncRuntime } from '../sync/wire.ts';
import { batchesFor, enqueueWork, queues } from '../sync/work-queue.ts';
import { started } from '../wire.ts';
import { certificates } from './certificates.ts';
import { type HookKeys, hookKeys } from './keys.ts';
import { Recent } from './recent.ts';

/** What an accepted request asks for. */
export interface HookOrder {
  readonly hook: string;
  readonly runId: string;
  /** When the answer has to be there, in milliseconds since the epoch. */
  readonly due: number;
}

type HandOver = (order: HookOrder) => Promise<void>;

/** What the hooks run on. */
export interface HookRuntime {
  /** As it was a minute ago at most. @throws InvalidSyncConfig, ReadError */
  readonly loadConfig: () => Promise<SyncConfig>;
  /** @throws SecretError when there are no keys to try; CertificateError without the certificate of a claim */
  readonly isSigned: (hook: HookConfig, claim: Claim, request: HookRequest) => Promise<boolean>;
  /** Sees to the sync of the groups that use the hook's source. */
  readonly handOver: HandOver;
  /** Runs handed over of late. */
  readonly recent: Recent;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** @throws ConfigError */
export function createHookRuntime(env: Readonly<Record<string, string | undefined>>): HookRuntime {
  const environment = readSyncEnvironment(env);
  const { workQueueUrl } = environment;
  const now = Date.now;
  const { get: loadConfig } = cached({
    load: spaced(configLoader(environment), HOOK_CONFIG_SPACING_MS, now),
    ttlMs: HOOK_CONFIG_TTL_MS,
    staleMs: HOOK_CONFIG_STALE_MS,
    isPassing: (error) => !(error instanceof InvalidSyncConfig),
    now,
    onFailure: (error, served) => log('warn', 'config.failed', { served, error: loggedError(error) }),
  });
  const enqueue =
    (queueUrl: string): HandOver =>
    async ({ hook, runId }) => {
      const config = await loadConfig();
      const groups = usersOf(hook, config);
      const batches = batchesFor(config.groups, groups, () => 'event');
      await enqueueWork(await queues(), queueUrl, runId, batches);
      log('info', 'sync.enqueued', { runId, trigger: `hook ${hook}`, groups: groups.length });
    };
  return {
    loadConfig,
    isSigned: keyring(now),
    handOver: workQueueUrl === undefined ? runHere(env) : enqueue(workQueueUrl),
    recent: new Recent(now),
    now,
  };
}

/** The runtime of this process; see `startRuntime`. */
export function startHookRuntime(env = process.env): () => HookRuntime {
  return started(
    () => createHookRuntime(env),
    ({ loadConfig }) => loadConfig(),
  );
}

function keyring(now: () => number): HookRuntime['isSigned'] {
  const read = createSecretReader();
  const keys = new Map<string, HookKeys>();
  const keysOf = (secretId: string) => {
    const onFailure = (error: unknown, served: string) =>
      log('warn', 'secret.failed', { secretId, served, error: loggedError(error) });
    const made = keys.get(secretId) ?? hookKeys({ secretId, read, now, onFailure });
    keys.set(secretId, made);
    return made;
  };
  const { verifies } = certificates({ now });
  return async ({ secretId, scheme }, claim, request) => {
    // The key first: nothing is read from elsewhere for whoever does not have it.
    if (!(await keysOf(secretId).verify(scheme, claim, request))) return false;
    const { certificate, signature, before } = claim;
    return certificate === undefined || verifies(certificate, signature, [before, request.body]);
  };
}

/** Without a queue the sync is run before the answer is given. Its code is loaded then, and not before. */
function runHere(env: Readonly<Record<string, string | undefined>>): HandOver {
  let loaded: Promise<SyncRuntime> | undefined;
  return async ({ hook, runId, due }) => {
    loaded ??= import('../sync/wire.ts').then(({ createSyncRuntime }) => createSyncRuntime(env));
    const [runtime, { runSync }] = await Promise.all([loaded, import('../sync/run.ts')]);
    const config = await runtime.loadConfig();
    const users = usersOf(hook, config);
    const groups = users.filter((unit) => !isFamily(unit));
    const families = users.filter(isFamily).map((family) => ({ family }));
    const trigger = `hook ${hook}`;
    await runSync(runtime, { runId, trigger, caller: trigger, mode: 'apply', config, groups, families, due });
  };
}
