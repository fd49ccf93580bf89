// A group as it is now, and the write that changes it: read right before, compare, write, read back, compare.

import { isDeepStrictEqual } from 'node:util';
import type { GroupConfig } from '../../core/config/config.ts';
import { ABSENT, type CurrentGroup, movedSince, presentGroup } from '../../core/group/current.ts';
import type { MachineGroupDefinition } from '../../core/group/machine-group.ts';
import { mismatches, type Write, writeFor } from '../../core/plan/apply.ts';
import type { Decision } from '../../core/plan/decide.ts';
import { advise, UNWRITTEN, type UnwrittenCode } from '../../core/refusal/codes.ts';
import { defined } from '../../core/text/defined.ts';
import { READ_BACK_PAUSES_MS } from '../../core/time/timeouts.ts';
import { canonical } from '../../inventory/members.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import { isSameDefinition } from '../../sls/groups.ts';
import type { WriteOutcome } from './ports.ts';

/** A write that was not made, or not seen to have worked, although SLS refused nothing. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
  readonly code: Extract<UnwrittenCode, 'GroupMoved' | 'GroupFrozen' | 'NotConfirmed'>;
  constructor(code: WriteError['code'], message: string) {
    super(advise(message, code, UNWRITTEN));
    this.code = code;
  }
}

export async function readCurrent(group: GroupConfig, sls: SlsClient): Promise<CurrentGroup> {
  try {
    const { value } = await sls.getMachineGroup(group.project, group.name);
    return presentGroup(value, canonical);
  } catch (error) {
    if (error instanceof SlsError && error.kind === 'group-missing') return ABSENT;
    throw error;
  }
}

/**
 * Carries out a decision's change. If the group was written since it was read, it is planned and judged once more on
 * what is read now, once. Never rejects: what failed and what is left undone is the outcome.
 * @param again decides once more, on another read
 * @param beforeAttempt called right before anything is sent to write; what it throws ends the write
 * @param lastLook the decision as it is to be now: the same one, or another where the memory says something else by now. Asked right
 * before the group is read for an attempt, so that nothing stands between that reading and the write
 */
export async function writeChange(
  decision: Decision,
  sls: SlsClient,
  sleep: (ms: number) => Promise<void>,
  again: (current: CurrentGroup) => Promise<Decision>,
  beforeAttempt: () => void = () => {},
  lastLook: (decision: Decision) => Promise<Decision> = async (same) => same,
): Promise<WriteOutcome> {
  const { group } = decision;
  let now = decision;
  let write = writeFor(decision.current, decision.change, group);
  let sent = false;
  let answered = false;
  let was: CurrentGroup | undefined;
  let is: CurrentGroup | undefined;
  const seen = () => defined({ was, is });
  const instead = () => (now === decision ? {} : { instead: now });
  try {
    now = await lastLook(now);
    if (now.outcome !== 'change') return instead();
    let before = await readCurrent(group, sls);
    if (movedSince(now.current, before)) {
      now = await lastLook(await again(before));
      if (now.outcome !== 'change') return instead();
      write = writeFor(before, now.change, group);
      before = await readCurrent(group, sls);
      const moved = movedSince(now.current, before);
      if (moved) throw new WriteError('GroupMoved', `the group changes all the time: ${moved}`);
    }
    write = writeFor(before, now.change, group);
    beforeAttempt();
    was = before;
    sent = true;
    const stillMay = async () => {
      const next = await lastLook(now);
      if (isDeepStrictEqual(next.change, now.change)) return;
      throw next.freeze && !now.freeze
        ? new WriteError('GroupFrozen', 'the group was frozen between two attempts')
        : new WriteError('GroupMoved', 'what may be written changed between two attempts');
    };
    await send(group, write, before, sls, stillMay, beforeAttempt);
    answered = true;
    await confirm(now, before, sls, sleep, (read) => {
      is = read;
    });
    return { sent, ...seen(), ...instead() };
  } catch (error) {
    const isRefused = error instanceof SlsError && !error.ambiguous && !answered;
    return { unwritten: write, error, sent, mayHaveTakenEffect: sent && !isRefused, ...seen(), ...instead() };
  }
}

async function send(
  group: GroupConfig,
  { operation, definition }: Write,
  before: CurrentGroup,
  sls: SlsClient,
  stillMay: () => Promise<void>,
  beforeAttempt: () => void,
): Promise<void> {
  if (operation === 'create') {
    // It never replaces anything, so what it was compared with does not count.
    const beforeRepeat = async () => {
      await stillMay();
      beforeAttempt();
    };
    await sls.with({ beforeRepeat }).createMachineGroup(group.project, definition);
    return;
  }
  // What is refused is sent again after a wait, which may be seconds; somebody may have written meanwhile.
  const beforeRepeat = async () => {
    await stillMay();
    const now = await readCurrent(group, sls);
    if (isInPlace(definition, now)) throw new InPlace();
    const reason = movedSince(before, now);
    if (reason) throw new WriteError('GroupMoved', `the group changed between two attempts: ${reason}`);
    // Last, as reading takes time.
    beforeAttempt();
  };
  const careful = sls.with({ beforeRepeat });
  await careful.updateMachineGroup(group.project, definition).catch((error: unknown) => {
    if (!(error instanceof InPlace)) throw error;
  });
}

/** Ends a call whose earlier attempt worked after all: sent again it would undo whatever is written from now on. */
class InPlace extends Error {
  override readonly name = 'InPlace';
}

function isInPlace(definition: MachineGroupDefinition, now: CurrentGroup): boolean {
  return now.state === 'present' && isSameDefinition(now.definition, definition);
}

async function confirm(
  { group, change }: Decision,
  before: CurrentGroup,
  sls: SlsClient,
  sleep: (ms: number) => Promise<void>,
  onRead: (is: CurrentGroup) => void,
): Promise<void> {
  for (const pause of [...READ_BACK_PAUSES_MS, undefined]) {
    const read = await readCurrent(group, sls);
    onRead(read);
    const found = mismatches(before, change, read);
    if (found.length === 0) return;
    if (pause === undefined) throw new WriteError('NotConfirmed', `read back: ${found.join('; ')}`);
    await sleep(pause);
  }
}
