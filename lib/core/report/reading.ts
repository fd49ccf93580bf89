// What a report says about the reading behind a decision: its figures, what was left out, what looks odd.

import { membersOf } from '../group/current.ts';
import { unended } from '../memory/approvals.ts';
import type { Decision } from '../plan/decide.ts';
import { outstandingAfter } from '../plan/outstanding.ts';
import type { Completeness, SkippedMachine } from '../reading/snapshot.ts';
import type { SourceReading } from '../reading/wanted.ts';
import { cut, few, fewReasons } from '../text/few.ts';
import { quoted } from '../text/issues.ts';
import type { ReadingReport } from './report.ts';

const EXAMPLES = 5;
/** Reasons may name single machines; beyond these they are one entry. */
const REASONS = 20;
const OTHER_REASONS = 'other reasons';
/** Reasons under one source; all sources together have {@link fewReasons}. */
const SOURCE_REASONS = 5;
/** Characters of a name, an id or a version that something else chose. */
const LONGEST_NAME = 256;

export function readingOf({ plan, wanted }: Decision): ReadingReport {
  const { completeness } = wanted;
  return {
    members: plan.members,
    wanted: plan.wanted,
    complete: completeness.complete,
    reasons: completeness.complete ? [] : fewReasons(completeness.reasons),
    takenAt: new Date(wanted.takenAt).toISOString(),
    sources: wanted.sources.map(shownSource),
    dropped: droppedOf(wanted.dropped),
  };
}

function shownSource(source: SourceReading): SourceReading {
  const { completeness, revision } = source;
  return {
    ...source,
    completeness: shownCompleteness(completeness),
    ...(revision === undefined ? {} : { revision: cut(revision, LONGEST_NAME) }),
  };
}

function shownCompleteness(completeness: Completeness): Completeness {
  if (completeness.complete) return { complete: true, proof: cut(completeness.proof) };
  const [first = '', ...more] = few(completeness.reasons, SOURCE_REASONS, 'reasons');
  return { complete: false, reasons: [first, ...more] };
}

/** Odd things that stop nothing, but that somebody should know. */
export function warningsOf({ group, current, wanted, goes, basis }: Decision): string[] {
  const warnings: string[] = basis.unasked === undefined ? [] : [basis.unasked];
  warnings.push(...nothingWanted(group, wanted));
  const { known } = basis;
  if (known.state !== 'known' && known.isFreezeUnknown)
    warnings.push(`nobody knows whether the group is frozen, so additions went on: ${known.says}`);
  const reused = goes.filter((removal) => removal.class === 'reused').map(({ member }) => member);
  if (reused.length > 0) {
    warnings.push(
      `other machines report under addresses that are removed: ${some(reused)}; what they sent while they were members is in the logs of this group`,
    );
  }
  const back = backAgain(basis);
  if (back.length > 0) {
    warnings.push(
      `the removal of members was approved that the inventory lists again: ${some(back)}; what goes missing after that needs a new approval`,
    );
  }
  const unreadable = current.state === 'present' ? current.unreadable : [];
  if (unreadable.length > 0) {
    warnings.push(
      `members of the group that are not addresses; they count like any other: ${some(unreadable)}`,
    );
  }
  if (group.identify !== 'ip') return warnings;
  for (const { member, source, ids } of wanted.collisions.slice(0, EXAMPLES)) {
    warnings.push(
      `${quoted(member)} is the address of several machines of ${source} (${some(ids)}): where networks overlap, a group of user-defined ids tells machines apart`,
    );
  }
  const more = wanted.collisions.length - EXAMPLES;
  if (more > 0) warnings.push(`and ${more} more addresses that several machines share`);
  return warnings;
}

/** Of a family's group that is nothing new: its value vanished. */
function nothingWanted(
  { sources, made }: Decision['group'],
  { members, completeness }: Decision['wanted'],
): string[] {
  if (members.size > 0 || !completeness.complete || made) return [];
  const hints = sources.flatMap((source) =>
    'regions' in source && Object.keys(source.tags).length > 0
      ? `nothing in ${few(source.regions, EXAMPLES).join(', ')} matches the tags; keys and values are case-sensitive`
      : [],
  );
  return [
    ['the inventory has no machine for this group', ...new Set(hints)].slice(0, 1 + EXAMPLES).join(': '),
  ];
}

function droppedOf(dropped: readonly SkippedMachine[]): ReadingReport['dropped'] {
  const byReason = new Map<string, { reason: string; count: number; examples: string[] }>();
  for (const { reason, origin, value } of dropped) {
    const name = byReason.has(reason) || byReason.size < REASONS ? reason : OTHER_REASONS;
    const entry = byReason.get(name) ?? { reason: cut(name), count: 0, examples: [] };
    entry.count += 1;
    if (entry.examples.length < EXAMPLES) entry.examples.push(exampleOf(origin.id, value));
    byReason.set(name, entry);
  }
  return [...byReason.values()];
}

function exampleOf(id: string, value: string | undefined): string {
  const name = cut(id, LONGEST_NAME);
  return value === undefined ? name : `${cut(value, LONGEST_NAME)} (${name})`;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, EXAMPLES).map(quoted).join(', ');
  return names.length > EXAMPLES ? `${shown} and ${names.length - EXAMPLES} more` : shown;
}

/** Members whose approval ends with this reading. */
function backAgain({ known, current, wanted, now }: Decision['basis']): string[] {
  if (known.state !== 'known') return [];
  const approvals = unended(known.item.approvals ?? [], now);
  const left = outstandingAfter({ current, wanted }, approvals);
  if (left === approvals) return [];
  const stay = new Set(left.flatMap(({ removals }) => removals));
  return [...membersOf(current)].filter(
    (member) => !stay.has(member) && approvals.some(({ removals }) => removals.includes(member)),
  );
}
