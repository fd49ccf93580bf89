// One run: reconcile, then tell. The report goes to the log, the figures to CloudWatch, verdicts to the memory and to whoever
// subscribed.
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import type { FamilyAsked } from '../../core/family/units.ts';
import type { SeenWrite } from '../../core/history/changes.ts';
import { recordOfRun } from '../../core/history/of-run.ts';
import type { GroupReport, Mode, RunReport } from '../../core/report/report.ts';
import { withFamilies } from '../../core/report/run.ts';
import type { HandedReading } from '../../core/trigger/work.ts';
import { type Expanded, expand, type FamilyPorts } from './families.ts';
import { noteRun } from './noted.ts';
import type { Ports, RunMemory } from './ports.ts';
import { publishing } from './publish.ts';
import { reconcile } from './reconcile.ts';
import type { Via } from './verdicts.ts';
import { watch } from './watch.ts';
import type { SyncRuntime } from './wire.ts';

export interface Order {
  /** The id to go by, where somebody was told one already. */
  readonly runId?: string;
  /** What set the run off, in words. */
  readonly trigger: string;
  /** Who asked, where anybody did. */
  readonly caller?: string | undefined;
  readonly mode: Mode;
  readonly config: SyncConfig;
  readonly groups: readonly GroupConfig[];
  readonly families?: readonly FamilyAsked[];
  /** When the run has to end, in milliseconds since the epoch. */
  readonly due: number;
  readonly via?: Via;
  /** What another run has read for this one. */
  readonly handed?: readonly HandedReading[];
}

/** Never rejects: what failed is in the report. */
export async function runSync(runtime: SyncRuntime, order: Order): Promise<RunReport> {
  const { config, groups, due, via = 'other', families = [] } = order;
  const ports = portsFor(runtime, order);
  let memory: RunMemory | undefined;
  // The first read is of all groups; a second look at one of them reads that one anew.
  const keeping: Ports['memory'] = async (keys) => {
    const read = await ports.memory(memory ? keys : [...keys, ...families.map(({ family }) => family.key)]);
    memory ??= read;
    return read;
  };
  const writes: SeenWrite[] = [];
  const wrote = (write: SeenWrite) => void writes.push(write);
  const { report, expanded } = await run(runtime, order, { ...ports, memory: keeping, wrote });
  if (order.mode === 'apply') {
    const [attention] = await Promise.all([
      watch(
        {
          runId: report.runId,
          config: expanded.config,
          via,
          report,
          memory,
          families: { asked: expanded.asked },
        },
        { publish: publishing(runtime.environment), ...runtime.watching(due) },
      ),
      runtime.keep?.(() => recordOfRun(report, writes, config.digest, runtime.now()), due),
    ]);
    await noteRun(report, via, attention, runtime.watching(due));
    const isAll = groups.length === config.groups.length && families.length === config.families.length;
    runtime.metrics.record(report, attention, via === 'schedule' && isAll);
  }
  return report;
}

/** A run that nobody is told of but the log, as plans are. Never rejects. */
export async function runOnly(runtime: SyncRuntime, order: Order): Promise<RunReport> {
  return (await run(runtime, order, portsFor(runtime, order))).report;
}

type RunPorts = Ports & FamilyPorts;

function portsFor(runtime: SyncRuntime, { mode, due, groups, families = [], handed }: Order): RunPorts {
  return runtime.ports(mode, due, [...groups, ...families.map(({ family }) => family)], handed);
}

async function run(
  runtime: SyncRuntime,
  order: Order,
  ports: RunPorts,
): Promise<{ readonly report: RunReport; readonly expanded: Expanded }> {
  const { due: _, via: __, handed: ___, families = [], ...input } = order;
  const expanded = await expand(order.config, families, ports);
  const groups = [...order.groups, ...expanded.made];
  const runId = order.runId ?? runtime.newRunId();
  const reconciled = await reconcile({ ...input, config: expanded.config, groups, runId }, ports);
  const report = withFamilies(reconciled, expanded.reports);
  logReport(report, runtime);
  return { report, expanded };
}

function logReport({ groups, families = [], ...run }: RunReport, { log }: SyncRuntime): void {
  for (const family of families) {
    if (family.status !== 'read')
      log(family.status === 'failed' ? 'error' : 'warn', 'sync.family', { runId: run.runId, ...family });
  }
  for (const group of groups) {
    if (isTold(group)) log(levelOf(group.status), 'sync.group', { runId: run.runId, ...group });
  }
  log(run.status === 'ok' ? 'info' : 'warn', 'sync.run', run);
}

/** A freeze of all groups is no reason for a line a group in each run: who, why and until stand in its own line. */
function isTold({ status, withheld, bindings }: GroupReport): boolean {
  if (status === 'frozen') return withheld.length > 0;
  return (
    status !== 'in-sync' || (bindings !== undefined && bindings.applied.length + bindings.missing.length > 0)
  );
}

function levelOf(status: GroupReport['status']) {
  if (status === 'failed') return 'error';
  return status === 'refused' ? 'warn' : 'info';
}
