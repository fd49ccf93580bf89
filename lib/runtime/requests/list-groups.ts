// Which names of machine groups to list.
import * as z from 'zod/mini';
import { EXISTING_GROUP_NAME } from '../../core/group/machine-group.ts';
import { checkPart, named, pageOf, part, projectName } from './fields.ts';

/** ListMachineGroup: a page, or all. */
export const listGroupsRequest = z.lazy(() =>
  z.pipe(
    z
      .strictObject({
        projectName: projectName(),
        groupName: z
          .optional(named(EXISTING_GROUP_NAME))
          .check(z.describe('Part of a name: only groups that have it.')),
        ...part(),
      })
      .check(checkPart),
    z.transform(({ projectName, groupName, ...wanted }) => ({
      projectName,
      filter: { groupName },
      all: wanted.all === true,
      page: pageOf(wanted),
    })),
  ),
);
