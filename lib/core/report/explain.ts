// Why a machine is in a group or not, and what the next sync will do about it: the decision of that group
// seen from one member.

import { valuesText } from '../family/expand.ts';
import { type Canonical, spellingsOf } from '../group/current.ts';
import { readMark } from '../group/owner.ts';
import type { Decision } from '../plan/decide.ts';
import { additionsOf, removalsOf } from '../plan/plan.ts';
import type { Withheld } from '../plan/policy.ts';
import type { Origin, SkippedMachine } from '../reading/snapshot.ts';
import { listed } from '../reading/wanted.ts';
import { advise, WAITS, WITHHELD } from '../refusal/codes.ts';
import type { Removal } from '../removal/outcome.ts';
import { defined } from '../text/defined.ts';
import { cut, few, reasonsInOne } from '../text/few.ts';
import { quoted } from '../text/issues.ts';
import { advised } from './advised.ts';
import { freezeReport } from './group.ts';
import type { FreezeReport } from './report.ts';

/** Entries in one list of an explanation; `says` tells how many more there are. */
const LISTED = 20;

/** `withheld`: it would be added or removed, but waits for what `says` names. `refused`: a person has to look first. */
export const NEXT_STEPS = [
  'added',
  'removed',
  'stays-in',
  'stays-out',
  'withheld',
  'refused',
  'left-alone',
] as const;
export type NextStep = (typeof NEXT_STEPS)[number];

export interface Explanation {
  /** `project/name`. */
  readonly group: string;
  /** In canonical spelling where it has one. */
  readonly machine: string;
  readonly inGroup: boolean;
  /** How the group spells it. */
  readonly spellings: readonly string[];
  readonly wanted: boolean;
  /** What asks for it. */
  readonly origins: readonly Origin[];
  /** Where it was seen and left out, and by which rule. */
  readonly dropped: readonly SkippedMachine[];
  /** Members that the sources know under this text as an id, such as an instance's. */
  readonly knownAs: readonly string[];
  readonly owner: { readonly configured: string; readonly marked: string | null };
  readonly next: NextStep;
  /** Set while the group is frozen. */
  readonly freeze?: FreezeReport;
  /** The same in sentences. */
  readonly says: readonly string[];
}

/** @param text a member in any spelling, or the id under which a source knows a machine */
export function explain(decision: Decision, text: string, canonical: Canonical): Explanation {
  const { group, current, wanted } = decision;
  const read = (raw: string) => canonical(group.identify, raw) ?? raw;
  const machine = read(text);
  const inGroup = current.state === 'present' && current.members.has(machine);
  const origins = listed(wanted.members.get(machine));
  const dropped = wanted.dropped.filter(
    ({ value, origin }) => origin.id === text || (value !== undefined && read(value) === machine),
  );
  const facts = {
    group: group.key,
    machine,
    inGroup,
    spellings: inGroup ? spellingsOf(current, machine) : [],
    wanted: origins.length > 0,
    origins,
    dropped,
    knownAs: membersKnownAs(decision, text),
    owner: { configured: group.owner, marked: markOf(decision) },
    next: nextStep(decision, machine, inGroup),
    ...defined({ freeze: decision.freeze && freezeReport(decision.freeze) }),
  };
  return {
    ...facts,
    spellings: few(facts.spellings, LISTED),
    origins: origins.slice(0, LISTED).map(shownOrigin),
    dropped: dropped.slice(0, LISTED).map(({ origin, reason, value }) => ({
      origin: shownOrigin(origin),
      reason: cut(reason),
      ...(value === undefined ? {} : { value: cut(value) }),
    })),
    knownAs: few(facts.knownAs, LISTED),
    says: sentences(facts, decision),
  };
}

function shownOrigin({ source, id }: Origin): Origin {
  return { source, id: cut(id) };
}

function membersKnownAs({ wanted }: Decision, id: string): string[] {
  const members: string[] = [];
  for (const [member, origins] of wanted.members) {
    if (listed(origins).some((origin) => origin.id === id)) members.push(member);
  }
  return members;
}

/** Text of `externalName`; null if the group does not exist. */
function markOf({ current }: Decision): string | null {
  return current.state === 'present' ? current.definition.groupAttribute.externalName : null;
}

function nextStep(decision: Decision, machine: string, inGroup: boolean): NextStep {
  if (decision.outcome === 'left-alone') return 'left-alone';
  if (additionsOf(decision.change).includes(machine)) return 'added';
  if (removalsOf(decision.change).includes(machine)) return 'removed';
  if (heldBack(decision, machine)) return 'withheld';
  if (decision.outcome === 'refused' && decision.plan.obstacle) return 'refused';
  return inGroup ? 'stays-in' : 'stays-out';
}

function heldBack({ withheld }: Decision, machine: string): Withheld | undefined {
  return withheld.find(({ members }) => members.includes(machine));
}

function sentences(facts: Omit<Explanation, 'says'>, decision: Decision): string[] {
  const { machine, inGroup, spellings, origins, dropped, knownAs } = facts;
  const name = quoted(machine);
  const says = [
    inGroup
      ? `${name} is in ${facts.group}${spelt(machine, spellings)}.`
      : `${name} is not in ${facts.group}.`,
    ...someOf(origins, 'that ask for it', ({ source, id }) => `${source} asks for it as ${quoted(id)}.`),
    ...someOf(
      dropped,
      'that have it and left it out',
      ({ origin, reason }) => `${origin.source} has it as ${quoted(origin.id)}, left out: ${cut(reason)}.`,
    ),
    ...someOf(
      knownAs,
      'that it knows by that id',
      (member) => `The inventory knows ${quoted(member)} by that id.`,
    ),
  ];
  if (origins.length + dropped.length + knownAs.length === 0) says.push('No source has it.');
  const { made } = decision.group;
  if (made)
    says.push(`The family ${quoted(made.family)} makes the group, from ${cut(valuesText(made.values))}.`);
  const { completeness } = decision.wanted;
  if (!completeness.complete)
    says.push(`The inventory was not read completely: ${reasonsInOne(completeness.reasons)}.`);
  const { unasked } = decision.basis;
  const next = nextSentence(facts.next, decision, machine);
  return [
    ...says,
    ownership(facts),
    ...frozen(facts),
    next,
    ...(unasked === undefined ? [] : [`Note: ${unasked}.`]),
  ];
}

/** A sentence for each of the first, and one that says how many more there are of what. */
function someOf<T>(all: readonly T[], what: string, sentence: (one: T) => string): string[] {
  const said = all.slice(0, LISTED).map(sentence);
  return all.length > LISTED ? [...said, `There are ${all.length - LISTED} more ${what}.`] : said;
}

function spelt(machine: string, spellings: readonly string[]): string {
  if (spellings.every((spelling) => spelling === machine)) return '';
  const names = spellings.slice(0, LISTED).map(quoted).join(', ');
  const more = spellings.length - LISTED;
  return `, spelt ${names}${more > 0 ? ` and in ${more} more ways` : ''}`;
}

function ownership({ owner }: Omit<Explanation, 'says'>): string {
  if (owner.marked === null)
    return `The group does not exist; owner ${quoted(owner.configured)} would make it.`;
  const mark = readMark(owner.marked);
  if (mark.kind === 'none') return 'The group carries no owner mark.';
  if (mark.kind === 'foreign') return `The group carries another system’s mark ${quoted(owner.marked)}.`;
  return `The group belongs to owner ${quoted(mark.owner)}.`;
}

function frozen({ freeze }: Pick<Explanation, 'freeze'>): string[] {
  if (freeze === undefined) return [];
  return [`The group is frozen until ${freeze.until}, by ${freeze.who}: ${freeze.reason}.`];
}

const NOT_WRITTEN = 'but the policy is observe: nothing is written';

function nextSentence(next: NextStep, decision: Decision, machine: string): string {
  const reasons = advised(decision)
    .map(({ says }) => says)
    .join('; ');
  const isRecorded = decision.writer === 'record';
  switch (next) {
    case 'added':
      return isRecorded ? `It would be added, ${NOT_WRITTEN}.` : 'The next sync adds it.';
    case 'removed': {
      const { class: found, says } = decision.goes.find(({ member }) => member === machine) as Removal;
      return isRecorded
        ? `It would be removed, as ${found}: ${says}, ${NOT_WRITTEN}.`
        : `The next sync removes it, as ${found}: ${says}.`;
    }
    case 'withheld': {
      const { by, says: all } = heldBack(decision, machine) as Withheld;
      // Of a single machine more is known than of all that wait for the same.
      const says = decision.waits.find(({ member }) => member === machine)?.says ?? all;
      const why = advise(says, by, { ...WITHHELD, ...WAITS });
      return `The next sync would change that, but it waits (${by}): ${why}.`;
    }
    case 'refused':
      return `The next sync changes nothing, its plan is refused: ${reasons}.`;
    case 'left-alone':
      return `The next sync leaves the group alone: ${reasons}.`;
    default:
      return 'The next sync changes nothing about it.';
  }
}
