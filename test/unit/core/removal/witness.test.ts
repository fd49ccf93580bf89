// What heartbeats prove of a ripe member, class by class, at the edges.
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../../lib/core/group/heartbeat.ts';
import { hear, type Listing } from '../../../../lib/core/removal/listing.ts';
import { newMemory, type Seen, withWrite } from '../../../../lib/core/removal/memory.ts';
import { movedTo } from '../../../../lib/core/removal/moved.ts';
import { REMOVAL_DEFAULTS } from '../../../../lib/core/removal/settings.ts';
import { classify } from '../../../../lib/core/removal/witness.ts';
import { canonical } from '../values.ts';
import { asSpelt, DEAF, HOUR, MINUTE, names, read, row, T0 } from './drive.ts';

const SECOND = 1_000;
const MEMORY = newMemory(0);
const stay = names(4);
const reporting = stay.map((member) => row(member, T0 - 30 * SECOND));

interface Case {
  readonly rows?: readonly Machine[];
  readonly before?: Seen;
  readonly listing?: Listing;
  readonly identify?: 'ip' | 'userdefined';
}

function classed({ rows = [], before, listing, identify = 'ip' }: Case) {
  const heard = hear({
    listing: listing ?? read([...reporting, ...rows], T0),
    identify,
    canonical: asSpelt,
    members: new Set([...stay, 'X']),
    wanted: new Set(stay),
    memory: MEMORY,
    settings: REMOVAL_DEFAULTS,
    now: T0,
  });
  return classify('X', before, { heard, identify, settings: REMOVAL_DEFAULTS, movedTo: () => undefined });
}

/** Seen at a heartbeat so many seconds before T0, in a look so many seconds before T0. */
const seen = (heartbeat: number, look: number, ids: Partial<Seen> = {}): Seen => ({
  hostId: '',
  uniqueId: '',
  heartbeat: T0 / SECOND - heartbeat,
  at: T0 - look * SECOND,
  ...ids,
});
const X = (age: number, ids: Partial<Machine> = {}) => row('X', T0 - age * SECOND, ids);

describe('of an address', () => {
  test.each<[string, Case, string]>([
    ['899 s old: alive', { rows: [X(899)] }, 'alive'],
    ['in the future: alive', { rows: [X(-600)] }, 'alive'],
    ['900 s old, first look: unsure', { rows: [X(900)] }, 'unsure'],
    ['old, the same 120 s before: silent', { rows: [X(900)], before: seen(900, 120) }, 'silent'],
    ['old, the same 119 s before: unsure', { rows: [X(900)], before: seen(900, 119) }, 'unsure'],
    [
      'old, but it advanced since the last look: unsure',
      { rows: [X(900)], before: seen(960, 300) },
      'unsure',
    ],
    ['no row: unheard', {}, 'unheard'],
    ['no row, though it had one: unheard', { before: seen(4_000, 300) }, 'unheard'],
    ['a heartbeat of 0: unheard', { rows: [row('X', 0)], before: seen(T0 / SECOND, 300) }, 'unheard'],
    [
      'two machines report: shared',
      { rows: [X(10, { 'host-id': 'a' }), X(20, { 'host-id': 'b' })] },
      'shared',
    ],
    [
      'one reports, one is old: alive',
      { rows: [X(10, { 'host-id': 'a' }), X(9_000, { 'host-id': 'a' })] },
      'alive',
    ],
    [
      'another host-id: reused',
      { rows: [X(10, { 'host-id': 'b' })], before: seen(4_000, 3_600, { hostId: 'a' }) },
      'reused',
    ],
    [
      'another machine-uniqueid: reused',
      { rows: [X(10, { 'machine-uniqueid': 'b' })], before: seen(4_000, 3_600, { uniqueId: 'a' }) },
      'reused',
    ],
    [
      'another host-id, the same machine-uniqueid: alive',
      {
        rows: [X(10, { 'host-id': 'b', 'machine-uniqueid': 'u' })],
        before: seen(4_000, 3_600, { hostId: 'a', uniqueId: 'u' }),
      },
      'alive',
    ],
    [
      'an empty id now proves nothing: alive',
      { rows: [X(10)], before: seen(4_000, 3_600, { hostId: 'a' }) },
      'alive',
    ],
    [
      'an empty id before proves nothing: alive',
      { rows: [X(10, { 'host-id': 'b' })], before: seen(4_000, 3_600) },
      'alive',
    ],
    [
      'another host-id, the old one under another address: alive',
      {
        rows: [X(10, { 'host-id': 'b' }), row('m1', T0 - SECOND, { 'host-id': 'a' })],
        before: seen(4_000, 3_600, { hostId: 'a' }),
      },
      'alive',
    ],
  ])('is classed by what is heard: %s', (_name, row_, expected) => {
    expect(classed(row_).class).toBe(expected);
  });

  test('two quick looks at one heartbeat add up to the two minutes', () => {
    const first = classed({ rows: [X(900)], before: seen(900, 60) });
    expect(first).toMatchObject({ class: 'unsure', seen: { at: T0 - 60 * SECOND } });
  });

  test('who it was when it went missing is kept, not who came after', () => {
    const found = classed({ rows: [X(10, { 'host-id': 'b' })], before: seen(4_000, 3_600, { hostId: 'a' }) });
    expect(found.seen).toMatchObject({ hostId: 'a', heartbeat: T0 / SECOND - 10 });
  });
});

describe('of an id that machines carry', () => {
  const id = (ip: string, age: number) => row(ip, T0 - age * SECOND, { 'userdefined-id': 'X' });
  const others = stay.map((member) => row(member, T0, { 'userdefined-id': member }));
  const of = (rows: readonly Machine[], before?: Seen) =>
    classed({
      identify: 'userdefined',
      listing: read([...others, ...rows], T0),
      ...(before ? { before } : {}),
    });

  test('alive while one of three machines reports', () => {
    expect(of([id('a', 5_000), id('b', 10), id('c', 9_000)])).toMatchObject({
      class: 'alive',
      machines: 3,
      says: '1 of its machines report, the last 10 s ago',
    });
  });
  test('several machines under one id are no shared address', () => {
    expect(of([id('a', 10), id('b', 10)]).class).toBe('alive');
  });
  test('silent when the last of them is', () => {
    expect(of([id('a', 5_000), id('b', 1_000)], seen(1_000, 300))).toMatchObject({
      class: 'silent',
      machines: 2,
    });
  });
});

describe('a deaf witness', () => {
  const old = [X(5_000)];
  const before = seen(5_000, 3_600);
  test.each<[string, Listing, string]>([
    ['denied', DEAF, 'unheard'],
    ['cut', read([...reporting, ...old], T0, true), 'unheard'],
    ['2 of 4 that stay report: hears', read([...reporting.slice(2), ...old], T0), 'silent'],
    ['1 of 4 that stay reports: deaf', read([...reporting.slice(3), ...old], T0), 'unheard'],
    ['a heartbeat in a cut listing is one', read([X(10)], T0, true), 'alive'],
    ['a heartbeat in a listing that hears nobody else is one', read([X(10)], T0), 'alive'],
    [
      'our clock does not matter: the answer is from the day before',
      read(
        [...stay.map((m) => row(m, T0 - 24 * HOUR)), row('X', T0 - 24 * HOUR - 60 * SECOND)],
        T0 - 24 * HOUR,
      ),
      'alive',
    ],
  ])('is not believed too soon: %s', (_name, listing, expected) => {
    expect(classed({ listing, before }).class).toBe(expected);
  });

  test('a row counts for the member that it spells otherwise, or in no way that is known', () => {
    const { rows } = hear({
      listing: read([row('::ffff:10.0.0.1', T0), row('10.0.0.1', T0), row('odd?', T0)], T0),
      identify: 'ip',
      canonical,
      members: new Set(['10.0.0.1']),
      wanted: new Set(),
      memory: MEMORY,
      settings: REMOVAL_DEFAULTS,
      now: T0,
    });
    expect(Array.from(rows, ([member, { length }]) => [member, length])).toEqual([
      ['10.0.0.1', 2],
      ['odd?', 1],
    ]);
  });

  const hearing = (added: number, addedAt: number, fresh: number) => {
    const members = names(10);
    return hear({
      listing: read(
        names(fresh).map((member) => row(member, T0)),
        T0,
      ),
      identify: 'ip',
      canonical: asSpelt,
      members: new Set(members),
      wanted: new Set(members),
      memory: withWrite(MEMORY, { added, removed: [], weak: 0 }, addedAt),
      settings: REMOVAL_DEFAULTS,
      now: T0,
    }).hearing;
  };
  test.each<[string, number, number, number, string]>([
    ['6 of 10 are new, 2 of the other 4 report: hears', 6, T0 - MINUTE, 2, 'hears'],
    ['6 of 10 are new, 1 of the other 4 reports: deaf', 6, T0 - MINUTE, 1, 'deaf'],
    ['all are new and nobody reports: too early', 10, T0 - MINUTE, 0, 'too-early'],
    ['all were added two hours ago and nobody reports: deaf', 10, T0 - 2 * HOUR, 0, 'deaf'],
  ])('is told by who reports: %s', (_name, added, addedAt, fresh, expected) => {
    expect(hearing(added, addedAt, fresh)).toBe(expected);
  });
});

describe('a move', () => {
  const members = new Set([...names(4), 'X']);
  const wanted = new Set(names(4));
  const of = (
    group: readonly string[],
    stays: ReadonlySet<string> = wanted,
    leaving: ReadonlySet<string> = new Set(),
  ) => movedTo([{ group: 'p/other', members: new Set(group), leaving }], members, stays)('X');

  test('to a group that shares nobody with those that stay', () => expect(of(['X', 'Y'])).toBe('p/other'));
  test('is none where the group has not got it', () => expect(of(['Y'])).toBeUndefined());
  test('is none to a group that does not want it either: it would be in neither', () =>
    expect(of(['X', 'Y'], wanted, new Set(['X']))).toBeUndefined());
  test('is none where the groups overlap by design', () => expect(of(['X', 'm1'])).toBeUndefined());
  test('is none where nobody stays to compare', () => expect(of(['X'], new Set())).toBeUndefined());
});
