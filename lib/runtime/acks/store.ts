// Acknowledgements in the memory: each in the item of its group, written with a condition.
import { readProject } from '../../core/memory/deployment.ts';
import type { GroupItem, StandingVerdict } from '../../core/memory/group.ts';
import { groupId, projectId } from '../../core/memory/known.ts';
import { ReadError } from '../../core/reading/read-error.ts';
import { ORPHAN_CODE } from '../../core/verdict/orphans.ts';
import { type Problem, ProblemError, problemOf } from '../http/errors.ts';
import type { MemoryRuntime } from '../memory-wire.ts';
import { type Changed, changeItem, seenIn } from '../sync/items.ts';

/**
 * Changes the item of a group whose verdict it is given: of attention, or undefined.
 * @throws ProblemError 503 if the memory cannot be reached, or what `change` throws
 */
export async function changeAck(
  group: string,
  change: (item: GroupItem, attention: StandingVerdict | undefined) => GroupItem,
  due: number,
  runtime: MemoryRuntime,
): Promise<Changed> {
  const table = runtime.table;
  const project = group.split('/')[0] ?? '';
  try {
    const items = await table.read([groupId(group), projectId(project)], due);
    const fields = items.get(projectId(project));
    const read = fields && readProject(fields);
    const orphan = read?.readable ? read.item.orphans.find((one) => one.group === group) : undefined;
    const orphaned: StandingVerdict | undefined = orphan && {
      is: 'attention',
      since: orphan.since,
      code: ORPHAN_CODE,
    };
    return await changeItem(
      group,
      seenIn(items.get(groupId(group))),
      (item) => change(item, orphaned ?? (item.verdict?.is === 'attention' ? item.verdict : undefined)),
      due,
      table,
    );
  } catch (error) {
    throw error instanceof ReadError ? unreachable(error.message) : error;
  }
}

export const unreachable = (message: string) =>
  new ProblemError(503, 'MemoryUnavailable', `the memory cannot be reached: ${message}.`);

/** For the OpenAPI document. */
export function memoryProblems(): Problem[] {
  return [problemOf(unreachable('UpdateItem memory: no answer in time'))];
}
