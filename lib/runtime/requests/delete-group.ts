// Which machine group to delete, and what may be said against its guards.
import * as z from 'zod/mini';
import { EXISTING_GROUP_NAME } from '../../core/group/machine-group.ts';
import { text } from '../../core/text/fields.ts';
import { flag, named, projectName } from './fields.ts';

/** DeleteMachineGroup, with what may be said against its guards. */
export const deleteGroupRequest = z.lazy(() =>
  z
    .strictObject({
      projectName: projectName(),
      groupName: named(EXISTING_GROUP_NAME),
      owner: z
        .optional(text(256))
        .check(
          z.describe(
            'Whom the caller acts for: the id of a sync owner, or the externalName of the group as it stands.',
          ),
        ),
      force: z
        .optional(flag())
        .check(z.describe('Delete although configs are applied or another owner keeps it; needs a reason.')),
      reason: z.optional(text(500)).check(z.describe('Why force; goes into the log.')),
    })
    .check(checkForce),
);

function checkForce(
  context: z.core.ParsePayload<{ force?: boolean | undefined; reason?: string | undefined }>,
) {
  const { force, reason } = context.value;
  const wrong = (message: string) =>
    context.issues.push({ code: 'custom', path: ['reason'], message, input: undefined });
  if (force && (reason === undefined || reason.trim() === '')) wrong('is missing, force needs one');
  if (!force && reason !== undefined) wrong('means nothing without force=true');
}
