// Changes some fields of a group: a JSON merge patch (RFC 7396). SLS knows full updates only, so the group is read,
// merged and written whole. It has no version to compare with either: a write that somebody makes between the two
// calls is lost.
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import {
  type MachineGroup,
  type MachineGroupDefinition,
  withoutTimes,
} from '../../core/group/machine-group.ts';
import { type GroupPatch, patchedGroup } from '../../core/group/merge-patch.ts';
import { busyProblem, ownedProblem } from '../documentation/problems.ts';
import { serving } from '../documentation/serving.ts';
import { changeGroup } from '../groups/change.ts';
import {
  externalName,
  groupName,
  groupType,
  identifyType,
  machineList,
  owner,
  projectName,
  times,
  topic,
} from '../groups/fields.ts';
import { readMembers, refuseMembers } from '../groups/members.ts';
import { replacement } from '../groups/replacement.ts';
import { MERGE_PATCH_TYPES } from '../http/body.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { BESIDE_BODY, patchInput } from '../http/input.ts';

/** What it names is replaced, `null` stands for the default. */
const request = z.lazy(() =>
  z.pipe(
    z.strictObject({
      projectName: projectName(),
      owner: owner(),
      groupName: groupName(),
      machineIdentifyType: z.exactOptional(identifyType()),
      groupAttribute: z.exactOptional(
        z.nullable(
          z.strictObject({
            groupTopic: z.exactOptional(z.nullable(topic())),
            externalName: z.exactOptional(z.nullable(externalName())),
          }),
        ),
      ),
      machineList: z.exactOptional(machineList()),
      groupType: z.exactOptional(z.nullable(groupType())),
      ...times(),
    }),
    z.transform(({ projectName, owner, groupName, createTime: _c, lastModifyTime: _m, ...patch }) => ({
      projectName,
      owner,
      groupName,
      patch,
    })),
  ),
);

export const operation: GroupOperation<typeof request> = {
  serves: 'UpdateMachineGroup',
  name: 'PatchMachineGroup',
  from: patchInput,
  request,
  /**
   * Writes nothing when the group is already as asked.
   * @throws ProblemError 400 for members that cannot be, 409 `MachineGroupOwned` or `MachineGroupBusy`; SlsError
   */
  run({ project, groupName, patch, owner }, sls, runtime, due) {
    return changeGroup(
      {
        look: (sls) => sls.getMachineGroup(project, groupName),
        plan({ value: group }) {
          const definition = withMembers(group, patchedGroup(group, patch), patch);
          if (isDeepStrictEqual(definition, withoutTimes(group))) return undefined;
          return replacement(project, group, definition, owner);
        },
      },
      { project, name: groupName, by: 'PatchMachineGroup', due },
      sls,
      runtime,
    );
  },
};

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

export const documentation = () =>
  serving(operation, {
    method: 'PATCH',
    tag: 'groups',
    summary: 'Change fields of a machine group',
    description:
      'A JSON merge patch (RFC 7396). The group is read, merged and written whole, so that no field is lost; nothing is written when nothing changes. SLS has no version to compare with: a write that somebody else makes between the read and the write is lost. A group that a sync keeps is changed only by who names its owner, and by one writer at a time.',
    before: ['GetMachineGroup'],
    body: {
      name: 'MachineGroupPatch',
      types: MERGE_PATCH_TYPES,
      query: BESIDE_BODY,
      examples: { topic: { groupAttribute: { groupTopic: 'another-topic' } } },
    },
    problems: [ownedProblem('changed'), busyProblem()],
  });
