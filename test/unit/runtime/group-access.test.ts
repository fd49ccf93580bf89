// What a write does when somebody else wrote between the plan and the write.
import { describe, expect, test } from 'vitest';
import type { MachineGroup } from '../../../lib/core/group/machine-group.ts';
import { writeChange } from '../../../lib/runtime/sync/group-access.ts';
import type { CallTerms } from '../../../lib/sls/call.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { SlsError } from '../../../lib/sls/errors.ts';
import { decideOn, definitionOf, machines, present, wanted } from '../core/values.ts';

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

const decision = decideOn({ current: present(all), wanted: wanted(all.slice(3)) });

describe('a group that is no longer what it was', () => {
  test.each([
    ['has one more', [...all, '10.9.9.9']],
    ['has lost one that stays', all.slice(0, -1)],
    ['has lost one of those that go', all.slice(1)],
  ])('is not written when it %s', async (_, list) => {
    const { sls, writes } = serviceWith(definitionOf(list, { lastModifyTime: 1_700_000_500 }));
    const { error, unwritten } = await writeChange(decision, sls, noWait);
    expect(writes).toEqual([]);
    expect(unwritten?.operation).toBe('update');
    expect(error).toMatchObject({ code: 'GroupMoved' });
  });

  test('is not written when it is gone', async () => {
    const { sls, writes } = serviceWith(undefined);
    expect(await writeChange(decision, sls, noWait)).toMatchObject({ error: { code: 'GroupMoved' } });
    expect(writes).toEqual([]);
  });

  test('is written when only time has passed', async () => {
    const { sls, writes } = serviceWith(definitionOf(all));
    expect(await writeChange(decision, sls, noWait)).toEqual({ sent: true });
    expect(writes).toEqual([all.slice(3)]);
  });
});

describe('a full update that has to be sent again', () => {
  const before = definitionOf(all);
  const full = decideOn({ current: present(all), wanted: wanted(all.slice(3)) });

  test.each([
    ['the group is what it was', () => before],
    [
      'the first attempt worked after all',
      (sent: MachineGroup) => ({ ...before, ...sent, lastModifyTime: 1 }),
    ],
  ])('is sent again when %s', async (_, meanwhile) => {
    const { sls, attempts } = serviceThatWaits(before, meanwhile);
    expect(await writeChange(full, sls, noWait)).toEqual({ sent: true });
    expect(attempts()).toBe(2);
  });

  test('is given up when somebody wrote in the wait', async () => {
    const groupAttribute = { groupTopic: '', externalName: 'somebody-else' };
    const { sls, attempts } = serviceThatWaits(before, () => ({ ...before, groupAttribute }));
    const { error, unwritten } = await writeChange(full, sls, noWait);
    expect(error).toMatchObject({ code: 'GroupMoved' });
    expect(unwritten?.operation).toBe('update');
    expect(attempts()).toBe(1);
  });
});
