// A restore on its way: the record of the run, the group as it is, what comes and goes, and who stands against it.
import type { GroupConfig } from '../../core/config/config.ts';
import {
  type IdentifyType,
  knownIdentify,
  type MachineGroup,
  withoutTimes,
} from '../../core/group/machine-group.ts';
import type { ChangeRecord, GroupFields, HistoryRecord } from '../../core/history/record.ts';
import {
  type LeftOut,
  leftOut,
  restoreFingerprint,
  type WayBack,
  wayBack,
} from '../../core/history/restore.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import { presentMembers } from '../groups/members.ts';
import { checkOwner } from '../groups/owned.ts';
import { replacement } from '../groups/replacement.ts';
import type { Planned } from '../groups/work.ts';
import { findRun, LookedTooFar } from './look-back.ts';
import { unrestorable } from './restore-problems.ts';
import type { RestoreRuntime } from './restore-wire.ts';
import { speakersOf } from './speakers.ts';

/** What was known of the group before the run. */
export interface Before {
  readonly record: HistoryRecord;
  readonly change: ChangeRecord;
  readonly fields: GroupFields & { readonly identify: IdentifyType };
  readonly members: readonly string[];
}

export interface PlannedRestore extends WayBack {
  readonly leftOut: readonly LeftOut[];
  readonly notAsked: number;
  /** Members now; none where the group is not there. */
  readonly members: number | undefined;
  readonly fingerprint: string;
}

/** @throws ProblemError where there is nothing to go back to; ReadError */
export async function beforeRun(
  run: string,
  group: string,
  due: number,
  { history }: RestoreRuntime,
): Promise<Before> {
  const record = await findRun(run, group, due, history).catch((error: unknown) => {
    if (error instanceof LookedTooFar) return undefined;
    throw error;
  });
  const change = record?.changes.find((one) => one.group === group);
  if (!record || !change)
    throw unrestorable('RunNotExist', `the history knows no run ${run} that is about group ${group}`);
  const { before, members } = change;
  if (before === null)
    throw unrestorable(
      'NothingBefore',
      `group ${group} was not there before this run: delete it, if that is meant`,
    );
  if (before === undefined || members === undefined)
    throw unrestorable(
      'MembersNotKept',
      change.notKept === undefined
        ? `nothing was written to group ${group} in this run, so there is nothing to take back`
        : `of this run is not kept ${change.notKept}`,
    );
  const identify = knownIdentify(before.identify);
  if (identify === undefined)
    throw unrestorable('KindChanged', `group ${group} was of a kind that is not known here`);
  return { record, change, fields: { ...before, identify }, members };
}

export async function readNow(
  project: string,
  name: string,
  sls: SlsClient,
): Promise<MachineGroup | undefined> {
  try {
    return (await sls.getMachineGroup(project, name)).value;
  } catch (error) {
    if (error instanceof SlsError && error.kind === 'group-missing') return undefined;
    throw error;
  }
}

const HOLDS: Readonly<Record<string, string>> = { ip: 'addresses', userdefined: 'user-defined ids' };

const kindChanged = (group: string, now: string, then: string) =>
  unrestorable(
    'KindChanged',
    `group ${group} holds ${HOLDS[now] ?? now} now and held ${HOLDS[then] ?? then} before that run: it cannot be restored; change its kind back first`,
  );

/** @param others groups of the document that may have the addresses by now */
export async function planRestore(
  { record, change, fields, members }: Before,
  now: MachineGroup | undefined,
  others: readonly GroupConfig[],
  due: number,
  { runtime }: RestoreRuntime,
): Promise<PlannedRestore> {
  const { group } = change;
  if (now !== undefined && now.machineIdentifyType !== fields.identify)
    throw kindChanged(group, now.machineIdentifyType, fields.identify);
  const present = now && presentMembers(now).members;
  const all = wayBack(members, present ?? new Set());
  const { speakers, notAsked } =
    fields.identify === 'ip'
      ? await speakersOf(all.additions, others, (one) => clientOf(one, runtime), due, runtime.now)
      : { speakers: new Map(), notAsked: 0 };
  const out = leftOut(all.additions, change, speakers, Date.parse(record.at));
  const way = wayBack(members, present ?? new Set(), new Set(out.map(({ member }) => member)));
  return {
    ...way,
    leftOut: out,
    notAsked,
    members: present?.size,
    fingerprint: restoreFingerprint(group, record.run, way),
  };
}

function clientOf({ endpoint }: GroupConfig, { sls, slsAt }: RestoreRuntime['runtime']): SlsClient {
  return endpoint === undefined ? sls : slsAt(endpoint);
}

/** The write, on a look at the group: exactly what was approved, or nothing. @throws ProblemError */
export function writeBack(
  project: string,
  now: MachineGroup,
  { record, change, members }: Before,
  approved: PlannedRestore,
  owner: string | undefined,
): Planned | undefined {
  const stays = new Set(approved.leftOut.map(({ member }) => member));
  const present = presentMembers(now).members;
  const way = wayBack(members, present, stays);
  const { externalName } = now.groupAttribute;
  checkOwner(now.groupName, 'changed', { was: externalName, becomes: externalName }, owner);
  if (way.additions.length + way.removals.length === 0) return undefined;
  if (restoreFingerprint(change.group, record.run, way) !== approved.fingerprint)
    throw unrestorable(
      'RestoreChanged',
      `group ${change.group} was changed meanwhile: plan the restore anew`,
    );
  const gone = new Set(way.removals);
  const machineList = [...[...present].filter((member) => !gone.has(member)), ...way.additions];
  const fields = withoutTimes(now);
  const identify = knownIdentify(fields.machineIdentifyType) as IdentifyType;
  return replacement(project, now, { ...fields, machineIdentifyType: identify, machineList }, owner);
}
