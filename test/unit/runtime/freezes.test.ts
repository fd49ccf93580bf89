// Freezes in the memory: set and lifted with conditions, beside whoever else writes the item of the deployment.
import { describe, expect, test } from 'vitest';
import { ALL, freezeOf } from '../../../lib/core/freeze/freeze.ts';
import { deploymentChange, newDeployment, readDeployment } from '../../../lib/core/memory/deployment.ts';
import { DEPLOYMENT_ID, epochOf } from '../../../lib/core/memory/known.ts';
import { DAY, HOUR } from '../../../lib/core/removal/settings.ts';
import { freeze, unfreeze } from '../../../lib/runtime/freezes/store.ts';
import { InMemoryTable } from '../../support/memory/in-memory.ts';

const NOW = Date.UTC(2026, 10, 26, 3);
const WEB = 'p/web';

function world() {
  const table = new InMemoryTable();
  const at = { now: NOW };
  const deps = { table, log: () => {}, now: () => at.now, due: NOW + DAY };
  const freezes = () => {
    const read = readDeployment(table.items.get(DEPLOYMENT_ID) ?? {});
    return read.readable ? read.item.freezes : [];
  };
  return { table, at, deps, freezes };
}

const word = { who: 'alice', reason: 'an incident', until: NOW + HOUR };

describe('freeze', () => {
  test('stores who, why, since and until, and begins no memory', async () => {
    const { table, deps, freezes } = world();
    const stored = [{ group: WEB, ...word, since: NOW }];
    expect(await freeze([WEB], word, deps)).toEqual(stored);
    expect(freezes()).toEqual(stored);
    expect(epochOf(table.items.get(DEPLOYMENT_ID))).toMatchObject({ epoch: undefined });
  });
  test('leaves what others have stored beside it', async () => {
    const { table, deps } = world();
    const item = { ...newDeployment(NOW - DAY), breakers: [{ reading: 'ec2', since: NOW }] };
    const change = deploymentChange(undefined, item);
    if (change) await table.write(DEPLOYMENT_ID, change, 0);
    await freeze([ALL], word, deps);
    expect(readDeployment(table.items.get(DEPLOYMENT_ID) ?? {})).toMatchObject({
      item: { ...item, freezes: [{ group: ALL }] },
    });
  });
  test('given by many at once, none gets lost', async () => {
    const { deps, freezes } = world();
    const groups = Array.from({ length: 10 }, (_, at) => `p/g${at}`);
    await Promise.all(groups.map((group) => freeze([group], word, deps)));
    expect(
      freezes()
        .map(({ group }) => group)
        .sort(),
    ).toEqual(groups);
  });
  test('answers with the freeze that stands, where one ends later', async () => {
    const { deps } = world();
    await freeze([ALL], { ...word, until: NOW + DAY }, deps);
    expect(await freeze([WEB], word, deps)).toMatchObject([{ group: ALL, until: NOW + DAY }]);
  });
  test('is refused where there is no room, and nothing of it is stored', async () => {
    const { deps, freezes } = world();
    const groups = Array.from({ length: 900 }, (_, at) => `p/g${at}`);
    await expect(freeze(groups, word, deps)).rejects.toMatchObject({ status: 413, code: 'FreezesFull' });
    expect(freezes()).toEqual([]);
    await freeze([ALL], word, deps);
    expect(freezes()).toHaveLength(1);
  });
  test.each<[string, number, (table: InMemoryTable) => void]>([
    [
      'MemoryUnavailable',
      503,
      (table) => {
        table.down = new Error('no answer');
      },
    ],
    [
      'MemoryUnreadable',
      500,
      (table) => {
        table.items.set(DEPLOYMENT_ID, { version: 7, revision: 1 });
      },
    ],
  ])('is told %s', async (code, status, spoil) => {
    const { table, deps } = world();
    spoil(table);
    await expect(freeze([WEB], word, deps)).rejects.toMatchObject({ status, code });
    await expect(unfreeze([WEB], deps)).rejects.toMatchObject({ status, code });
  });
});

describe('unfreeze', () => {
  test('ends the freeze now, and keeps when that was', async () => {
    const { at, deps, freezes } = world();
    await freeze([WEB, 'p/db'], word, deps);
    at.now += 60_000;
    const { lifted } = await unfreeze([WEB], deps);
    expect(lifted).toMatchObject([{ group: WEB, ...word }]);
    expect(freezeOf(freezes(), WEB, at.now)).toBeUndefined();
    expect(freezes()).toContainEqual({ group: WEB, who: '', reason: '', until: NOW + 60_000 });
    expect(freezeOf(freezes(), 'p/db', at.now)).toBeDefined();
  });
  test('says what still freezes a group that has no freeze of its own', async () => {
    const { deps } = world();
    await expect(unfreeze([WEB], deps)).rejects.toMatchObject({ status: 404, code: 'FreezeNotExist' });
    await freeze([ALL], word, deps);
    await expect(unfreeze([WEB], deps)).rejects.toThrow(
      'all groups are frozen until 2026-11-26T04:00:00.000Z',
    );
  });
});
