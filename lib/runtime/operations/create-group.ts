// Creates a machine group.
import * as z from 'zod/mini';
import { GROUP_NAME } from '../../core/group/machine-group.ts';
import { ownedProblem } from '../documentation/problems.ts';
import { definition, PROJECT } from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { checkOwner } from '../groups/owned.ts';
import { groupResource } from '../groups/resource.ts';
import { keepCreate } from '../history/of-request.ts';
import { JSON_TYPES } from '../http/body.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { BESIDE_BODY, bodyInput } from '../http/input.ts';

const request = z.lazy(() => groupResource(GROUP_NAME));

export const operation: GroupOperation<typeof request> = {
  serves: 'CreateMachineGroup',
  from: bodyInput,
  request,
  /** @throws ProblemError 409 `MachineGroupOwned` for a sync's mark whose owner is not named; SlsError */
  async run({ project, definition, owner }, sls, runtime, due) {
    const { groupName, groupAttribute } = definition;
    checkOwner(groupName, 'created', { was: '', becomes: groupAttribute.externalName }, owner);
    const made = sls.createMachineGroup(project, definition);
    const target = { project, name: groupName, by: 'CreateMachineGroup', due };
    await keepCreate(target, definition, made, runtime);
    const { requestId } = await made;
    return { requestId };
  },
};

export const documentation = () =>
  serving(operation, {
    tag: 'groups',
    summary: 'Create a machine group',
    description:
      'What GET answers for another group is accepted as it stands; its two times are ignored. An externalName that is the mark of a sync takes owner, as it gives the group to that sync.',
    body: {
      name: 'MachineGroupCreation',
      types: JSON_TYPES,
      query: BESIDE_BODY,
      examples: { documented: { projectName: PROJECT, ...definition, machineList: [] } },
    },
    problems: [ownedProblem('created')],
  });
