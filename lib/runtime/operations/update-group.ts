// Replaces a machine group; one of every name that can exist.
import * as z from 'zod/mini';
import { EXISTING_GROUP_NAME } from '../../core/group/machine-group.ts';
import { group } from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { groupResource } from '../groups/resource.ts';
import { JSON_TYPES } from '../http/body.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { bodyInput } from '../http/input.ts';

const request = z.lazy(() => groupResource(EXISTING_GROUP_NAME));

export const operation: GroupOperation<typeof request> = {
  serves: 'UpdateMachineGroup',
  from: bodyInput,
  request,
  run: ({ project, definition }, sls) => sls.updateMachineGroup(project, definition),
};

export const documentation = () =>
  serving(operation, {
    tag: 'groups',
    summary: 'Replace a machine group',
    description:
      'A full replacement: what the body leaves out gets its default. PATCH changes single fields.',
    body: {
      types: JSON_TYPES,
      query: ['projectName'],
      repeats: ['groupName'],
      examples: { asRead: group },
    },
  });
