// Changing some fields of a group. SLS knows full updates only, so the group is read, merged and written whole. It
// has no version to compare with either: a write that somebody makes between the two calls is lost.
import { isDeepStrictEqual } from 'node:util';
import {
  type MachineGroup,
  type MachineGroupDefinition,
  withoutTimes,
} from '../../core/group/machine-group.ts';
import { type GroupPatch, patchedGroup } from '../../core/group/merge-patch.ts';
import type { SlsClient } from '../../sls/client.ts';
import type { Reply } from '../http/answers.ts';
import { readMembers } from '../requests/members.ts';
import { refuseMembers } from './members.ts';

export interface Patch {
  readonly project: string;
  readonly groupName: string;
  readonly patch: GroupPatch;
}

/** Writes nothing when the group is already as asked. @throws ProblemError 400 for members that cannot be; SlsError */
export async function patchGroup({ project, groupName, patch }: Patch, sls: SlsClient): Promise<Reply> {
  const { value: group, requestId } = await sls.getMachineGroup(project, groupName);
  const definition = withMembers(group, patchedGroup(group, patch), patch);
  if (isDeepStrictEqual(definition, withoutTimes(group))) return { requestId };
  return sls.updateMachineGroup(project, definition);
}

/** A list that the patch leaves alone is written back to the letter, whatever stands in it. */
function withMembers(
  group: MachineGroup,
  definition: MachineGroupDefinition,
  patch: GroupPatch,
): MachineGroupDefinition {
  const { machineIdentifyType: identify, machineList } = definition;
  if (patch.machineList === undefined && identify === group.machineIdentifyType) return definition;
  const read = readMembers(identify, machineList);
  refuseMembers('machineList', read);
  return { ...definition, machineList: read.members };
}
