// What callers may ask of the machines of a group, as zod schemas.
import * as z from 'zod/mini';
import { EXISTING_GROUP_NAME } from '../../core/group/machine-group.ts';
import { listOf } from '../../core/text/bounded.ts';
import { HEARTBEAT_STALE_SECONDS } from '../../core/time/timeouts.ts';
import { MEMBERS_MAX } from '../../sls/limits.ts';
import { checkPart, figure, named, pageOf, part, projectName } from './fields.ts';

const groupName = () => named(EXISTING_GROUP_NAME);

/** UpdateMachineGroupMachine: `machines` is the body. Which spelling is right only the group's kind tells. */
export const updateMachinesRequest = z.lazy(() =>
  z.strictObject({
    projectName: projectName(),
    groupName: groupName(),
    action: z.enum(['add', 'delete']).check(z.describe('What to do with the machines of the body.')),
    machines: listOf(z.string(), MEMBERS_MAX).check(
      z.describe('Addresses or ids, whichever the group holds.'),
    ),
  }),
);

/** ListMachines: everything unless a page is asked for. */
export const listMachinesRequest = z.lazy(() =>
  z.pipe(
    z
      .strictObject({
        projectName: projectName(),
        groupName: groupName(),
        staleSeconds: z
          .optional(figure(1, HEARTBEAT_STALE_SECONDS[2]))
          .check(z.describe('Age of a heartbeat in seconds beyond which a machine is stale.')),
        ...part(
          'Every machine that has connected, then every member that never has; so it is when neither offset nor size is given.',
        ),
      })
      .check(checkPart),
    z.transform(({ projectName, groupName, staleSeconds, ...wanted }) => ({
      projectName,
      groupName,
      staleSeconds,
      all: wanted.all ?? (wanted.offset === undefined && wanted.size === undefined),
      page: pageOf(wanted),
    })),
  ),
);
