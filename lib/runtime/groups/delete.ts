// Deleting a group: looked at first, since SLS deletes whatever it is told to. Between the look and the delete
// there is a moment in which a config can still be applied; SLS has no conditional delete to close it with.
import { type DeletionObstacle, obstaclesToDelete } from '../../core/group/deletion.ts';
import type { SlsClient } from '../../sls/client.ts';
import type { Reply } from '../http/answers.ts';
import { ProblemError } from '../http/errors.ts';

export interface Deletion {
  readonly project: string;
  readonly groupName: string;
  readonly owner?: string | undefined;
  readonly force?: boolean | undefined;
}

/** @throws ProblemError 409 `MachineGroupInUse` or `MachineGroupOwned` unless forced; SlsError */
export async function deleteGroup(
  { project, groupName, owner, force }: Deletion,
  sls: SlsClient,
): Promise<Reply> {
  const [group, configs] = await Promise.all([
    sls.getMachineGroup(project, groupName),
    sls.getAppliedConfigs(project, groupName),
  ]);
  const obstacles = obstaclesToDelete(group.value.groupAttribute.externalName, configs.value, owner);
  if (obstacles.length > 0 && !force) throw refusalToDelete(groupName, obstacles);
  const { requestId } = await sls.deleteMachineGroup(project, groupName);
  return { requestId, ...(obstacles.length > 0 && { note: { overruled: textOf(obstacles) } }) };
}

/** @param obstacles one or more; the code is that of the first */
export function refusalToDelete(groupName: string, obstacles: readonly DeletionObstacle[]): ProblemError {
  const code = obstacles[0]?.code ?? 'MachineGroupInUse';
  return new ProblemError(409, code, `group ${groupName} is not deleted: ${textOf(obstacles)}.`);
}

function textOf(obstacles: readonly DeletionObstacle[]): string {
  return obstacles.map(({ says }) => says).join('; ');
}
