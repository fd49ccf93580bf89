// Creates a machine group.
import * as z from 'zod/mini';
import { GROUP_NAME } from '../../core/group/machine-group.ts';
import { definition, PROJECT } from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { groupResource } from '../groups/resource.ts';
import { JSON_TYPES } from '../http/body.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { bodyInput } from '../http/input.ts';

const request = z.lazy(() => groupResource(GROUP_NAME));

export const operation: GroupOperation<typeof request> = {
  serves: 'CreateMachineGroup',
  from: bodyInput,
  request,
  run: ({ project, definition }, sls) => sls.createMachineGroup(project, definition),
};

export const documentation = () =>
  serving(operation, {
    tag: 'groups',
    summary: 'Create a machine group',
    description: 'What GET answers for another group is accepted as it stands; its two times are ignored.',
    body: {
      types: JSON_TYPES,
      query: ['projectName'],
      examples: { documented: { projectName: PROJECT, ...definition, machineList: [] } },
    },
  });
