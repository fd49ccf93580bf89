// The RAM policies are what the table of operations says, and say no more than they have to.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';
import { POLICIES, RAM_FOLDER, type RamPolicy, ramPolicy } from '../../lib/build/ram.ts';
import { OPERATIONS } from '../../lib/sls/operations.ts';

const read = async (name: string) =>
  JSON.parse(await readFile(new URL(`${name}.json`, RAM_FOLDER), 'utf8')) as RamPolicy;
const actionsOf = ({ Statement }: RamPolicy) => Statement.flatMap(({ Action }) => Action).toSorted();

test('the committed policies are the ones the table gives: node lib/build/ram.ts', async () => {
  expect((await readdir(RAM_FOLDER)).toSorted()).toEqual(
    Object.keys(POLICIES)
      .map((name) => `${name}.json`)
      .toSorted(),
  );
  for (const [name, operations] of Object.entries(POLICIES))
    expect(await read(name), name).toEqual(ramPolicy(operations));
});

describe.each(Object.keys(POLICIES))('%s', (name) => {
  test('allows its operations and no others', async () => {
    const names = (await read(name)).Statement.flatMap(({ Action }) => Action).filter(
      (action) => !/^log:(Apply|Remove)Config\w*Group$/.test(action) || action.endsWith('MachineGroup'),
    );
    expect(names.toSorted()).toEqual(
      (POLICIES[name] ?? []).map((operation) => `log:${operation}`).toSorted(),
    );
  });

  test('names no action by a wildcard, and everything only where RAM takes nothing narrower', async () => {
    const { Statement } = await read(name);
    expect(Statement.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    const onAll = Statement.filter(({ Resource }) => Resource.includes('*'));
    expect(
      onAll.flatMap(({ Action }) => Action).filter((action) => action !== 'log:UpdateMachineGroupMachine'),
    ).toEqual([]);
    const elsewhere = Statement.filter(({ Resource }) => !Resource.includes('*')).flatMap(
      ({ Action }) => Action,
    );
    expect(elsewhere).not.toContain('log:UpdateMachineGroupMachine');
  });
});

// By the method: a write that is called safe by mistake would be in the policy.
test('read-only holds no action that writes', async () => {
  const writes = Object.values(OPERATIONS)
    .filter(({ method }) => method !== 'GET')
    .map(({ ramAction }) => ramAction);
  expect(
    actionsOf(await read('read-only')).filter((action) => (writes as string[]).includes(action)),
  ).toEqual([]);
  expect(writes.length).toBeGreaterThan(0);
});

/** Methods of the client that the sync may call, and the operation of each. */
const OPERATION_OF: Readonly<Record<string, string>> = {
  createMachineGroup: 'CreateMachineGroup',
  getMachineGroup: 'GetMachineGroup',
  updateMachineGroup: 'UpdateMachineGroup',
  updateMachines: 'UpdateMachineGroupMachine',
};

test('sync holds what the sync calls, and nothing else', async () => {
  const folder = join(ROOT, 'lib/runtime/sync');
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const called = texts.flatMap((text) =>
    Array.from(
      text.matchAll(/\b(?:sls|careful)\.(\w+)\(/g),
      ([, name]) => OPERATION_OF[name as string] ?? name,
    ),
  );
  expect([...new Set(called)].filter((name) => name !== 'with').toSorted()).toEqual(
    [...(POLICIES.sync ?? [])].toSorted(),
  );
});

// The two by hand, as the older RAM documents have them.
test('the older names of two actions stand beside the newer ones', async () => {
  const actions = actionsOf(await read('full'));
  for (const name of ['ApplyConfigToGroup', 'RemoveConfigFromGroup'])
    expect(actions).toContain(`log:${name}`);
  expect(actions).toHaveLength(Object.keys(OPERATIONS).length + 2);
});
