// What a write does when somebody else wrote between the plan and the write.
import { describe, expect, test } from 'vitest';
import type { MachineGroup } from '../../../lib/core/group/machine-group.ts';
import { writeChange } from '../../../lib/runtime/sync/group-access.ts';
import type { CallTerms } from '../../../lib/sls/call.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { SlsError } from '../../../lib/sls/errors.ts';
import { decideOn, definitionOf, groupConfig, machines, present, wanted } from '../core/values.ts';

/** A service with one group, or without it. */
function serviceWith(definition: MachineGroup | undefined) {
  const writes: string[] = [];
  let now = definition;
  const sls: SlsClient = {
    getMachineGroup: async () => {
      if (now) return { value: now, requestId: 'ID' };
      const target = { operation: 'GetMachineGroup', project: 'p', group: 'web' } as const;
      throw new SlsError('gone', { ...target, kind: 'group-missing', code: 'MachineGroupNotExist' });
    },
    with: () => sls,
    updateMachines: async (_p: string, _g: string, action: 'add' | 'delete', named: readonly string[]) => {
      writes.push(action);
      const others = now?.machineList.filter((machine) => !named.includes(machine)) ?? [];
      now = definitionOf(action === 'add' ? [...others, ...named] : others);
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
const DELTA = groupConfig({ write: 'delta' });
const noWait = async () => {};

/** A delta that removes the first three of twelve, which is within the limit. */
const decision = decideOn({ group: DELTA, current: present(all), wanted: wanted(all.slice(3)) });

describe('a delta upon a group that is no longer what it was', () => {
  test.each([
    ['has one more', [...all, '10.9.9.9'], undefined],
    ['has lost one that stays', all.slice(0, -1), undefined],
    ['has lost one of those that go', all.slice(1), undefined],
    // Three of ten are within 30 %, three of nine beyond it, and in a small group two may go.
    ['has so few that those that go are too many', all.slice(0, -3), /would remove 3 of 9 members/],
    ['has only those that go', all.slice(0, 3), /would remove 3 of 3 members/],
    ['has only two of those that go', all.slice(0, 2), /would remove every member/],
  ])('is written or refused when the group %s', async (_, list, says) => {
    const { sls, writes } = serviceWith(definitionOf(list, { lastModifyTime: 1_700_000_500 }));
    const { error, unwritten } = await writeChange(decision, sls, noWait);
    expect(writes).toEqual(says === undefined ? ['delete'] : []);
    expect(unwritten.map(({ operation }) => operation)).toEqual(says === undefined ? [] : ['delete']);
    if (says === undefined) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ code: 'GroupMoved', message: expect.stringMatching(says) });
  });

  test('is a full update when the plan changes the group itself, and nothing may have moved', async () => {
    const group = groupConfig({ write: 'delta', topic: 'web' });
    const retitled = decideOn({ group, current: present(all), wanted: wanted(all.slice(3)) });
    const moved = serviceWith(definitionOf([...all, '10.9.9.9']));
    const { error, unwritten } = await writeChange(retitled, moved.sls, noWait);
    expect(error).toMatchObject({ code: 'GroupMoved' });
    expect(unwritten.map(({ operation }) => operation)).toEqual(['update']);
  });

  test('is refused when the group is gone', async () => {
    const { sls, writes } = serviceWith(undefined);
    expect(await writeChange(decision, sls, noWait)).toMatchObject({ error: { code: 'GroupMoved' } });
    expect(writes).toEqual([]);
  });

  test('is refused under an approval, which is for the group as it was', async () => {
    const input = { group: DELTA, current: present(all), wanted: wanted(all.slice(9)) };
    const { fingerprint = '' } = decideOn(input);
    const approved = decideOn({ ...input, approval: { fingerprint, reason: 'looked at it' } });
    expect(approved.lifted).toHaveLength(1);
    const same = serviceWith(definitionOf(all));
    expect(await writeChange(approved, same.sls, noWait)).toEqual({ unwritten: [], sent: true });
    const moved = serviceWith(definitionOf([...all, '10.9.9.9'], { lastModifyTime: 1_700_000_500 }));
    expect(await writeChange(approved, moved.sls, noWait)).toMatchObject({ error: { code: 'GroupMoved' } });
    expect(moved.writes).toEqual([]);
  });
});

describe('a full update that has to be sent again', () => {
  const before = definitionOf(all);
  const full = decideOn({ current: present(all), wanted: wanted(all.slice(3)) });

  test('is sent again when the group is what it was', async () => {
    const { sls, attempts } = serviceThatWaits(before, () => before);
    expect(await writeChange(full, sls, noWait)).toEqual({ unwritten: [], sent: true });
    expect(attempts()).toBe(2);
  });

  test('10: is not sent again when the first attempt worked after all', async () => {
    const worked = (sent: MachineGroup) => ({ ...before, ...sent, lastModifyTime: 1 });
    const { sls, attempts } = serviceThatWaits(before, worked);
    expect(await writeChange(full, sls, noWait)).toEqual({ unwritten: [], sent: true });
    expect(attempts()).toBe(1);
  });

  test('10: is not sent again over an edit made after the first attempt worked', async () => {
    const edited = (sent: MachineGroup) => ({
      ...before,
      ...sent,
      machineList: [...sent.machineList, '10.9.9.9'],
      lastModifyTime: 1,
    });
    const { sls, attempts } = serviceThatWaits(before, edited);
    const { error } = await writeChange(full, sls, noWait);
    expect(error).toMatchObject({ code: 'GroupMoved' });
    expect(attempts()).toBe(1);
  });

  test('is given up when somebody wrote in the wait', async () => {
    const groupAttribute = { groupTopic: '', externalName: 'somebody-else' };
    const { sls, attempts } = serviceThatWaits(before, () => ({ ...before, groupAttribute }));
    const { error, unwritten } = await writeChange(full, sls, noWait);
    expect(error).toMatchObject({ code: 'GroupMoved' });
    expect(unwritten).toHaveLength(1);
    expect(attempts()).toBe(1);
  });
});

describe('a delta that has to be sent again', () => {
  const mine = { groupTopic: '', externalName: 'sls-machine-groups/staging' };

  test.each([
    ['the group is what it was', definitionOf(all), undefined],
    ['the first attempt worked after all', definitionOf(all.slice(3)), undefined],
    ['somebody added a machine', definitionOf([...all, '10.9.9.9']), undefined],
    ['somebody took the group', definitionOf(all, { groupAttribute: mine }), /belongs to owner/],
    ['somebody left only those that go', definitionOf(all.slice(0, 3)), /would remove 3 of 3 members/],
  ])('looks again after a wait in which %s', async (_, meanwhile, says) => {
    let now = definitionOf(all);
    let attempts = 1;
    const bound = ({ beforeRepeat }: CallTerms): SlsClient =>
      ({
        with: bound,
        getMachineGroup: async () => ({ value: now, requestId: 'ID' }),
        updateMachines: async (_p: string, _g: string, _a: string, gone: string[]) => {
          now = meanwhile;
          await beforeRepeat?.();
          attempts += 1;
          now = definitionOf(now.machineList.filter((machine) => !gone.includes(machine)));
          return { value: undefined, requestId: 'ID' };
        },
      }) as unknown as SlsClient;
    const { error } = await writeChange(decision, bound({}), noWait);
    expect(attempts).toBe(says === undefined ? 2 : 1);
    if (says === undefined) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ code: 'GroupMoved', message: expect.stringMatching(says) });
  });
});
