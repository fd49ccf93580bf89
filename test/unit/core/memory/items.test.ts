// Items to fields and back: nothing is lost that fits, nothing is larger than the table takes, and nothing that others wrote
// makes a run fall over.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approvalsFit, approvedIn } from '../../../../lib/core/memory/approvals.ts';
import { ITEM_BYTES_MAX, LIST_BYTES_MAX } from '../../../../lib/core/memory/bounds.ts';
import {
  type DeploymentItem,
  deploymentFields,
  fits,
  newDeployment,
  projectFields,
  readDeployment,
  readProject,
} from '../../../../lib/core/memory/deployment.ts';
import { type GroupItem, groupChange, groupFields, readGroup } from '../../../../lib/core/memory/group.ts';
import { epochOf, knownOf } from '../../../../lib/core/memory/known.ts';
import { pendingOf } from '../../../../lib/core/memory/pending.ts';
import { changed, type Fields } from '../../../../lib/core/memory/table.ts';
import { isNew, newMemory, type RemovalMemory } from '../../../../lib/core/removal/memory.ts';
import { DAY } from '../../../../lib/core/removal/settings.ts';
import { groupItem } from './values.ts';

/** What DynamoDB counts: names and texts in UTF-8, 21 bytes for a number at most. */
const bytes = (fields: Fields): number =>
  Object.entries(fields).reduce(
    (sum, [name, value]) =>
      sum + Buffer.byteLength(name) + (typeof value === 'string' ? Buffer.byteLength(value) : 21),
    0,
  );
const NOW = 1_790_000_000_000;
const APPROVAL = {
  id: 'first',
  removals: ['10.0.0.1'],
  who: 'arn:aws:iam::123456789012:user/somebody',
  reason: 'gone',
  at: NOW,
  until: NOW + DAY,
};
const item = (fields: Fields) => {
  const read = readGroup(fields);
  if (!read.readable) throw new Error(read.says);
  return read.item;
};

describe('a group', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(groupItem, (before) => {
        expect(item(groupFields(before))).toEqual({ ...before });
      }),
    );
  });

  test('is made of another by the fields that differ, and the fields of a newer release stay', () => {
    fc.assert(
      fc.property(groupItem, groupItem, (before, after) => {
        const stored = { ...groupFields(before), ofALaterRelease: 'stays' };
        const change = groupChange(before, after);
        const now = change ? changed(stored, change) : stored;
        expect(item(now)).toEqual({ ...after });
        expect(now).toMatchObject({ ofALaterRelease: 'stays' });
        expect(groupChange(after, after)).toBeUndefined();
      }),
    );
  });

  const longIds = (length: number, many: number): GroupItem => {
    const id = (index: number) => `${index}-${'中'.repeat(length)}`;
    const seen = { hostId: id(1), uniqueId: id(2), heartbeat: 4e9, at: NOW };
    const missing = new Map(
      Array.from({ length: many }, (_, index) => [id(index), { since: NOW, readings: 9, seen }]),
    );
    const ids = [...missing.keys()];
    const hours = new Map(Array.from({ length: 1_000 }, (_, index) => [index, 1e9]));
    return {
      lease: { holder: id(0), since: NOW, until: NOW, pending: pendingOf(ids, ids, many) },
      again: NOW,
      verdict: { is: 'attention', since: NOW, code: id(0), says: id(0) },
      failingSince: NOW,
      incompleteSince: NOW,
      goodRuns: 1,
      ack: { who: id(0), reason: id(0), at: NOW, until: NOW, code: id(0) },
      mark: { is: id(0), at: NOW, replaced: { by: id(0), at: NOW } },
      lookedAt: NOW,
      notice: { at: NOW, digest: id(0) },
      removal: { since: NOW, readingAt: NOW, missing, added: hours, weak: hours },
      approvals: ids.map((one) => ({ ...APPROVAL, id: one, removals: [one] })),
      coverage: {
        at: NOW,
        wanted: many,
        reporting: 0,
        silent: many,
        never: 0,
        starting: 0,
        elsewhere: 0,
        strangers: many,
        whole: true,
        names: { silent: ids, never: ids, elsewhere: ids, strangers: ids },
        ids: { wanted: many, machines: many, most: many },
        usual: 1 / 3,
        droppedSince: NOW,
      },
      unmeasured: { since: NOW, says: id(0) },
      bindings: { at: NOW, digest: id(0), missing: ids, says: id(0) },
      removed: hours,
    };
  };
  test.each([
    ['the most addresses', 4, 2_000],
    ['user-defined ids as long as anybody likes', 400, 2_000],
    ['one id larger than the table takes', 200_000, 3],
  ])('is bounded in bytes: %s', (_, length, many) => {
    const fields = groupFields(longIds(length, many));
    expect(bytes(fields)).toBeLessThanOrEqual(ITEM_BYTES_MAX);
    const back = item(fields);
    expect(back.lease?.pending).toMatchObject({ removed: many, added: many });
  });
  test('keeps all of 2 000 missing addresses with who reported, and the oldest where not all fit', () => {
    const address = (index: number) => `10.100.${100 + (index >> 8)}.${index & 255}`;
    const seen = {
      hostId: 'C4B2A8F0-1D2E-4F3A-9B8C-7D6E5F4A3B2C',
      uniqueId: '',
      heartbeat: 1_790_000_000,
      at: NOW,
    };
    const memory = (names: string[]): RemovalMemory => ({
      ...newMemory(NOW),
      missing: new Map(names.map((member) => [member, { since: NOW, readings: 3, seen }])),
    });
    const all = Array.from({ length: 2_000 }, (_, index) => address(index));
    const back = item(groupFields({ removal: memory(all), removed: new Map() }));
    expect(back.removal?.missing.size).toBe(2_000);
    const long = all.map((name) => name + 'x'.repeat(1_000));
    const kept = [
      ...(item(groupFields({ removal: memory(long), removed: new Map() })).removal?.missing ?? []),
    ];
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.map(([member]) => member)).toEqual(long.slice(0, kept.length));
  });
  test('never cuts the id of a machine: it would read as another one', () => {
    const seen = { hostId: 'h'.repeat(10_000), uniqueId: '', heartbeat: 1, at: NOW };
    const missing = new Map([['10.0.0.1', { since: NOW, readings: 3, seen }]]);
    const back = item(groupFields({ removal: { ...newMemory(NOW), missing }, removed: new Map() }));
    expect(back.removal?.missing.get('10.0.0.1')).toEqual({ since: NOW, readings: 3 });
  });
});

describe('approvals', () => {
  test('come back as they were, and are told to be too large where they are', () => {
    const approvals = [APPROVAL];
    expect(item(groupFields({ approvals, removed: new Map() })).approvals).toEqual(approvals);
    expect(approvalsFit(approvals)).toBe(true);
    expect(approvalsFit([{ ...APPROVAL, removals: ['x'.repeat(LIST_BYTES_MAX)] }])).toBe(false);
  });
  test('cover what they name until they end, the first of several', () => {
    const second = { ...APPROVAL, id: 'second', removals: ['10.0.0.1', '10.0.0.2'], until: NOW + 2 * DAY };
    const covered = (now: number) =>
      [...approvedIn([APPROVAL, second], now)].map(([member, { id }]) => [member, id]);
    expect(covered(NOW)).toEqual([
      ['10.0.0.1', 'first'],
      ['10.0.0.2', 'second'],
    ]);
    expect(covered(APPROVAL.until)).toEqual([
      ['10.0.0.1', 'second'],
      ['10.0.0.2', 'second'],
    ]);
    expect(covered(second.until)).toEqual([]);
  });
});

describe('what others wrote', () => {
  test.each<[string, Fields, RegExp]>([
    ['no version', { removal: '{}' }, /no version/],
    ['a newer version', { version: 2 }, /version 2, and this release reads version 1/],
    ['a field that is no JSON', { version: 1, removal: '{' }, /removal is no JSON/],
    ['a field of another kind', { version: 1, lease: { M: {} } }, /lease is no text/],
    ['JSON of another shape', { version: 1, lease: '{"holder":1}' }, /lease has another shape/],
    ['a negative time', { version: 1, lookedAt: -1 }, /lookedAt has another shape/],
    [
      'missing members that are no rows',
      { version: 1, removal: '{"since":1,"readingAt":1,"missing":{},"added":[],"weak":[]}' },
      /removal has/,
    ],
  ])('is told: %s', (_, fields, says) => {
    expect(readGroup(fields)).toEqual({ readable: false, says: expect.stringMatching(says) });
    expect(knownOf(fields, 0, NOW)).toMatchObject({ state: 'unreadable' });
  });
  test('makes nothing fall over, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'version',
            'lease',
            'again',
            'removal',
            'removed',
            'verdict',
            'epoch',
            'approvals',
            'orphans',
          ),
          fc.oneof(fc.constant(1), fc.jsonValue(), fc.json(), fc.string()),
        ),
        (fields) => {
          for (const read of [readGroup, readDeployment, readProject])
            expect([true, false]).toContain(read(fields).readable);
          epochOf(fields);
        },
      ),
    );
  });
});

describe('the deployment and its projects', () => {
  const all: DeploymentItem = {
    epoch: NOW,
    freezes: [{ group: '*', who: 'somebody', reason: 'a migration', until: NOW }],
    breakers: [{ reading: 'ec2 eu-central-1', since: NOW }],
  };
  test('come back as they were', () => {
    expect(readDeployment(deploymentFields(all))).toEqual({ readable: true, item: all });
    const project = { orphans: [{ group: 'old', mark: 'sls-machine-groups/me', since: NOW }], daily: NOW };
    expect(readProject(projectFields(project))).toEqual({ readable: true, item: project });
  });
  test('say when a freeze would not be stored', () => {
    expect(fits(all)).toBe(true);
    const reason = 'x'.repeat(LIST_BYTES_MAX);
    const large = { ...all, freezes: all.freezes.map((one) => ({ ...one, reason })) };
    expect(fits(large)).toBe(false);
    expect(bytes(deploymentFields(large))).toBeLessThan(ITEM_BYTES_MAX);
  });
  test('without an item, there is no epoch', () => {
    expect(epochOf(undefined)).toEqual({ epoch: undefined });
    expect(epochOf({ version: 1 })).toMatchObject({ epoch: undefined });
    expect(epochOf(deploymentFields(newDeployment(NOW)))).toMatchObject({ epoch: NOW });
    expect(epochOf({ version: 7 })).toHaveProperty('says');
  });
});

describe('a memory is weak for a day', () => {
  const old = groupFields({ removal: newMemory(NOW - 9 * DAY), removed: new Map() });
  test.each<[string, Fields | undefined, number | undefined, boolean]>([
    ['nothing of the group', undefined, NOW - 9 * DAY, true],
    ['an item without what removals need', { version: 1 }, NOW - 9 * DAY, true],
    ['no epoch', old, undefined, true],
    ['an epoch of an hour ago', old, NOW - 3_600_000, true],
    ['an epoch that is yet to come', old, NOW + DAY, true],
    ['all of it, for long', old, NOW - 9 * DAY, false],
  ])('%s', (_, fields, epoch, weak) => {
    const known = knownOf(fields, epoch, NOW);
    if (known.state !== 'known') throw new Error(known.says);
    expect(isNew(known.removal, NOW)).toBe(weak);
    expect(known.isNew).toBe(fields !== old);
  });
});
