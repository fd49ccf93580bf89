// Judges what people are told: that what is not right becomes a verdict of attention in time, that it is told, and that it is
// not told again and again. Time is kept by the reports of runs, which others compare with what happened.

import type { GroupReport, RunReport } from '../../../lib/core/report/report.ts';
import { PROJECT } from '../../support/names.ts';
import type { Occasion } from './events.ts';
import { missingSince } from './judge-removals.ts';
import type { SimMemory } from './memory.ts';
import type { RunRecord } from './record.ts';
import type { Setting } from './setting.ts';
import { CLOCKS_APART, DAY, HOUR } from './spans.ts';
import type { Verdict, Wrong } from './tellings.ts';
import { hold } from './violation.ts';

/** @throws Violation */
export function judgeVerdicts(
  run: RunRecord,
  report: RunReport,
  kind: Occasion['kind'],
  setting: Setting,
): void {
  if (run.mode !== 'apply') return;
  const { tellings, time, memory, scenario, tally } = setting;
  if (run.hadTrouble || run.toldInVain) {
    tellings.doubt();
    if (run.hadTrouble) return;
  }
  for (const group of report.groups) {
    const wrong = tellings.judged(group, run, time.now());
    const verdict = verdictOf(memory, group.group);
    tally.count(`verdict ${verdict?.is} ${verdict?.code ?? ''}`.trimEnd());
    const expected = attentionFor(group, run, wrong, setting);
    const stands = verdict?.is === 'attention' || memory.attentionAt(group.group) >= run.startedAtMs;
    hold('what is not right is attention in time', expected === undefined || stands, () => {
      return `run ${run.id}, ${group.group}: ${expected}, and the verdict is ${JSON.stringify(verdict)}`;
    });
    // Workers tell nobody: the next run of the schedule does.
    const isTeller = kind !== 'inventory' && !run.toldInVain;
    if (verdict?.is === 'attention' && verdict.since < run.startedAtMs - CLOCKS_APART && isTeller) {
      const { ack } = memory.item(group.group);
      hold('a verdict is told', ack !== undefined || tellings.isTold(group.group, verdict), () => {
        return `run ${run.id}, ${group.group}: nobody is told of ${JSON.stringify(verdict)}`;
      });
    }
    if (scenario.isPeaceful) judgePeace(run, group, verdict);
  }
  if (kind === 'schedule') judgeOrphans(run, setting);
}

function attentionFor(
  report: GroupReport,
  run: RunRecord,
  wrong: Wrong,
  setting: Setting,
): string | undefined {
  const { status, policy, refusals } = report;
  // Nobody looked: who writes the group tells.
  if (status === 'busy') return undefined;
  const now = setting.time.now();
  if (policy !== 'observe' && (status === 'left-alone' || status === 'refused') && refusals.length > 0)
    return status;
  if (wrong.failing !== undefined && now - wrong.failing >= HOUR + CLOCKS_APART)
    return 'it fails for an hour';
  if (wrong.incomplete !== undefined && now - wrong.incomplete >= DAY + CLOCKS_APART)
    return 'incomplete for a day';
  const held = heldFor(report, run.startedAtMs, setting);
  return held === undefined ? undefined : `${held} has been held for a day`;
}

/** Beyond its patience, and beyond a look that has to confirm that it is silent. A run decides early, and may last. */
function heldFor(report: GroupReport, beganAt: number, setting: Setting): string | undefined {
  const group = setting.scenario.groups.get(report.group);
  if (group === undefined || report.reading?.complete !== true || report.status === 'failed')
    return undefined;
  const longest = group.config.safety.removeAfter * 1_000 + DAY + 2 * CLOCKS_APART;
  const held = report.withheld.filter(({ by, action }) => action === 'remove' && HELD.has(by));
  return held
    .flatMap(({ members }) => members)
    .find((member) => {
      const since = missingSince(member, report.group, group, setting);
      return since !== undefined && beganAt - since >= longest;
    });
}

const HELD: ReadonlySet<string> = new Set([
  'alive',
  'shared',
  'unsure',
  'silent-share',
  'empty',
  'limit',
  'approval',
]);

function verdictOf(memory: SimMemory, key: string): Verdict | undefined {
  const text = memory.item(key).verdict;
  return typeof text === 'string' ? (JSON.parse(text) as Verdict) : undefined;
}

/** A group with our mark that no document names is found and told by the daily look that reads it. */
function judgeOrphans(run: RunRecord, { memory, scenario, tally }: Setting): void {
  const found = run.orphanLook;
  if (found === undefined || run.toldInVain) return;
  for (const name of found) {
    tally.count('orphans seen');
    const key = `${PROJECT}/${name}`;
    const kept = String(memory.fields(`project ${PROJECT}`)?.orphans ?? '');
    hold('what is not right is attention in time', kept.includes(`"${key}"`), () => {
      return `run ${run.id}: ${key} is an orphan, known are ${kept} of ${scenario.groups.size} groups`;
    });
  }
}

/** Nothing that a person has to look at comes of everyday life. */
function judgePeace(
  run: RunRecord,
  { group, status, refusals }: GroupReport,
  verdict: Verdict | undefined,
): void {
  const isQuiet =
    status !== 'refused' && status !== 'failed' && status !== 'left-alone' && verdict?.is !== 'attention';
  hold('everyday life asks nobody', isQuiet, () => {
    return `run ${run.id}, ${group} ${status} ${refusals.map(({ says }) => says)} ${JSON.stringify(verdict)}`;
  });
}
