// What a write does when somebody else wrote between the plan and the write.
import { describe, expect, test } from 'vitest';
import { ABSENT, type CurrentGroup, membersOf } from '../../../lib/core/group/current.ts';
import type { MachineGroup } from '../../../lib/core/group/machine-group.ts';
import type { Decision } from '../../../lib/core/plan/decide.ts';
import { type Plan, removalsOf } from '../../../lib/core/plan/plan.ts';
import { writeChange } from '../../../lib/runtime/sync/group-access.ts';
import type { CallTerms } from '../../../lib/sls/call.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { SlsError } from '../../../lib/sls/errors.ts';
import { decideAgainOn, decideOn, definitionOf, machines, present, wanted } from '../core/values.ts';

/** A service with one group, or without it. */
function serviceWith(definition: MachineGroup | undefined) {
  const writes: (readonly string[])[] = [];
  let now = definition;
  const sls: SlsClient = {
    getMachineGroup: async () => {
      if (now) return { value: now, requestId: 'ID' };
      const target = { operation: 'GetMachineGroup', project: 'p', group: 'web' } as const;
      throw new SlsError('gone', { ...target, kind: 'group-missing', code: 'MachineGroupNotExist' });
    },
    with: () => sls,
    updateMachineGroup: async (_p: string, sent: MachineGroup) => {
      writes.push(sent.machineList);
      now = { ...sent, createTime: 1, lastModifyTime: 2 };
      return { value: undefined, requestId: 'ID' };
    },
  } as unknown as SlsClient;
  return { sls, writes };
}

/** A service that refuses the first attempt of a full update; `meanwhile` is what the group is after the wait. */
function serviceThatWaits(definition: MachineGroup, meanwhile: (sent: MachineGroup) => MachineGroup) {
  let attempts = 1;
  let now = definition;
  const bound = ({ beforeRepeat }: CallTerms): SlsClient =>
    ({
      with: bound,
      getMachineGroup: async () => ({ value: now, requestId: 'ID' }),
      updateMachineGroup: async (_p: string, sent: MachineGroup) => {
        now = meanwhile(sent);
        await beforeRepeat?.();
        attempts += 1;
        now = { ...sent, createTime: definition.createTime, lastModifyTime: 1_700_000_900 };
        return { value: undefined, requestId: 'ID' };
      },
    }) as unknown as SlsClient;
  return { sls: bound({}), attempts: () => attempts };
}

const all = machines(12);
const noWait = async () => {};

const decision = decideOn({ current: present(all), wanted: wanted(all.slice(2)) });

/** Decides once more on the members that were to go. */
const again = (first: Decision) => (current: CurrentGroup) =>
  decideAgainOn(first, { current }, new Set(removalsOf(first.change)));

describe('a group that is no longer what it was', () => {
  test.each([
    ['has one more', [...all, '10.9.9.9'], all.slice(0, 2), [...all.slice(2), '10.9.9.9']],
    ['has lost one that stays', all.slice(0, -1), all.slice(0, 2), all.slice(2)],
    ['has lost one of those that go', all.slice(1), all.slice(1, 2), all.slice(2)],
  ])('[11] is planned and judged once more when it %s', async (_, list, goes, members) => {
    const { sls, writes } = serviceWith(definitionOf(list, { lastModifyTime: 1_700_000_500 }));
    const { error, instead, sent } = await writeChange(decision, sls, noWait, again(decision));
    expect([error, sent]).toEqual([undefined, true]);
    // What others removed is not told as removed by us, and what others added waits.
    expect(removalsOf(instead?.change as Plan)).toEqual(goes);
    expect([...(writes[0] ?? [])].sort()).toEqual([...members].sort());
  });

  test('is left as it is when it is somebody else’s by now', async () => {
    const groupAttribute = { groupTopic: '', externalName: 'somebody-else' };
    const { sls, writes } = serviceWith(definitionOf(all, { groupAttribute }));
    const { error, instead } = await writeChange(decision, sls, noWait, again(decision));
    expect(error).toBeUndefined();
    expect(instead).toMatchObject({ outcome: 'left-alone', refusals: [{ code: 'foreign' }] });
    expect(writes).toEqual([]);
  });

  test('is written when only time has passed', async () => {
    const { sls, writes } = serviceWith(definitionOf(all));
    const { was, is, ...outcome } = await writeChange(decision, sls, noWait, again(decision));
    expect(outcome).toEqual({ sent: true });
    expect([was?.state, is?.state]).toEqual(['present', 'present']);
    expect(writes).toEqual([all.slice(2)]);
  });

  test('is not written when it changes all the time', async () => {
    let reads = 0;
    const sls = {
      getMachineGroup: async () => {
        reads += 1;
        return { value: definitionOf(all, { lastModifyTime: 1_700_000_500 + reads }), requestId: 'ID' };
      },
    } as unknown as SlsClient;
    const outcome = await writeChange(decision, sls, noWait, again(decision));
    expect(outcome).toMatchObject({
      error: { code: 'GroupMoved' },
      sent: false,
      mayHaveTakenEffect: false,
      unwritten: { operation: 'update' },
    });
    expect(reads).toBe(2);
  });
});

describe('a write that failed', () => {
  const target = { operation: 'UpdateMachineGroup', project: 'p', group: 'web' } as const;
  const refusal = new SlsError('no', { ...target, kind: 'forbidden', code: 'Forbidden', status: 403 });
  const silence = new SlsError('?', { ...target, kind: 'timeout', code: 'Timeout', ambiguous: true });
  const unread = new SlsError('no', { ...target, kind: 'forbidden', code: 'Forbidden', status: 403 });

  test.each([
    ['was refused', refusal, undefined, false],
    ['got no answer', silence, undefined, true],
    ['worked, and could not be read back', undefined, unread, true],
  ])('[11] is told as what is known of it when it %s', async (_, write, read, mayHave) => {
    let wrote = false;
    const bound: SlsClient = {
      with: () => bound,
      getMachineGroup: async () => {
        if (wrote && read) throw read;
        return { value: definitionOf(all), requestId: 'ID' };
      },
      updateMachineGroup: async () => {
        if (write) throw write;
        wrote = true;
        return { value: undefined, requestId: 'ID' };
      },
    } as unknown as SlsClient;
    const outcome = await writeChange(decision, bound, noWait, again(decision));
    expect(outcome).toMatchObject({ sent: true, mayHaveTakenEffect: mayHave });
  });
});

describe('a full update that has to be sent again', () => {
  const before = definitionOf(all);
  const full = decideOn({ current: present(all), wanted: wanted(all.slice(3)) });

  test('is sent again when the group is what it was', async () => {
    const { sls, attempts } = serviceThatWaits(before, () => before);
    const { was, is, ...outcome } = await writeChange(full, sls, noWait, again(full));
    expect(outcome).toEqual({ sent: true });
    // What the history keeps: the group right before the write and right after it.
    expect([was, is].map((read) => membersOf(read ?? ABSENT).size)).toEqual([12, 9]);
    expect(attempts()).toBe(2);
  });

  test('[10] is not sent again when the first attempt worked after all', async () => {
    const worked = (sent: MachineGroup) => ({ ...before, ...sent, lastModifyTime: 1 });
    const { sls, attempts } = serviceThatWaits(before, worked);
    const { was, is, ...outcome } = await writeChange(full, sls, noWait, again(full));
    expect(outcome).toEqual({ sent: true });
    // What the history keeps: the group right before the write and right after it.
    expect([was, is].map((read) => membersOf(read ?? ABSENT).size)).toEqual([12, 9]);
    expect(attempts()).toBe(1);
  });

  test('[10] is not sent again over an edit made after the first attempt worked', async () => {
    const edited = (sent: MachineGroup) => ({
      ...before,
      ...sent,
      machineList: [...sent.machineList, '10.9.9.9'],
      lastModifyTime: 1,
    });
    const { sls, attempts } = serviceThatWaits(before, edited);
    const { error } = await writeChange(full, sls, noWait, again(full));
    expect(error).toMatchObject({ code: 'GroupMoved' });
    expect(attempts()).toBe(1);
  });

  test('is given up when somebody wrote in the wait', async () => {
    const groupAttribute = { groupTopic: '', externalName: 'somebody-else' };
    const { sls, attempts } = serviceThatWaits(before, () => ({ ...before, groupAttribute }));
    const { error, unwritten } = await writeChange(full, sls, noWait, again(full));
    expect(error).toMatchObject({ code: 'GroupMoved' });
    expect(unwritten?.operation).toBe('update');
    expect(attempts()).toBe(1);
  });
});
