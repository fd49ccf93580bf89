// Each machine in its class: groups of addresses, groups of ids joined with addresses, and what all groups say together.
import { describe, expect, test } from 'vitest';
import { aroundOf, type Listed } from '../../../../lib/core/coverage/around.ts';
import { type Coverage, shareOf } from '../../../../lib/core/coverage/coverage.ts';
import { type WantedMachine, wantedMachines } from '../../../../lib/core/coverage/machines.ts';
import { measure } from '../../../../lib/core/coverage/measure.ts';
import type { Machine } from '../../../../lib/core/group/heartbeat.ts';
import type { IdentifyType } from '../../../../lib/core/group/machine-group.ts';
import type { Origin } from '../../../../lib/core/reading/snapshot.ts';
import { canonical, NOW } from '../values.ts';

const SECOND = NOW / 1_000;
const FRESH = SECOND - 60;
const OLD = SECOND - 900;
const GROUP = 'ali-test-project/web';
const OTHER = 'ali-test-project/db';

const row = (ip: string, rest: Partial<Machine> = {}): Machine => ({
  ip,
  'machine-uniqueid': '',
  'userdefined-id': '',
  lastHeartbeatTime: FRESH,
  ...rest,
});
const listed = (machines: readonly Machine[], group = GROUP): Listed => ({
  group,
  machines,
  answeredAt: NOW,
  settings: { silentAfter: 900 },
});

/** Members with what their source calls them. */
type Members = Readonly<Record<string, string | readonly string[]>>;
const membersOf = (members: Members) => ({
  members: new Map(
    Object.entries(members).map(([member, ids]) => {
      const origins = [ids].flat().map((id): Origin => ({ source: 'sources[0] ec2', id }));
      return [member, origins.length === 1 ? (origins[0] as Origin) : origins] as const;
    }),
  ),
});

interface Case {
  readonly identify?: IdentifyType;
  readonly wanted: Members;
  /** What the same source says of addresses; see `wantedMachines`. */
  readonly byAddress?: readonly Members[];
  readonly rows: readonly Machine[];
  readonly elsewhere?: readonly Machine[];
  /** Of another group; undefined for one that was not read whole. */
  readonly others?: readonly WantedMachine[] | undefined;
  readonly added?: number;
}

function measured(one: Case): Coverage {
  const { identify = 'ip', rows, elsewhere = [], added = 0 } = one;
  const wanted = wantedMachines(identify, membersOf(one.wanted), (one.byAddress ?? []).map(membersOf));
  const others = 'others' in one ? one.others : [];
  const own = listed(rows);
  const around = aroundOf([own, listed(elsewhere, OTHER)], [wanted, others], canonical);
  return measure({ identify, wanted, whole: true, listed: own, around, added, canonical });
}

const figures = ({ wanted, reporting, silent, never, starting, elsewhere, strangers }: Coverage) =>
  [wanted, reporting, silent, never, starting, elsewhere, strangers] as const;

const TWO: Members = { '10.0.0.1': 'i-1', '10.0.0.2': 'i-2' };

describe('a group of addresses', () => {
  test.each<[string, Case, ReturnType<typeof figures>]>([
    ['all report', { wanted: TWO, rows: [row('10.0.0.1'), row('10.0.0.2')] }, [2, 2, 0, 0, 0, 0, 0]],
    [
      'a heartbeat of just under silentAfter, and one of just that',
      {
        wanted: TWO,
        rows: [row('10.0.0.1', { lastHeartbeatTime: OLD + 1 }), row('10.0.0.2', { lastHeartbeatTime: OLD })],
      },
      [2, 1, 1, 0, 0, 0, 0],
    ],
    ['one has no row', { wanted: TWO, rows: [row('10.0.0.1')] }, [2, 1, 0, 1, 0, 0, 0]],
    [
      'a row without a heartbeat is none',
      { wanted: TWO, rows: [row('10.0.0.1'), row('10.0.0.2', { lastHeartbeatTime: 0 })] },
      [2, 1, 0, 1, 0, 0, 0],
    ],
    [
      'one has no row, and one was added lately',
      { wanted: TWO, rows: [row('10.0.0.1')], added: 1 },
      [2, 1, 0, 0, 1, 0, 0],
    ],
    [
      'more were added than are unheard: a silent one is silent all the same',
      { wanted: TWO, rows: [row('10.0.0.1', { lastHeartbeatTime: OLD })], added: 9 },
      [2, 0, 1, 0, 1, 0, 0],
    ],
    [
      'under another address that the inventory knows',
      { wanted: TWO, byAddress: [{ '192.0.2.2': 'i-2' }], rows: [row('10.0.0.1'), row('192.0.2.2')] },
      [2, 1, 0, 0, 0, 1, 0],
    ],
    [
      'the same, in another group',
      {
        wanted: TWO,
        byAddress: [{ '192.0.2.2': 'i-2' }],
        rows: [row('10.0.0.1')],
        elsewhere: [row('192.0.2.2')],
      },
      [2, 1, 0, 0, 0, 1, 0],
    ],
    [
      'its own address, in another group alone',
      { wanted: TWO, rows: [row('10.0.0.1')], elsewhere: [row('10.0.0.2')] },
      [2, 1, 0, 0, 0, 1, 0],
    ],
    [
      'an address that nobody knows, by the id of its host',
      { wanted: TWO, rows: [row('10.0.0.1')], elsewhere: [row('10.9.9.9', { 'host-id': 'i-2' })] },
      [2, 1, 0, 0, 0, 1, 0],
    ],
    [
      'elsewhere once, and silent there by now',
      { wanted: TWO, rows: [row('10.0.0.1')], elsewhere: [row('10.0.0.2', { lastHeartbeatTime: OLD })] },
      [2, 1, 0, 1, 0, 0, 0],
    ],
    [
      'two machines under one address are one that is wanted',
      {
        wanted: TWO,
        rows: [row('10.0.0.1', { 'machine-uniqueid': 'A' }), row('10.0.0.1', { 'machine-uniqueid': 'B' })],
      },
      [2, 1, 0, 1, 0, 0, 0],
    ],
    [
      'another spelling of the address',
      { wanted: TWO, rows: [row('::ffff:10.0.0.1'), row('10.0.0.2')] },
      [2, 2, 0, 0, 0, 0, 0],
    ],
    ['nobody is wanted', { wanted: {}, rows: [] }, [0, 0, 0, 0, 0, 0, 0]],
    [
      'a stranger',
      { wanted: TWO, rows: [row('10.0.0.1'), row('10.0.0.2'), row('10.0.0.9')] },
      [2, 2, 0, 0, 0, 0, 1],
    ],
    [
      'a silent stranger does not report',
      { wanted: TWO, rows: [row('10.0.0.1'), row('10.0.0.2'), row('10.0.0.9', { lastHeartbeatTime: OLD })] },
      [2, 2, 0, 0, 0, 0, 0],
    ],
    [
      'one that another group wants is no stranger',
      {
        wanted: TWO,
        rows: [row('10.0.0.1'), row('10.0.0.2'), row('10.0.0.9')],
        others: [{ member: '10.0.0.9', address: '10.0.0.9', others: [], ids: ['i-9'] }],
      },
      [2, 2, 0, 0, 0, 0, 0],
    ],
    [
      'nobody knows who is one, where another inventory was not read whole',
      { wanted: TWO, rows: [row('10.0.0.1'), row('10.0.0.2'), row('10.0.0.9')], others: undefined },
      [2, 2, 0, 0, 0, 0, undefined],
    ],
  ])('%s', (_, one, expected) => {
    expect(figures(measured(one))).toEqual(expected);
  });

  test('names the first few of each class as people look for them', () => {
    const wanted = { '10.0.0.1': 'i-1', '10.0.0.2': 'i-2', '10.0.0.3': '10.0.0.3' };
    const { names } = measured({
      wanted,
      rows: [row('10.0.0.1', { lastHeartbeatTime: OLD }), row('10.0.0.9')],
      elsewhere: [row('10.0.0.2')],
    });
    expect(names).toEqual({
      silent: ['10.0.0.1 (i-1)'],
      never: ['10.0.0.3'],
      elsewhere: [`10.0.0.2 (i-2) reports in ${OTHER}`],
      strangers: ['10.0.0.9'],
    });
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`10.0.1.${at}`, 'x'.repeat(500)]));
    const { never } = measured({ wanted: many, rows: [] }).names;
    expect(never).toHaveLength(5);
    expect(never.every((name) => name.length <= 100)).toBe(true);
  });
});

describe('a group of ids', () => {
  const ids = { identify: 'userdefined' } as const;
  const id = (member: string) => ({ 'userdefined-id': member });
  const web: Members = { web: ['i-1', 'i-2', 'i-3'] };
  const addresses: Members = { '10.0.0.1': 'i-1', '10.0.0.2': 'i-2', '10.0.0.3': 'i-3' };

  test.each<[string, Case, ReturnType<typeof figures>]>([
    [
      'machines are told apart by their addresses: one of three is silent, one has never reported',
      {
        ...ids,
        wanted: web,
        byAddress: [addresses],
        rows: [row('10.0.0.1', id('web')), row('10.0.0.2', { ...id('web'), lastHeartbeatTime: OLD })],
      },
      [3, 1, 1, 1, 0, 0, 0],
    ],
    [
      'it is in the group by its id, whatever address its agent reports',
      {
        ...ids,
        wanted: web,
        byAddress: [addresses, { '192.0.2.3': 'i-3' }],
        rows: [row('10.0.0.1', id('web')), row('10.0.0.2', id('web')), row('192.0.2.3', id('web'))],
      },
      [3, 3, 0, 0, 0, 0, 0],
    ],
    [
      'it has the id of another group',
      {
        ...ids,
        wanted: web,
        byAddress: [addresses],
        rows: [row('10.0.0.1', id('web')), row('10.0.0.2', id('web'))],
        elsewhere: [row('10.0.0.3', id('db'))],
      },
      [3, 2, 0, 0, 0, 1, 0],
    ],
    [
      'a machine with the id that the inventory does not know',
      {
        ...ids,
        wanted: web,
        byAddress: [addresses],
        rows: [...Object.keys(addresses).map((ip) => row(ip, id('web'))), row('10.0.0.9', id('web'))],
      },
      [3, 3, 0, 0, 0, 0, 1],
    ],
    [
      'nobody knows addresses: the id reports while any machine with it does, and none of them is a stranger',
      {
        ...ids,
        wanted: { web: 'web', db: 'db', cache: 'cache' },
        rows: [
          row('10.0.0.1', id('web')),
          row('10.0.0.2', { ...id('web'), lastHeartbeatTime: OLD }),
          row('10.0.0.3', { ...id('db'), lastHeartbeatTime: OLD }),
        ],
      },
      [3, 1, 1, 1, 0, 0, 0],
    ],
    [
      'two ids of one machine are one machine',
      {
        ...ids,
        wanted: { web: 'i-1', linux: 'i-1' },
        byAddress: [{ '10.0.0.1': 'i-1' }],
        rows: [row('10.0.0.1', id('web'))],
      },
      [1, 1, 0, 0, 0, 0, 0],
    ],
  ])('%s', (_, one, expected) => {
    expect(figures(measured(one))).toEqual(expected);
  });

  test('says for how many machines its ids speak', () => {
    const rows = [
      row('10.0.0.1', id('web')),
      row('10.0.0.2', id('web')),
      row('10.0.0.3', { ...id('web'), lastHeartbeatTime: OLD }),
      row('10.0.0.4', id('db')),
    ];
    expect(measured({ ...ids, wanted: { web: 'web', db: 'db', cache: 'cache' }, rows }).ids).toEqual({
      wanted: 3,
      machines: 3,
      most: 2,
    });
    expect(measured({ wanted: TWO, rows: [] })).not.toHaveProperty('ids');
  });
});

test('the share is of the machines that could report', () => {
  const none = { wanted: 0, reporting: 0, silent: 0, never: 0, starting: 0, elsewhere: 0 };
  expect(shareOf(none)).toBeUndefined();
  expect(shareOf({ ...none, wanted: 4, reporting: 3, silent: 1 })).toBe(0.75);
  expect(shareOf({ ...none, wanted: 4, reporting: 2, starting: 2 })).toBe(1);
  expect(shareOf({ ...none, wanted: 2, starting: 2 })).toBeUndefined();
});
