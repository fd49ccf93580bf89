// Deletes a group: looked at first, since SLS deletes whatever it is told to. Between the look and the delete there
// is a moment in which a config can still be applied; SLS has no conditional delete to close it with.
import * as z from 'zod/mini';
import { type DeletionObstacle, obstaclesToDelete } from '../../core/group/deletion.ts';
import { ownerMark } from '../../core/group/owner.ts';
import { text } from '../../core/text/fields.ts';
import { busyProblem, frozenProblem } from '../documentation/problems.ts';
import { CONFIG, GROUP } from '../documentation/samples.ts';
import { serving } from '../documentation/serving.ts';
import { changeGroup } from '../groups/change.ts';
import { flag, groupName, owner, projectName, throughFreeze } from '../groups/fields.ts';
import { comingAndGoing, presentMembers } from '../groups/members.ts';
import { notDone } from '../groups/owned.ts';
import { type ProblemError, problemOf } from '../http/errors.ts';
import type { GroupOperation } from '../http/group-function.ts';
import { placed } from '../http/input.ts';

const request = z.lazy(() =>
  z
    .strictObject({
      projectName: projectName(),
      groupName: groupName(),
      owner: owner(),
      throughFreeze: throughFreeze(),
      force: z
        .optional(flag())
        .check(z.describe('Delete although configs are applied or a sync keeps it; needs a reason.')),
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
  if (force && (reason === undefined || reason.trim() === '')) wrong('is missing: force needs a reason');
  if (!force && reason !== undefined) wrong('means nothing without force=true');
}

export const operation: GroupOperation<typeof request> = {
  serves: 'DeleteMachineGroup',
  from: placed,
  request,
  /** @throws ProblemError 409 `MachineGroupInUse` or `MachineGroupOwned` unless forced, `MachineGroupBusy`, `GroupFrozen`; SlsError */
  run({ project, groupName, owner, force, throughFreeze }, sls, runtime, due) {
    return changeGroup(
      {
        async look(sls) {
          const [group, configs] = await Promise.all([
            sls.getMachineGroup(project, groupName),
            sls.getAppliedConfigs(project, groupName),
          ]);
          return { ...group, configs: configs.value };
        },
        plan({ value: group, configs }) {
          const { externalName } = group.groupAttribute;
          const obstacles = obstaclesToDelete(externalName, configs, owner);
          if (obstacles.length > 0 && !force) throw refusalToDelete(groupName, obstacles);
          return {
            names: { was: externalName, becomes: '' },
            ...comingAndGoing(presentMembers(group), []),
            send: (sls) => sls.deleteMachineGroup(project, groupName),
            shows: (now) => now === undefined,
            ...(obstacles.length > 0 && { note: { overruled: textOf(obstacles) } }),
          };
        },
      },
      { project, name: groupName, by: 'DeleteMachineGroup', due, throughFreeze },
      sls,
      runtime,
    );
  },
};

/** @param obstacles one or more; the code is that of the first */
function refusalToDelete(groupName: string, obstacles: readonly DeletionObstacle[]): ProblemError {
  return notDone(groupName, 'deleted', obstacles[0]?.code ?? 'MachineGroupInUse', textOf(obstacles));
}

function textOf(obstacles: readonly DeletionObstacle[]): string {
  return obstacles.map(({ says }) => says).join('; ');
}

export const documentation = () =>
  serving(operation, {
    tag: 'groups',
    summary: 'Delete a machine group',
    description:
      'Refused while Logtail configs are applied to it, and when a sync keeps it whose owner the caller does not name. force=true with a reason deletes it all the same.',
    before: ['GetAppliedConfigs', 'GetMachineGroup'],
    problems: [
      ...[
        obstaclesToDelete('', [CONFIG], undefined),
        obstaclesToDelete(ownerMark('prod-eu'), [], undefined),
      ].map((obstacles) => problemOf(refusalToDelete(GROUP, obstacles))),
      busyProblem(),
      frozenProblem(),
    ],
  });
