// The verdict on a group after a run: what stood before, and what this run found. One good run after another proves
// that something is over: a source that answers every second time is not well.

import type { GroupItem, KeptBindings, StandingVerdict } from '../memory/group.ts';
import { keptBindings } from '../plan/bindings.ts';
import type { GroupReport } from '../report/report.ts';
import { isAcknowledged } from './acknowledge.ts';
import { type Finding, findingsOf } from './findings.ts';
import { markAfter } from './mark.ts';

/** Good runs in a row after which what was wrong is over. */
export const GOOD_RUNS = 2;

/** @param now milliseconds since the epoch */
export function judgeRun(before: GroupItem, report: GroupReport, now: number): GroupItem {
  // Nobody looked: who writes the group tells.
  if (report.status === 'busy' && before.verdict !== undefined) return before;
  const item = { ...before, ...historyOf(before, report, now) };
  const findings = findingsOf(report, item, now, wasThere(before));
  if (findings.some(({ harmless }) => !harmless))
    return withVerdict({ ...item, goodRuns: undefined }, findings, now);
  const { verdict, failingSince, incompleteSince } = item;
  const isRemembered =
    verdict?.is === 'attention' || failingSince !== undefined || incompleteSince !== undefined;
  const goodRuns = (item.goodRuns ?? 0) + 1;
  if (isRemembered && goodRuns < GOOD_RUNS) return { ...item, goodRuns };
  const well = { ...item, verdict: undefined, failingSince: undefined, incompleteSince: undefined };
  const judged = withVerdict({ ...well, goodRuns: undefined }, findings, now);
  return verdict && judged.verdict?.is === verdict.is && judged.verdict.code === verdict.code
    ? { ...judged, verdict: restated(verdict, judged.verdict) }
    : judged;
}

/** We had marked it, or it had members. */
function wasThere({ mark, members = new Map() }: GroupItem): boolean {
  return mark !== undefined || ([...members.values()].at(-1) ?? 0) > 0;
}

/** What a look from outside found: nobody has looked at the group, say. It stands until two runs were good. */
export function judgeFinding(before: GroupItem, finding: Finding, now: number): GroupItem {
  return withVerdict({ ...before, goodRuns: undefined }, [finding], now);
}

/** Since when it fails or is not read whole, and what became of the mark. */
function historyOf(item: GroupItem, report: GroupReport, now: number): Partial<GroupItem> {
  const { status, reading } = report;
  const isIncomplete = reading?.complete === false;
  return {
    // A run that did not fail, and was not good either, ends the hour as well.
    failingSince:
      status === 'failed' ? (item.failingSince ?? now) : isIncomplete ? undefined : item.failingSince,
    incompleteSince: isIncomplete ? (item.incompleteSince ?? now) : item.incompleteSince,
    mark: markAfter(item.mark, report, now),
    bindings: bindingsAfter(item.bindings, report, now),
  };
}

/** A look that failed tells nothing; one that is denied is denied in five minutes, too. */
function bindingsAfter(
  kept: KeptBindings | undefined,
  { bindings }: GroupReport,
  now: number,
): KeptBindings | undefined {
  if (bindings === undefined) return kept;
  const { names, missing, says, isDenied = false } = bindings;
  if (names.length === 0) return undefined;
  if (says !== undefined && missing.length === 0 && !isDenied) return kept;
  return keptBindings(names, bindings, now);
}

function withVerdict(item: GroupItem, findings: readonly Finding[], now: number): GroupItem {
  const { verdict: standing, ack } = item;
  const [gravest] = findings;
  if (gravest === undefined) return { ...item, verdict: { is: 'converged', since: now }, ack: undefined };
  const isKnown = ({ is, code }: Finding) => is === 'attention' && code === ack?.code;
  // What a person knows of must not stand before what nobody knows yet.
  const untold = isAcknowledged(item, now)
    ? findings.find((finding) => finding.is === 'attention' && !isKnown(finding))
    : undefined;
  const again = findings.find(({ code }) => code === standing?.code);
  const same = again?.is === standing?.is ? again : undefined;
  // What stands goes on standing while another thing merely waits.
  if (
    standing &&
    untold === undefined &&
    ((same && same.is === gravest.is) || (standing.is === 'attention' && gravest.is === 'waiting'))
  )
    return again ? { ...item, verdict: restated(standing, again) } : item;
  const { is, code, says } = untold ?? gravest;
  const verdict: StandingVerdict = { is, since: now, code, says };
  return { ...item, verdict, ack: findings.some(isKnown) ? ack : undefined };
}

/** The same verdict in the words of the last run: of several failures the last one helps. */
function restated(standing: StandingVerdict, { says }: Pick<StandingVerdict, 'says'>): StandingVerdict {
  return gist(says) === gist(standing.says) ? standing : { ...standing, says };
}

/** Without what differs from run to run, which is no reason to write to the memory: ids, times and how long ago. */
function gist(says = ''): string {
  return says.replace(/[\da-f][\da-f-]{7,}|\d{4}-\d\d-\d\dT[\d:.]+Z|\d+(?= m?s\b)/gi, '#');
}

/** Whether a verdict has become one of attention, or one for another reason: then people are told, and an alarm rings. */
export function isNewAttention(before: GroupItem, { verdict }: GroupItem): boolean {
  if (verdict?.is !== 'attention') return false;
  return before.verdict?.is !== 'attention' || before.verdict.code !== verdict.code;
}
