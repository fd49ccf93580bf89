// Approvals in the items of their groups. Runs write these items too, so whoever was not first decides anew on what is there.
import { type StoredApproval, unended } from '../../core/memory/approvals.ts';
import { type GroupItem, groupChange, NO_GROUP, readGroup } from '../../core/memory/group.ts';
import { groupId } from '../../core/memory/known.ts';
import { type Fields, revisionOf } from '../../core/memory/table.ts';
import { MEMORY_READ_MS } from '../../core/time/timeouts.ts';
import { type Problem, ProblemError, problemOf } from '../http/errors.ts';
import { loggedError } from '../log.ts';
import type { ApprovalRuntime } from './wire.ts';

type Stored = Pick<ApprovalRuntime, 'table' | 'now' | 'log'>;

/** Rounds in which somebody else may write the item first. */
const ROUNDS = 20;

/**
 * Changes the approvals of a group, and leaves out those that have ended.
 * @param decide the approvals as they are to be; what it throws ends the change
 * @param due when it has to be over, in milliseconds since the epoch
 * @returns the approvals as they are now
 * @throws ProblemError where the memory is of no help
 */
export async function changeApprovals(
  { table, now, log }: Stored,
  group: string,
  decide: (approvals: readonly StoredApproval[]) => readonly StoredApproval[],
  due: number,
): Promise<readonly StoredApproval[]> {
  const id = groupId(group);
  const until = Math.min(due, now() + MEMORY_READ_MS);
  let fields = await answering(log, async () => (await table.read([id], until)).get(id));
  for (let round = 0; round < ROUNDS; round += 1) {
    const item = itemIn(group, fields);
    const left = unended(item?.approvals ?? [], now());
    const approvals = decide(left);
    const change = groupChange(item, { ...(item ?? NO_GROUP), approvals });
    if (!change) return approvals;
    const revision = revisionOf(fields);
    const answer = await answering(log, () => table.write(id, change, revision, until));
    if (answer.written) return approvals;
    fields = answer.fields;
  }
  throw unavailable();
}

/** Approvals by group, ended ones included; one read for all groups. @throws ProblemError */
export async function readApprovals(
  { table, now, log }: Stored,
  groups: readonly string[],
  due: number,
): Promise<readonly (readonly [group: string, approvals: readonly StoredApproval[]])[]> {
  const until = Math.min(due, now() + MEMORY_READ_MS);
  const items = await answering(log, () => table.read(groups.map(groupId), until));
  return groups.map((group) => [group, itemIn(group, items.get(groupId(group)))?.approvals ?? []] as const);
}

function itemIn(group: string, fields: Fields | undefined): GroupItem | undefined {
  if (fields === undefined) return undefined;
  const read = readGroup(fields);
  if (!read.readable) throw unreadable(`what the memory holds of ${group} is unreadable: ${read.says}`);
  return read.item;
}

/** Whatever keeps the memory from answering is one answer; the log has the reason. */
async function answering<T>(log: Stored['log'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log('warn', 'memory.down', { error: loggedError(error) });
    throw Object.assign(unavailable(), { cause: error });
  }
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
  return [unreadable(says), unavailable()].map(problemOf);
}
