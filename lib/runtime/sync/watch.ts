// After a run: keeps the verdicts, looks for what no run looks at, tells people, and says what the alarms watch.

import type { SyncConfig } from '../../core/config/config.ts';
import { unitsOf } from '../../core/family/units.ts';
import { NO_GROUP } from '../../core/memory/group.ts';
import { DAY } from '../../core/removal/settings.ts';
import { lookedAt } from '../../core/report/family.ts';
import { noticeOf } from '../../core/report/notice.ts';
import type { RunReport } from '../../core/report/report.ts';
import { isNewAttention, judgeRun } from '../../core/verdict/judge.ts';
import { standingOf } from '../../core/verdict/members.ts';
import type { Told } from '../../core/verdict/notice.ts';
import { findEndings, noteEndings } from '../freezes/ending.ts';
import { loggedError } from '../log.ts';
import type { Attention } from './metrics.ts';
import { type FamilyNames, findOrphans, keepOrphans, type OrphanDeps } from './orphans.ts';
import type { RunMemory } from './ports.ts';
import { newsOfGroups, newsOfOrphans, type Publish, tell } from './tell.ts';
import { type KeptVerdict, keepVerdicts, lookOver, type Via } from './verdicts.ts';

export interface WatchDeps extends Omit<OrphanDeps, 'table'> {
  /** None where no memory is configured. */
  readonly table: OrphanDeps['table'] | undefined;
  /** None where nobody is to be told. */
  readonly publish: Publish | undefined;
  /** How commands that people are told name the deployment. */
  readonly where: string;
  /** Milliseconds between two runs of the schedule; none where it is off. */
  readonly periodMs: number | undefined;
}

export interface Watched {
  readonly runId: string;
  readonly config: SyncConfig;
  readonly via: Via;
  /** None where a queue hands the groups to workers. */
  readonly report?: RunReport;
  /** What the run knew from the memory. */
  readonly memory?: RunMemory | undefined;
  readonly families?: FamilyNames;
}

/** Never rejects: the run is done, and what could not be told is told by the next one. */
export async function watch(watched: Watched, deps: WatchDeps): Promise<Attention> {
  const { report, memory } = watched;
  const { table } = deps;
  const isKnown = report && lookedAt(report).some(({ group }) => memory?.(group).state === 'known');
  if (table === undefined || isKnown === false) return report ? withoutMemory(report, deps) : NOTHING;
  try {
    return await withMemory(watched, { ...deps, table });
  } catch (error) {
    deps.log('error', 'verdicts.failed', { runId: watched.runId, error: loggedError(error) });
    return report ? withoutMemory(report, deps) : NOTHING;
  }
}

const NOTHING: Attention = { new: 0, failing: 0 };

/** Nobody knows what people were told, so they are told of every run that calls for it. */
async function withoutMemory(report: RunReport, { now, log, publish, where }: WatchDeps): Promise<Attention> {
  const looked = lookedAt(report);
  const attention = looked.filter((group) => isNewAttention(NO_GROUP, judgeRun(NO_GROUP, group, now())));
  if (publish !== undefined && report.status !== 'ok') {
    try {
      await publish(noticeOf(report, where));
    } catch (error) {
      log('error', 'notice.failed', { runId: report.runId, error: loggedError(error) });
    }
  }
  return { new: attention.length, failing: looked.filter(({ status }) => status === 'failed').length };
}

async function withMemory(
  { runId, config, via, report, memory, families }: Watched,
  deps: WatchDeps & Pick<OrphanDeps, 'table'>,
): Promise<Attention> {
  const { periodMs } = deps;
  const kept = report && memory ? await keepVerdicts(lookedAt(report), memory, via, deps) : [];
  if (!report && periodMs !== undefined)
    kept.push(
      ...(await lookOver(
        unitsOf(config).map(({ key }) => key),
        periodMs,
        deps,
      )),
    );
  const orphans = via === 'schedule' ? await findOrphans(config, deps, families) : [];
  const orphanNews = await newsOfOrphans(orphans, deps);
  const unreadable = via === 'schedule' ? unreadableNews(report, memory, deps) : [];
  const endings = via === 'schedule' ? await findEndings(report, deps) : [];
  const attention = {
    ...attentionOf(report, kept, [...orphanNews, ...unreadable]),
    ...(via === 'schedule' && { standing: standing(kept, config, deps.now()) }),
  };
  // Each worker knows one group: the schedule knows all, and tells of all in one notice.
  if (via === 'work' && periodMs !== undefined) return attention;
  const news = [...newsOfGroups(kept, config, deps.now()), ...unreadable, ...orphanNews];
  if (await tell(runId, news, kept, endings, deps)) {
    await keepOrphans(orphans, deps);
    await noteEndings(endings, deps);
  }
  return attention;
}

function standing(kept: readonly KeptVerdict[], { groups }: SyncConfig, now: number) {
  const policies = new Map(groups.map(({ key, policy }) => [key, policy]));
  return standingOf(
    kept.map(({ group, item }) => ({ item, policy: policies.get(group) })),
    now,
  );
}

function attentionOf(
  report: RunReport | undefined,
  kept: readonly KeptVerdict[],
  others: readonly Told[],
): Attention {
  const known = kept.filter(
    ({ item }) => item.verdict?.code === 'failing' && item.verdict.is === 'attention',
  );
  const acknowledged = new Set(known.flatMap((one) => (one.isAcknowledged ? one.group : [])));
  return {
    new: kept.filter(({ isNew }) => isNew).length + others.filter(({ news }) => news === 'new').length,
    failing: (report ? lookedAt(report) : []).filter(
      ({ status, group }) => status === 'failed' && !acknowledged.has(group),
    ).length,
  };
}

/** What cannot be read keeps no verdict either: it is told by the first run of a day. */
function unreadableNews(
  report: RunReport | undefined,
  memory: RunMemory | undefined,
  { now, periodMs }: WatchDeps,
): Told[] {
  const at = now();
  const isFirst = periodMs !== undefined && Math.floor(at / DAY) !== Math.floor((at - periodMs) / DAY);
  if (!isFirst || !report || !memory) return [];
  return lookedAt(report).flatMap(({ group, contact }) => {
    const known = memory(group);
    if (known.state === 'known') return [];
    return { group, news: 'new', code: 'memory', says: known.says, since: at, contact };
  });
}
