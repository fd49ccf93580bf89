// What one run found wrong with a group: what asks for a person, and what passes by itself. In words:
//   - refused, or left alone: attention at once, since no further run changes it;
//   - our mark was replaced by another, or went twice within a day, and is back: attention for a day, two fight over the group;
//   - a Logtail config that the configuration names is not applied, or nobody may look whether it is: attention at once;
//   - failing: attention after an hour; a removal that is held, or a reading that is not whole: after a day;
//   - busy, and all of these before their time: waiting; so is what a freeze holds back, since a person wanted it.
// A policy that lets less through is no finding: the group then is what the policy wants. `observe` promises to look and
// nothing else, so that under it a group is converged that others would refuse or leave alone.

import type { GroupItem } from '../memory/group.ts';
import { DAY, HOUR } from '../removal/settings.ts';
import type { GroupReport } from '../report/report.ts';
import { few } from '../text/few.ts';
import { contestText } from './mark.ts';

/** Milliseconds for which a group may fail, and for which a removal may be held or a reading not be whole. */
export const FAILING_MAX = HOUR;
export const HELD_MAX = DAY;

/** Names of configs in a sentence. */
const CONFIGS_NAMED = 5;

export interface Finding {
  readonly is: 'waiting' | 'attention';
  /** The same for as long as the same thing is wrong: whoever acknowledged it means this. */
  readonly code: string;
  readonly says: string;
  /** It passes in everyday life, and keeps no group from being well again. */
  readonly harmless?: boolean;
}

/**
 * The gravest first.
 * @param item with what this run adds to its history
 * @param wasThere whether the group is known to have been there before this run
 */
export function findingsOf(report: GroupReport, item: GroupItem, now: number, wasThere = false): Finding[] {
  const all = [
    ...failing(report, item, now),
    ...unkept(report),
    ...contested(report, item, now),
    ...incomplete(report, item, now),
    ...held(report, now),
    ...frozen(report),
    ...unbound(report, item, wasThere),
    ...(report.status === 'busy' ? [waiting('busy', 'somebody else writes the group, and looks again')] : []),
  ];
  return [...all.filter(({ is }) => is === 'attention'), ...all.filter(({ is }) => is === 'waiting')];
}

function failing({ status, error }: GroupReport, { failingSince = 0 }: GroupItem, now: number): Finding[] {
  if (status !== 'failed') return [];
  const why = error === undefined ? '' : `, the last with ${error.code}: ${error.message}`;
  return [late('failing', now - failingSince >= FAILING_MAX, `runs fail${why}`)];
}

function unkept({ status, policy, refusals }: GroupReport): Finding[] {
  if (policy === 'observe') return [];
  const kind = status === 'left-alone' ? 'left-alone' : 'refused';
  return refusals.map(({ code, says }) => attention(`${kind} ${code}`, says));
}

function contested({ owner, status }: GroupReport, { mark }: GroupItem, now: number): Finding[] {
  const other = status === 'left-alone' || !mark ? undefined : contestText(mark, owner, now);
  return other === undefined
    ? []
    : [attention('contested', `${other}, and ours was put back; let only one of the two keep the group`)];
}

function incomplete({ reading }: GroupReport, { incompleteSince = 0 }: GroupItem, now: number): Finding[] {
  if (reading === undefined || reading.complete) return [];
  const why = reading.reasons[0] ?? 'nobody said why';
  return [
    late(
      'incomplete',
      now - incompleteSince >= HELD_MAX,
      `the inventory is not read completely, so removals wait: ${why}`,
    ),
  ];
}

function held({ heldSince, withheld }: GroupReport, now: number): Finding[] {
  if (heldSince === undefined) return [];
  const why = withheld.find(({ by }) => by !== 'policy')?.says ?? 'the report of the run says why';
  const isLate = now - Date.parse(heldSince) >= HELD_MAX;
  return [{ ...late('held', isLate, `a removal waits longer than it should: ${why}`), harmless: !isLate }];
}

function frozen({ freeze, withheld }: GroupReport): Finding[] {
  if (freeze === undefined || !withheld.some(({ by }) => by === 'frozen')) return [];
  const { who, until, reason } = freeze;
  return [{ ...waiting('frozen', `frozen by ${who} until ${until}: ${reason}`), harmless: true }];
}

/** Also in a run that did not look: it stands until one has seen that it is over. */
function unbound(
  { bindings, group }: GroupReport,
  { bindings: kept }: GroupItem,
  wasThere: boolean,
): Finding[] {
  if (kept === undefined) return [];
  const { missing, says } = kept;
  if (missing.length === 0)
    return says === undefined
      ? []
      : [attention('bindings-denied', `nobody knows of its Logtail configs: ${says}`)];
  const [project, name] = group.split('/');
  const made = bindings?.isMade && wasThere ? 'the group was made anew, and ' : '';
  const names = few(missing, CONFIGS_NAMED).join(', ');
  const call = `PUT /machinegroups/${name}/configs/${missing[0]}?projectName=${project}`;
  const todo = says ?? `apply them (${call}), or set configsMode: keep`;
  return [attention('unbound', `${made}Logtail configs are not applied to it: ${names}; ${todo}`)];
}

function late(code: string, isLate: boolean, says: string): Finding {
  return isLate ? attention(code, says) : waiting(code, says);
}

function attention(code: string, says: string): Finding {
  return { is: 'attention', code, says };
}

function waiting(code: string, says: string): Finding {
  return { is: 'waiting', code, says };
}
