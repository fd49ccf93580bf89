// From machines as a source spells them to members of a group: one spelling, unusable addresses out, allow
// and deny lists applied. Every machine that is left out keeps the reason.

import {
  ADDRESS_RULES,
  ipv4Number,
  normaliseAddress,
  specialRange,
  specialV4,
} from '../core/address/address.ts';
import { blocksOf, parseCidr } from '../core/address/cidr.ts';
import type { Canonical } from '../core/group/current.ts';
import type { IdentifyType } from '../core/group/machine-group.ts';
import {
  type Completeness,
  completenessOf,
  type FoundMachine,
  type Origin,
  type Snapshot,
} from '../core/reading/snapshot.ts';
import {
  addOrigin,
  askedForTwice,
  type GroupWanted,
  mergeWanted,
  type Origins,
  type SourceWanted,
} from '../core/reading/wanted.ts';
import { defined } from '../core/text/defined.ts';
import { few } from '../core/text/few.ts';
import { CONTROL_CHARACTER, MEMBER_MAX_CHARACTERS } from '../core/text/rule.ts';
import { collector, shownName } from './found.ts';

export interface MemberRules {
  readonly identify: IdentifyType;
  /** CIDR blocks: where there are any, an address has to lie in one of them. For `ip` groups only. */
  readonly allow?: readonly string[] | undefined;
  /** CIDR blocks: an address must lie in none of them. Comes before `allow`. For `ip` groups only. */
  readonly deny?: readonly string[] | undefined;
}

/**
 * `understood` tells the two kinds of drop apart. A rule that took an address out is the truth about that
 * machine, and the reading stays complete. A value that could not be read, or that no machine can have for its
 * address, hides a machine which may be in the group under its right one: the reading is incomplete and nothing
 * may be removed on it. Who expects such values denies them.
 */
export type MemberVerdict =
  | { readonly ok: true; readonly member: string }
  | { readonly ok: false; readonly understood: boolean; readonly reason: string };

/**
 * The one spelling of a member. A user-defined id is kept to the letter, case and blanks included, because
 * the agent's id file is compared to the letter; it has to be neither blank nor hold control characters. No member is
 * longer than {@link MEMBER_MAX_CHARACTERS}.
 */
export function canonicalMember(identify: IdentifyType, raw: string): MemberVerdict {
  if (raw.length > MEMBER_MAX_CHARACTERS) return TOO_LONG;
  if (identify === 'ip') {
    const verdict = normaliseAddress(raw);
    return verdict.ok
      ? { ok: true, member: verdict.address }
      : unclear(`needs ${ADDRESS_RULES[verdict.rule]}`);
  }
  if (raw.trim() === '') return unclear('needs an id that is not blank');
  return CONTROL_CHARACTER.test(raw)
    ? unclear('needs an id without control characters')
    : { ok: true, member: raw };
}

/** The same, for comparing what a group has with what it should have. */
export const canonical: Canonical = (identify, raw) => {
  const verdict = canonicalMember(identify, raw);
  return verdict.ok ? verdict.member : undefined;
};

/**
 * The member a found machine is, or why it is none. The lists are parsed here, once.
 * @throws {RangeError} when an entry of a list is not a CIDR block
 */
export function memberPolicy({
  identify,
  allow = [],
  deny = [],
}: MemberRules): (machine: FoundMachine) => MemberVerdict {
  const allowed = blocksOf(allow.map(parseCidr));
  const denied = blocksOf(deny.map(parseCidr));
  return ({ value }) => {
    const verdict = canonicalMember(identify, value);
    if (!verdict.ok || identify !== 'ip') return verdict;
    const { member } = verdict;
    // Of a million addresses each is parsed once.
    const v4 = ipv4Number(member);
    const deny = v4 === undefined ? denied.find(member) : denied.findV4(v4);
    if (deny !== undefined) return out(`denied by ${deny.text}`);
    // A machine that registered 127.0.0.1 exists, under an address that we do not know.
    const special = v4 === undefined ? specialRange(member) : specialV4(v4);
    if (special !== undefined) return unclear(`${special} addresses are never members`);
    if (allowed.size === 0) return verdict;
    const allow = v4 === undefined ? allowed.find(member) : allowed.findV4(v4);
    return allow === undefined ? out('in none of the allowed ranges') : verdict;
  };
}

export type MemberPolicy = ReturnType<typeof memberPolicy>;

/** One source's part of the wanted set: its snapshot after the address policy. */
export function sourceWanted(snapshot: Snapshot, policy: MemberPolicy): SourceWanted {
  const members = new Map<string, Origin | Origin[]>();
  const out = collector(snapshot.source);
  for (const machine of snapshot.machines) {
    const { value, origin } = machine;
    const verdict = policy(machine);
    if (!verdict.ok) {
      if (verdict.understood) out.skip(origin.id, verdict.reason, value);
      else out.unclear(origin.id, verdict.reason, value);
      continue;
    }
    addOrigin(members, verdict.member, origin);
  }
  const { skipped, doubts } = out.found();
  return {
    source: snapshot.source,
    members,
    dropped: skipped.length === 0 ? snapshot.skipped : [...snapshot.skipped, ...skipped],
    completeness: lessComplete(snapshot.completeness, doubts),
    takenAt: snapshot.takenAt,
    ...defined({ revision: snapshot.revision, readings: snapshot.readings }),
  };
}

/**
 * The wanted set of a group: what all of its sources say, after the address policy. Machines of a group of ids
 * share one by design, so that only addresses can overlap.
 * @throws {RangeError} when an entry of a list is not a CIDR block
 */
export function toWanted(snapshots: readonly Snapshot[], rules: MemberRules): GroupWanted {
  const policy = memberPolicy(rules);
  const merged = mergeWanted(snapshots.map((snapshot) => sourceWanted(snapshot, policy)));
  const mayOverlap = rules.identify === 'ip' && snapshots.length > 1;
  const overlaps = mayOverlap ? instanceCollisions(merged.members) : [];
  return { ...merged, completeness: lessComplete(merged.completeness, overlaps) };
}

const PLACES_SHOWN = 4;
const SHARED_SHOWN = 5;

/**
 * Instance ids are unique over all accounts and regions. One address with two of them, found by different
 * sources, is two machines in networks that overlap, which no `ip` group can tell apart.
 */
function instanceCollisions(members: ReadonlyMap<string, Origins>): readonly string[] {
  const reasons: string[] = [];
  for (const [member, origins] of askedForTwice(members)) {
    const instances = new Map<string, string>();
    for (const { id, source } of origins) if (/^m?i-[0-9a-z]+$/.test(id)) instances.set(id, source);
    if (instances.size < 2 || new Set(instances.values()).size < 2) continue;
    const places = Array.from(instances, ([id, source]) => `${id} (${source})`);
    const shown = few(places, PLACES_SHOWN).join(', ');
    reasons.push(`several instances have the address ${shownName(member)}: ${shown}`);
  }
  return few(reasons, SHARED_SHOWN, 'addresses that several instances have');
}

function lessComplete(completeness: Completeness, reasons: readonly string[]): Completeness {
  return completeness.complete
    ? completenessOf(reasons, completeness.proof)
    : { complete: false, reasons: [...completeness.reasons, ...reasons] };
}

const TOO_LONG = unclear(`needs at most ${MEMBER_MAX_CHARACTERS} characters`);

function unclear(reason: string): MemberVerdict {
  return { ok: false, understood: false, reason };
}

function out(reason: string): MemberVerdict {
  return { ok: false, understood: true, reason };
}
