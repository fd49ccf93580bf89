// What a run says of a family: how many groups it makes, and which combinations make none.

import type { FamilyConfig } from '../config/config.ts';
import { type Expansion, type LeftOut, valuesText } from '../family/expand.ts';
import { advise, FAMILY } from '../refusal/codes.ts';
import { defined } from '../text/defined.ts';
import { cut, few } from '../text/few.ts';
import { shownError } from './group.ts';
import type { ErrorReport, FamilyReport, GroupReport, RunReport } from './report.ts';

/** Combinations told one by one. */
const LEFT_OUT_SHOWN = 20;
/** Of those, in the one sentence that people are told. */
const IN_ONE = 3;
/** Characters of what is said of one. */
const LONGEST = 300;

/** @param only keys of groups that somebody named; all are looked at if not given */
export function reportFamily(
  family: FamilyConfig,
  { groups, leftOut }: Pick<Expansion, 'groups' | 'leftOut'>,
  without: number,
  only?: ReadonlySet<string>,
): FamilyReport {
  const made = new Set(groups.map(({ key }) => key));
  const missing = [...(only ?? [])].filter((key) => !made.has(key));
  // Whoever named groups is told of those, and not of what else the family leaves out.
  const says = only ? missing.map((key) => `no combination makes the group ${key} now`) : leftOut.map(saysOf);
  return {
    ...frameOf(family, only),
    status: says.length > 0 ? 'refused' : 'read',
    groups: groups.length,
    leftOut: { count: says.length, says: few(says, LEFT_OUT_SHOWN, undefined, LONGEST) },
    without,
  };
}

/** Nobody knows what its inventory shows: it makes nothing, and what it has made is left as it is. */
export function failedFamily(
  family: FamilyConfig,
  error: ErrorReport,
  only?: ReadonlySet<string>,
): FamilyReport {
  return {
    ...frameOf(family, only),
    status: 'failed',
    groups: 0,
    leftOut: { count: 0, says: [] },
    without: 0,
    error: shownError(error),
  };
}

function frameOf({ key, owner, policy, contact }: FamilyConfig, only?: ReadonlySet<string>) {
  return { family: key, owner, policy, ...defined({ contact, only: only && [...only] }) };
}

const saysOf = ({ values, says }: LeftOut): string => `${valuesText(values)} ${says}`;

const STATUS = { read: 'in-sync', refused: 'refused', failed: 'failed' } as const;

/** Groups of a run, and its families as if they were such. */
export function lookedAt({ groups, families = [] }: RunReport): readonly GroupReport[] {
  // A look at some of its groups says nothing of the family, unless it could not be made.
  const judged = families.filter(({ only, status }) => only === undefined || status === 'failed');
  return judged.length === 0 ? groups : [...groups, ...judged.map(asGroup)];
}

/** The family as verdicts know groups, so that people are told of it in the same way. */
function asGroup({ family, status, owner, policy, contact, leftOut, error }: FamilyReport): GroupReport {
  const { count, says } = leftOut;
  const all = `${count} combinations make no group: ${few(says, IN_ONE).join('; ')}`;
  const nothing = { count: 0, members: [] };
  return {
    group: family,
    status: STATUS[status],
    policy,
    owner,
    ...defined({ contact, error }),
    changes: [],
    additions: nothing,
    removals: nothing,
    withheld: [],
    refusals: count === 0 ? [] : [{ code: 'left-out', says: advise(cut(all), 'left-out', FAMILY) }],
    leaving: [],
    approvals: [],
    warnings: [],
    unwritten: [],
    requests: [],
    durationMs: 0,
  };
}
