// Values for tests of the core, each with everything a test does not care about filled in.
import { createHash } from 'node:crypto';
import { type GroupConfig, InvalidSyncConfig, parseSyncConfig } from '../../../lib/core/config/config.ts';
import {
  type Canonical,
  type CurrentGroup,
  membersOf,
  type PresentGroup,
  presentGroup,
} from '../../../lib/core/group/current.ts';
import type { MachineGroup } from '../../../lib/core/group/machine-group.ts';
import { ownerMark } from '../../../lib/core/group/owner.ts';
import type { StoredApproval } from '../../../lib/core/memory/approvals.ts';
import { NO_GROUP } from '../../../lib/core/memory/group.ts';
import type { Known } from '../../../lib/core/memory/known.ts';
import {
  type Decision,
  type DecisionInput,
  decide,
  examineGroup,
  prepare,
} from '../../../lib/core/plan/decide.ts';
import type { Completeness, SkippedMachine } from '../../../lib/core/reading/snapshot.ts';
import { type GroupWanted, mergeWanted, type SourceWanted } from '../../../lib/core/reading/wanted.ts';
import type { Breaker } from '../../../lib/core/removal/breaker.ts';
import { needsListing } from '../../../lib/core/removal/examine.ts';
import type { Listing } from '../../../lib/core/removal/listing.ts';
import { newMemory, type RemovalMemory } from '../../../lib/core/removal/memory.ts';
import type { OtherGroup } from '../../../lib/core/removal/moved.ts';

export const OWNER = 'prod-eu';

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Knows two foreign spellings: blanks around a member, and `::ffff:` before it. `?` makes it unreadable. */
export const canonical: Canonical = (identify, raw) => {
  if (identify === 'userdefined') return raw;
  return raw.includes('?') ? undefined : raw.trim().replace(/^::ffff:/, '');
};

type Document = Record<string, unknown>;

export const documentOf = (group: Document = {}, rest: Document = {}): Document => ({
  owner: OWNER,
  policy: 'sync',
  groups: [groupDocument(group)],
  ...rest,
});

export const groupDocument = (group: Document = {}): Document => ({
  project: 'ali-test-project',
  name: 'web',
  identify: 'ip',
  sources: [{ type: 'static', members: [] }],
  ...group,
});

export const familyDocument = (family: Document = {}): Document => ({
  project: 'ali-test-project',
  name: '{team}-{role}',
  by: { team: 'tag:Team', role: 'tag:role' },
  identify: 'ip',
  sources: [{ type: 'ec2', regions: ['eu-central-1'], all: true }],
  ...family,
});

export function groupConfig(group: Document = {}): GroupConfig {
  return parseSyncConfig(documentOf(group)).groups[0] as GroupConfig;
}

/** What is wrong with a configuration; nothing if it is accepted. */
export function problems(document: unknown): readonly string[] {
  try {
    parseSyncConfig(document);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSyncConfig)) throw error;
    return error.problems;
  }
}

export function definitionOf(machineList: readonly string[], rest: Partial<MachineGroup> = {}): MachineGroup {
  return {
    groupName: 'web',
    groupType: '',
    machineIdentifyType: 'ip',
    groupAttribute: { groupTopic: '', externalName: ownerMark(OWNER) },
    machineList,
    createTime: 1_700_000_000,
    lastModifyTime: 1_700_000_100,
    ...rest,
  };
}

export function present(machineList: readonly string[], rest: Partial<MachineGroup> = {}): PresentGroup {
  return presentGroup(definitionOf(machineList, rest), canonical);
}

/** A group of ours but for its mark. */
export const marked = (machineList: readonly string[], externalName: string): PresentGroup =>
  present(machineList, { groupAttribute: { groupTopic: '', externalName } });

export const COMPLETE: Completeness = { complete: true, proof: '1 page' };
export const PARTIAL: Completeness = { complete: false, reasons: ['page 2 is missing'] };

export const SOURCE = 'sources[0] static';

export function sourceWanted(members: readonly string[], rest: Partial<SourceWanted> = {}): SourceWanted {
  const source = rest.source ?? SOURCE;
  return {
    source,
    members: new Map(members.map((member) => [member, [{ source, id: `id of ${member}` }]])),
    dropped: [] as SkippedMachine[],
    completeness: COMPLETE,
    takenAt: NOW,
    ...rest,
  };
}

export function wanted(members: readonly string[], rest: Partial<SourceWanted> = {}): GroupWanted {
  return mergeWanted([sourceWanted(members, rest)]);
}

/** `m1 … mN`, as addresses. */
export const machines = (count: number, first = 1): string[] =>
  Array.from(
    { length: count },
    (_, index) => `10.0.${Math.floor((first + index) / 250)}.${(first + index) % 250}`,
  );

/** When the readings of {@link wanted} began, and when they are decided on. */
export const NOW = 1_790_000_000_000;

const TWO_HOURS = 7_200_000;
const MONTH = 30 * 86_400_000;

/** A memory in which everything that is missing now has been missing for two hours. */
export function patientMemory(current: CurrentGroup, read: GroupWanted, now = NOW): RemovalMemory {
  const missing = [...membersOf(current)].filter((member) => !read.members.has(member));
  const entry = { since: now - TWO_HOURS, readings: 3 };
  return {
    ...newMemory(now - MONTH),
    readingAt: now - 1,
    missing: new Map(missing.map((member) => [member, entry])),
  };
}

export function knownGroup(removal: RemovalMemory, approvals: readonly StoredApproval[] = []): Known {
  return { state: 'known', item: { ...NO_GROUP, removal, approvals }, revision: 0, removal, isNew: false };
}

export function approvalOf(removals: readonly string[], rest: Partial<StoredApproval> = {}): StoredApproval {
  return { id: 'a1', removals, who: 'ann', reason: 'gone', at: NOW - 1, until: NOW + TWO_HOURS, ...rest };
}

export const DEAF: Listing = { state: 'deaf', says: 'ListMachines was denied' };

export interface Case extends DecisionInput {
  readonly approvals: readonly StoredApproval[];
  readonly listing: Listing;
  readonly others: readonly OtherGroup[];
  readonly breaker: Breaker;
}

/** Decides as a run does. Unless a test says otherwise, what is missing is ripe, and nobody is heard. */
export function decideOn(input: Partial<Case> = {}): Decision {
  const { group = groupConfig(), current = present([]), wanted: read = wanted([]), breaker } = input;
  const { approvals = [], listing = DEAF, others = [], now = NOW } = input;
  const known = input.known ?? knownGroup(patientMemory(current, read, now), approvals);
  const prepared = prepare({ group, current, wanted: read, known, canonical, now });
  const asks = prepared.noted && needsListing(prepared.noted);
  return decide(examineGroup(prepared, asks ? listing : undefined, others), breaker);
}

/** Decides once more, as a run does, with what was heard before. */
export async function decideAgainOn(
  { basis, breaker }: Decision,
  now: Partial<DecisionInput>,
  only: ReadonlySet<string>,
): Promise<Decision> {
  return decide(examineGroup(prepare({ ...basis, ...now }), basis.listing, basis.others), breaker, only);
}
