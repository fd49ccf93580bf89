// Values for tests of the core, each with everything a test does not care about filled in.
import { createHash } from 'node:crypto';
import { type GroupConfig, InvalidSyncConfig, parseSyncConfig } from '../../../lib/core/config/config.ts';
import { type Canonical, type PresentGroup, presentGroup } from '../../../lib/core/group/current.ts';
import type { MachineGroup } from '../../../lib/core/group/machine-group.ts';
import { ownerMark } from '../../../lib/core/group/owner.ts';
import { type Decision, type DecisionInput, decide } from '../../../lib/core/plan/decide.ts';
import type { Completeness, SkippedMachine } from '../../../lib/core/reading/snapshot.ts';
import { type GroupWanted, mergeWanted, type SourceWanted } from '../../../lib/core/reading/wanted.ts';

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
    takenAt: 1_790_000_000_000,
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

export function decideOn(input: Partial<DecisionInput> = {}): Decision {
  return decide({ group: groupConfig(), current: present([]), wanted: wanted([]), ...input });
}
