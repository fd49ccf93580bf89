// The record of a write of the API. What SLS refused has changed nothing and leaves none; the log has it.
import { randomUUID } from 'node:crypto';
import { ABSENT } from '../../core/group/current.ts';
import { groupKey, type MachineGroup, type MachineGroupDefinition } from '../../core/group/machine-group.ts';
import { changeOf, fieldsIn } from '../../core/history/changes.ts';
import { type ChangeRecord, type HistoryRecord, RECORD_VERSION } from '../../core/history/record.ts';
import { defined } from '../../core/text/defined.ts';
import { SlsError } from '../../sls/errors.ts';
import type { Answer } from '../../sls/reading.ts';
import { presentMembers } from '../groups/members.ts';
import type { Members, Target, Work } from '../groups/work.ts';
import type { Reply } from '../http/answers.ts';
import type { Runtime } from '../wire.ts';
import { type Keep, keeping } from './keeping.ts';

/** What is known of a write that was sent: noted on its way, so that it is known also of one that failed. */
interface Journal {
  was?: MachineGroup;
  planned?: Members;
  /** As it was read last after the write; null for a group that is not there any more. */
  is?: MachineGroup | null;
}

/** Where word of a write is left, and whose it was. */
export interface Journaling {
  readonly keep: Keep | undefined;
  readonly caller?: string | undefined;
  readonly reason?: string | undefined;
  readonly now: () => number;
}

export function journalingOf(runtime: Runtime): Journaling {
  return { keep: keeping(runtime), caller: runtime.caller, now: runtime.now };
}

/** Runs a write, and leaves word of it whatever it comes to. @throws what `run` throws */
export async function journaled<Look extends Answer<MachineGroup>>(
  work: Work<Look>,
  target: Target,
  journaling: Journaling,
  run: (noting: Work<Look>) => Promise<Reply>,
): Promise<Reply> {
  const journal: Journal = {};
  try {
    const reply = await run(noting(work, journal));
    await keepWrite(target, journal, journaling, reply.note?.unconfirmed === true);
    return reply;
  } catch (error) {
    if (!isRefused(error)) await keepWrite(target, journal, journaling, true);
    throw error;
  }
}

function noting<Look extends Answer<MachineGroup>>(work: Work<Look>, journal: Journal): Work<Look> {
  return {
    ...work,
    plan(look) {
      const planned = work.plan(look);
      if (planned === undefined) return undefined;
      return {
        ...planned,
        send(sls) {
          Object.assign(journal, { was: look.value, planned });
          return planned.send(sls);
        },
        shows(now) {
          journal.is = now ?? null;
          return planned.shows(now);
        },
      };
    },
  };
}

async function keepWrite(
  target: Target,
  { was, planned, is }: Journal,
  journaling: Journaling,
  isUnconfirmed: boolean,
): Promise<void> {
  if (was === undefined || planned === undefined) return;
  await keep(target, journaling, () =>
    changeOf({
      group: groupKey(target),
      outcome: isUnconfirmed ? 'unconfirmed' : 'written',
      was: presentMembers(was),
      is: is === null ? ABSENT : is && presentMembers(is),
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
  await keep(target, journalingOf(runtime), () => ({
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

async function keep(
  target: Target,
  { keep: leave, caller, reason, now }: Journaling,
  change: () => ChangeRecord,
): Promise<void> {
  const { by: what, due, restore } = target;
  const record = (): HistoryRecord => ({
    version: RECORD_VERSION,
    run: randomUUID(),
    at: new Date(now()).toISOString(),
    what,
    ...defined({ who: caller, reason: restore?.reason ?? reason, restores: restore?.run }),
    changes: [change()],
  });
  await leave?.(record, due);
}
