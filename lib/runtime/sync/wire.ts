// The composition root of the sync functions: real clock, sockets, SDK clients and identifiers meet here.
import { randomUUID } from 'node:crypto';
import { awsEdges } from '../../aws/edges.ts';
import { createSecretReader, type SecretReader } from '../../aws/secrets.ts';
import type { FamilyConfig, GroupConfig, SyncConfig } from '../../core/config/config.ts';
import { boundSecret, type SecretBinding } from '../../core/config/secret-binding.ts';
import { isFamily, type Unit } from '../../core/family/units.ts';
import { decide } from '../../core/plan/decide.ts';
import type { Shown } from '../../core/reading/part.ts';
import type { GroupWanted } from '../../core/reading/wanted.ts';
import type { Mode } from '../../core/report/report.ts';
import { HANDED_READ_MS } from '../../core/time/timeouts.ts';
import type { HandedReading } from '../../core/trigger/work.ts';
import { resolveBySystem } from '../../inventory/egress.ts';
import { toWanted } from '../../inventory/members.ts';
import { openReadings, type Readings } from '../../inventory/readings.ts';
import {
  asksOf,
  readingsFor,
  readShown,
  readSource,
  type SourceAsk,
  type SourceDeps,
} from '../../inventory/sources/open.ts';
import { openPace } from '../../sls/pace.ts';
import { createTransport } from '../../sls/transport.ts';
import { type Config, readSyncEnvironment, type SyncEnvironment } from '../environment.ts';
import { type Keep, keeping } from '../history/keeping.ts';
import { type Log, loggedError, log as toStdout } from '../log.ts';
import { memoryTable } from '../memory-table.ts';
import { createRuntime, type Runtime, sleep, started } from '../wire.ts';
import { alibabaApis } from './alibaba.ts';
import { configLoader } from './config-document.ts';
import type { FamilyPorts } from './families.ts';
import { type HandingDeps, type TakeHanded, taking } from './handed.ts';
import { NO_MEMORY, onceDown, readMemory, remember } from './memory.ts';
import { createRunMetrics, type RunMetrics } from './metrics.ts';
import type { Ports } from './ports.ts';
import { readingStore } from './reading-store.ts';
import { slsLookup } from './sls-lookup.ts';
import { together } from './together.ts';
import type { WatchDeps } from './watch.ts';
import { applying, PLAN_ONLY } from './writers.ts';

/** What the sync functions run on. */
export interface SyncRuntime {
  readonly environment: SyncEnvironment;
  /** Read anew for every run, so that a change needs no deployment. @throws InvalidSyncConfig, ReadError */
  readonly loadConfig: () => Promise<SyncConfig>;
  /**
   * @param due when the run has to end, in milliseconds since the epoch
   * @param groups all of the run, so that what they read is read once; families stand for groups that are still to be told
   * @param handed what another run has read for this one
   */
  readonly ports: (
    mode: Mode,
    due: number,
    groups: readonly Unit[],
    handed?: readonly HandedReading[],
  ) => Ports & FamilyPorts;
  /** For a run that hands groups to workers, with what they read; none where there is no place for it. */
  readonly handing?: ((due: number) => HandingDeps) | undefined;
  /** For what comes after a run, which has to be over when the run is due. Without `publish` the topic is told. */
  readonly watching: (due: number) => Omit<WatchDeps, 'publish'> & Partial<Pick<WatchDeps, 'publish'>>;
  /** None where no history is kept. */
  readonly keep?: Keep | undefined;
  readonly metrics: RunMetrics;
  readonly log: Log;
  readonly now: () => number;
  readonly newRunId: () => string;
  /** Waits until calls can be made. @throws SecretError */
  readonly ready: () => Promise<unknown>;
}

/** @param log the process's own where absent. @throws ConfigError */
export function createSyncRuntime(
  env: Readonly<Record<string, string | undefined>>,
  log: Log = toStdout,
): SyncRuntime {
  const pace = openPace({ now: () => performance.now(), random: Math.random, sleep });
  const transportFor = ({ destination }: Config) =>
    pace.paced(createTransport({ lookup: slsLookup(resolveBySystem, destination.connectTo) }));
  const runtime = createRuntime(env, transportFor, log);
  const environment = readSyncEnvironment(env);
  const { config } = runtime;
  const table = config.table === undefined ? undefined : memoryTable(config.table);
  const memory = table && { table, now: runtime.now, log };
  const leases = table && {
    table,
    clock: () => ({ now: runtime.now(), elapsed: performance.now() }),
    newHolder: () => `${environment.metricsService} ${randomUUID()}`,
    onKept: (error: unknown) => log('warn', 'lease.kept', { error: loggedError(error) }),
  };
  const lookedThrough = new Map<string, number>();
  const edges = awsEdges({ files: environment.local });
  const read = createSecretReader();
  const bindings = environment.secretBindings;
  const large = new Map<string, number>();
  const deps: Omit<SourceDeps, 'readings' | 'secret'> = {
    now: runtime.now,
    resolve: resolveBySystem,
    readText: edges.readText,
    aws: edges,
    alibaba: alibabaApis({ accessKey: runtime.accessKey, read, bindings }),
  };
  const depsFor = (readings: Readings) => ({
    ...deps,
    readings,
    secret: boundSecretReader(eachOnce(read), bindings),
  });
  const store =
    environment.readingsBucket === undefined ? undefined : readingStore(environment.readingsBucket);
  const until = (due: number) => AbortSignal.timeout(Math.max(1, due - runtime.now()));
  /** Readings of one run. A fresh one of a group shares nothing with those before it, and was handed by nobody. */
  const readingPorts = (
    groups: readonly Unit[],
    signal: AbortSignal,
    handed: readonly HandedReading[] = [],
  ): Pick<Ports & FamilyPorts, 'wanted' | 'shown'> => {
    // How many groups a family has, its reading says.
    const shared = depsFor(readingsFor(groups, large, groups.some(isFamily)));
    const given = store && handed.length > 0 ? taking(handed, { store, now: runtime.now, log }) : undefined;
    return {
      wanted: (group, anew) =>
        anew
          ? readWanted(group, depsFor(readingsFor([group], large)), signal)
          : readWanted(group, shared, signal, given),
      shown: (family) => readFamily(family, shared, signal),
    };
  };
  return {
    environment,
    loadConfig: configLoader(environment, {
      endpoints: new Set(config.endpoints.keys()),
      inventoryEndpoints: environment.inventoryEndpoints,
      projects: config.projects,
      secrets: bindings,
    }),
    handing:
      store &&
      ((due) => ({
        store,
        reader: (asks) => {
          const shared = depsFor(openReadings(asks, large));
          const signal = until(Math.min(due, runtime.now() + HANDED_READ_MS));
          return (ask) => readSource(ask, shared, signal);
        },
        now: runtime.now,
        log,
      })),
    ports: (mode, due, groups, handed) => ({
      ...readingPorts(groups, until(due), handed),
      sls: (group, observe) => clientOf(group, runtime).with({ due, observe }),
      places: pace.places,
      decide,
      ...(mode === 'plan' ? PLAN_ONLY : applying(sleep, leases && { ...leases, due, onDown: onceDown(log) })),
      bind: mode === 'apply' ? (order, sls) => bind(order, sls, { sleep, leases, due }) : undefined,
      memory: async (groups) => (memory ? readMemory(groups, mode, due, memory) : NO_MEMORY),
      remember: memory && mode === 'apply' ? (decision) => remember(decision, due, memory) : undefined,
      due,
      now: runtime.now,
    }),
    watching: (due) => ({
      table,
      sls: (group) => clientOf(group, runtime).with({ due }),
      lookedThrough,
      where: whereOf(environment.metricsService),
      periodMs: environment.periodMs,
      now: runtime.now,
      log,
      due,
    }),
    keep: keeping(runtime),
    metrics: createRunMetrics(runtime.now, environment.metricsService),
    log,
    now: runtime.now,
    newRunId: randomUUID,
    ready: runtime.accessKey.get,
  };
}

/** As stacks are named: `sls-machine-groups-<stage>`. A local run has no stage. */
function whereOf(deployment: string): string {
  const [, stage] = /^sls-machine-groups-(.+)$/.exec(deployment) ?? [];
  return stage === undefined ? '--url URL' : `--stage ${stage}`;
}

/** The runtime of this process; see `startRuntime`. */
export function startSyncRuntime(env = process.env): () => SyncRuntime {
  return started(
    () => createSyncRuntime(env),
    ({ ready }) => ready(),
  );
}

/** A run's reader of secrets: each is read once for all groups, its failure too. */
function eachOnce(read: SecretReader): SecretReader {
  const texts = new Map<string, Promise<string>>();
  return (secretId) => {
    const known = texts.get(secretId) ?? read(secretId);
    texts.set(secretId, known);
    return known;
  };
}

/** Reads a secret for requests to a URL; one that is not bound to its origin is not read at all. */
export function boundSecretReader(
  read: SecretReader,
  bindings: readonly SecretBinding[],
): SourceDeps['secret'] {
  return async (secretId, url) => read(boundSecret(bindings, secretId, url));
}

/** Loaded by the first run that has configs to look for. */
const bind: typeof import('../bindings/apply.ts').bindConfigs = async (...terms) =>
  (await import('../bindings/apply.ts')).bindConfigs(...terms);

function clientOf(group: GroupConfig, runtime: Runtime) {
  return group.endpoint === undefined ? runtime.sls : runtime.slsAt(group.endpoint);
}

type RunDeps = SourceDeps & { readonly readings: Readings };

/** A group's wanted set from all of its sources. @throws SourceError when any of them cannot be read */
async function readWanted(
  group: GroupConfig,
  deps: RunDeps,
  signal: AbortSignal,
  handed?: TakeHanded,
): Promise<GroupWanted> {
  const read = async (ask: SourceAsk) => (await handed?.(ask)) ?? readSource(ask, deps, signal);
  return toWanted(await together(asksOf(group).map(read)), group);
}

/** What all sources of a family show together. @throws SourceError when any of them cannot be read */
async function readFamily(
  { sources, identify, by }: FamilyConfig,
  deps: RunDeps,
  signal: AbortSignal,
): Promise<Shown> {
  const shown = await together(
    asksOf({ sources, identify }).map((ask) => readShown(ask, [...by.values()], deps, signal)),
  );
  return {
    combinations: shown.flatMap(({ combinations }) => combinations),
    without: shown.reduce((sum, { without }) => sum + without, 0),
  };
}
