// The record of a write of the API. What SLS refused has changed nothing and leaves none; the log has it.
import { randomUUID } from 'node:crypto';
import { ABSENT } from '../../core/group/current.ts';
import { groupKey, type MachineGroupDefinition } from '../../core/group/machine-group.ts';
import { changeOf, fieldsIn } from '../../core/history/changes.ts';
import { type ChangeRecord, type HistoryRecord, RECORD_VERSION } from '../../core/history/record.ts';
import { defined } from '../../core/text/defined.ts';
import { SlsError } from '../../sls/errors.ts';
import { presentMembers } from '../groups/members.ts';
import type { Journal, Target } from '../groups/work.ts';
import type { Runtime } from '../wire.ts';
import { keeping } from './keeping.ts';

/** Never rejects. @param error what the write ended with, if it failed */
export async function keepWrite(
  target: Target,
  { was, planned, is, unconfirmed }: Journal,
  runtime: Runtime,
  error?: unknown,
): Promise<void> {
  if (was === undefined || planned === undefined || isRefused(error)) return;
  await keep(target, runtime, () =>
    changeOf({
      group: groupKey(target),
      outcome: error === undefined && unconfirmed !== true ? 'written' : 'unconfirmed',
      was: presentMembers(was),
      is: is === undefined ? undefined : is === null ? ABSENT : presentMembers(is),
      additions: planned.additions,
      removals: planned.removals,
    }),
  );
}

/** Never rejects. @param made the call that makes the group, whatever it comes to */
export async function keepCreate(
  target: Target,
  definition: MachineGroupDefinition,
  made: Promise<unknown>,
  runtime: Runtime,
): Promise<void> {
  const [ended] = await Promise.allSettled([made]);
  if (ended.status === 'rejected' && isRefused(ended.reason)) return;
  await keep(target, runtime, () => ({
    group: groupKey(target),
    outcome: ended.status === 'fulfilled' ? 'written' : 'unconfirmed',
    // It is made where there is none, or not at all.
    before: null,
    members: [],
    ...(ended.status === 'fulfilled' && { after: fieldsIn(definition) }),
    came: definition.machineList,
    went: [],
  }));
}

const isRefused = (error: unknown) => error instanceof SlsError && !error.ambiguous;

async function keep(target: Target, runtime: Runtime, change: () => ChangeRecord): Promise<void> {
  const { caller: who, by: what, due, reason, restores } = target;
  const record = (): HistoryRecord => ({
    version: RECORD_VERSION,
    run: randomUUID(),
    at: new Date(runtime.now()).toISOString(),
    what,
    ...defined({ who, reason, restores }),
    changes: [change()],
  });
  await keeping(runtime)?.(record, due);
}
