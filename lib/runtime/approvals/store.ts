// Approvals in the items of their groups, as people give them and take them back.
import { type StoredApproval, unended } from '../../core/memory/approvals.ts';
import { groupId } from '../../core/memory/known.ts';
import type { MemoryTable } from '../../core/memory/table.ts';
import { ReadError } from '../../core/reading/read-error.ts';
import { MEMORY_READ_MS } from '../../core/time/timeouts.ts';
import { type Problem, ProblemError, problemOf } from '../http/errors.ts';
import { loggedError } from '../log.ts';
import type { MemoryRuntime } from '../memory-wire.ts';
import { changeItem, seenIn, UnreadableItem } from '../sync/items.ts';

type Stored = Pick<MemoryRuntime, 'table' | 'now' | 'log'>;

/** Rounds in which somebody else may write the item first: a person waits, so it is more than a run takes. */
const ROUNDS = 20;

/**
 * Changes the approvals of a group, and leaves out those that have ended.
 * @param decide the approvals as they are to be; what it throws ends the change
 * @param due when it has to be over, in milliseconds since the epoch
 * @returns the approvals as they are now
 * @throws ProblemError where the memory is of no help
 */
export async function changeApprovals(
  stored: Stored,
  group: string,
  decide: (approvals: readonly StoredApproval[]) => readonly StoredApproval[],
  due: number,
): Promise<readonly StoredApproval[]> {
  const { now } = stored;
  const table = answering(stored);
  const id = groupId(group);
  const until = Math.min(due, now() + MEMORY_READ_MS);
  try {
    const seen = seenIn((await table.read([id], until)).get(id));
    const { item } = await changeItem(
      group,
      seen,
      (before) => ({ ...before, approvals: decide(unended(before.approvals ?? [], now())) }),
      until,
      table,
      ROUNDS,
    );
    return item.approvals ?? [];
  } catch (error) {
    throw answerFor(group, error);
  }
}

/** Approvals by group, ended ones included; one read for all groups. @throws ProblemError */
export async function readApprovals(
  stored: Stored,
  groups: readonly string[],
  due: number,
): Promise<readonly (readonly [group: string, approvals: readonly StoredApproval[]])[]> {
  const until = Math.min(due, stored.now() + MEMORY_READ_MS);
  const items = await answering(stored).read(groups.map(groupId), until);
  return groups.map((group) => {
    try {
      return [group, seenIn(items.get(groupId(group))).item.approvals ?? []] as const;
    } catch (error) {
      throw answerFor(group, error);
    }
  });
}

/** The memory, where whatever keeps it from answering is one answer; the log has the reason. */
function answering({ table, log }: Stored): MemoryTable {
  const down = (error: unknown) => {
    log('warn', 'memory.down', { error: loggedError(error) });
    throw Object.assign(unavailable(), { cause: error });
  };
  return {
    read: (...asked) => table.read(...asked).catch(down),
    write: (...asked) => table.write(...asked).catch(down),
  };
}

function answerFor(group: string, error: unknown): unknown {
  if (error instanceof UnreadableItem)
    return unreadable(`what the memory holds of ${group} is unreadable: ${error.says}`);
  return error instanceof ReadError ? unavailable() : error;
}

const unreadable = (says: string) => new ProblemError(500, 'MemoryUnreadable', says);

const unavailable = () =>
  new ProblemError(
    503,
    'MemoryUnavailable',
    'the memory gave no answer; what was on its way to it may be stored all the same, so list the approvals before you try again',
  );

/** For the OpenAPI document. */
export function memoryProblems(): Problem[] {
  const says = 'what the memory holds of ali-test-project/web is unreadable: its field approvals is no JSON';
  return [unreadable(says), unavailable()].map((error) => problemOf(error));
}
