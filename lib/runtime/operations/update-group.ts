// Replaces a machine group; one of every name that can exist. It is read first, since a sync may keep it.
import * as z from 'zod/mini';
import { EXISTING_GROUP_NAME } from '../../core/group/machine-group.ts';
import { busyProblem, ownedProblem } from '../documentation/problems.ts';
import { group } from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { changeGroup } from '../groups/change.ts';
import { replacement } from '../groups/replacement.ts';
import { groupResource } from '../groups/resource.ts';
import { JSON_TYPES } from '../http/body.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { BESIDE_BODY, bodyInput } from '../http/input.ts';

const request = z.lazy(() => groupResource(EXISTING_GROUP_NAME));

export const operation: GroupOperation<typeof request> = {
  serves: 'UpdateMachineGroup',
  from: bodyInput,
  request,
  /** @throws ProblemError 409 `MachineGroupOwned` or `MachineGroupBusy`; SlsError */
  run({ project, groupName, definition, owner }, sls, runtime, due) {
    return changeGroup(
      {
        look: (sls) => sls.getMachineGroup(project, groupName),
        plan: ({ value: group }) => replacement(project, group, definition, owner),
      },
      { project, name: groupName, by: 'UpdateMachineGroup', due },
      sls,
      runtime,
    );
  },
};

export const documentation = () =>
  serving(operation, {
    tag: 'groups',
    summary: 'Replace a machine group',
    description:
      'A full replacement: what the body leaves out gets its default. PATCH changes single fields. A group that a sync keeps is changed only by who names its owner, and by one writer at a time.',
    before: ['GetMachineGroup'],
    body: {
      name: 'MachineGroupReplacement',
      types: JSON_TYPES,
      query: BESIDE_BODY,
      repeats: ['groupName'],
      examples: { asRead: group },
    },
    problems: [ownedProblem('changed'), busyProblem()],
  });
