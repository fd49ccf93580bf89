// The same under a lease: the group is looked at again once the lease is ours, and what is planned on that look is sent. The lease
// is kept until a reading shows the write, so that the next writer does not compare with a group of before.
import { randomUUID } from 'node:crypto';
import type { MachineGroup } from '../../core/group/machine-group.ts';
import type { MemoryTable } from '../../core/memory/table.ts';
import { defined } from '../../core/text/defined.ts';
import { READ_BACK_PAUSES_MS } from '../../core/time/timeouts.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import type { Answer } from '../../sls/reading.ts';
import type { Reply } from '../http/answers.ts';
import { loggedError } from '../log.ts';
import { memoryTable } from '../memory-table.ts';
import type { Runtime } from '../wire.ts';
import { refuseFrozen } from './frozen.ts';
import { busyFor } from './owned.ts';
import { type LeaseTerms, type RequestLeases, underLease } from './under-lease.ts';
import type { Members, Planned, Target, Work } from './work.ts';

/** Looks that may differ from the one before in what would come and go. */
const LOOKS = 3;

/** @param planned on the look before the lease: it says what to announce */
export async function changeLeased<Look extends Answer<MachineGroup>>(
  work: Work<Look>,
  planned: Planned,
  target: Target,
  sls: SlsClient,
  leases: RequestLeases,
): Promise<Reply> {
  let next = planned;
  for (let look = 1; look <= LOOKS; look += 1) {
    const announced = next;
    const ran = await underLease(
      target,
      announced,
      (terms) => looked(work, announced, target, sls, terms, leases),
      leases,
    );
    if ('reply' in ran) return ran.reply;
    next = ran.moved;
  }
  throw busyFor(target, 'is changed by others again and again');
}

/** Either the answer, or a plan that takes or brings members that were not announced: nothing is sent then. */
async function looked<Look extends Answer<MachineGroup>>(
  work: Work<Look>,
  announced: Members,
  target: Target,
  sls: SlsClient,
  { due, beforeAttempt, isHeld }: LeaseTerms,
  leases: RequestLeases,
): Promise<{ readonly reply: Reply } | { readonly moved: Planned }> {
  const reading = sls.with({ due });
  // First, so that nothing stands between the look and the write.
  const through = await refuseFrozen(target, isHeld, leases);
  const look = await work.look(reading);
  const planned = work.plan(look);
  if (!planned) return { reply: { requestId: look.requestId } };
  if (!covers(announced, planned)) return { moved: planned };
  beforeAttempt();
  const beforeRepeat = async () => {
    await refuseFrozen(target, isHeld, leases);
    // Last, as looking takes time.
    beforeAttempt();
  };
  const { requestId } = await planned.send(sls.with({ due, beforeRepeat }));
  const isShown = await shown(planned, target, reading, due, leases);
  const note = {
    ...planned.note,
    ...defined({ throughFreeze: through }),
    ...(!isShown && { unconfirmed: true }),
  };
  return { reply: { requestId, note } };
}

function covers(announced: Members, planned: Members): boolean {
  const [removals, additions] = [new Set(announced.removals), new Set(announced.additions)];
  return (
    planned.removals.every((member) => removals.has(member)) &&
    planned.additions.every((member) => additions.has(member))
  );
}

/** SLS has taken the write by now, so that nothing here is an error of the request. */
async function shown(
  { shows }: Planned,
  { project, name }: Target,
  reading: SlsClient,
  due: number,
  { clock, sleep }: RequestLeases,
): Promise<boolean> {
  try {
    for (const pause of READ_BACK_PAUSES_MS) {
      if (shows(await present(project, name, reading))) return true;
      if (clock().now + pause >= due) return false;
      await sleep(pause);
    }
    return shows(await present(project, name, reading));
  } catch {
    return false;
  }
}

async function present(project: string, name: string, sls: SlsClient): Promise<MachineGroup | undefined> {
  try {
    return (await sls.getMachineGroup(project, name)).value;
  } catch (error) {
    if (error instanceof SlsError && error.kind === 'group-missing') return undefined;
    throw error;
  }
}

/** One a process: it holds connections. */
const tables = new WeakMap<Runtime['config'], MemoryTable>();

export function requestLeases({ by, due }: Target, runtime: Runtime, tableName: string): RequestLeases {
  const table = tables.get(runtime.config) ?? memoryTable(tableName);
  tables.set(runtime.config, table);
  const { now, log, sleep } = runtime;
  return {
    table,
    clock: () => ({ now: now(), elapsed: performance.now() }),
    newHolder: () => `${by} ${randomUUID()}`,
    onKept: (error) => log('warn', 'lease.kept', { error: loggedError(error) }),
    onDown: (error) => log('warn', 'memory.down', { error: loggedError(error), says: DOWN }),
    sleep,
    due,
  };
}

const DOWN = 'the write goes on without a lease';
