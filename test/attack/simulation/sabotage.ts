// Every guard switched off in turn, from outside: through the settings and the ports that a run is given. What
// was promised is judged by the settings as they were written.

import type { GroupConfig, SyncConfig } from '../../../lib/core/config/config.ts';
import type { Fields, MemoryTable, Written } from '../../../lib/core/memory/table.ts';
import type { GroupWanted } from '../../../lib/core/reading/wanted.ts';
import type { GroupWriter, Ports } from '../../../lib/runtime/sync/ports.ts';
import { applying } from '../../../lib/runtime/sync/writers.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { keyOfGeneration } from './output.ts';
import type { Sabotage } from './runtime.ts';
import type { Promised } from './violation.ts';

export interface Sabotaged extends Sabotage {
  /** What no longer happens. */
  readonly off: string;
  /** What has to come of it: the first of these promises to break ends the life, others do not count. */
  readonly breaks: readonly Promised[];
  /** Where it takes long to show: a seed of whose life it soon does. */
  readonly firstSeed?: number;
}

const groups = (change: (group: GroupConfig) => GroupConfig) => (config: SyncConfig) => ({
  ...config,
  groups: config.groups.map(change),
});

const safety = (change: Partial<GroupConfig['safety']>) =>
  groups((group) => ({ ...group, safety: { ...group.safety, ...change } }));

const wanted = (change: (wanted: GroupWanted) => GroupWanted) => (ports: Ports) => ({
  ...ports,
  wanted: async (group: GroupConfig) => change(await ports.wanted(group)),
});

/** Another writer in the place of the one that writes; a run that only plans has none. */
const writer = (change: (write: GroupWriter['write']) => GroupWriter['write']) => (ports: Ports) => {
  const { apply } = ports.writers;
  if (apply.status !== 'written') return ports;
  return { ...ports, writers: { ...ports.writers, apply: { ...apply, write: change(apply.write) } } };
};

/** A client of which some calls are others, whatever terms it is bound to. */
function rerouted(sls: SlsClient, change: (sls: SlsClient) => Partial<SlsClient>): SlsClient {
  return { ...sls, with: (terms) => rerouted(sls.with(terms), change), ...change(sls) };
}

const client = (change: (sls: SlsClient) => Partial<SlsClient>) => (ports: Ports) => ({
  ...ports,
  sls: (...run: Parameters<Ports['sls']>) => rerouted(ports.sls(...run), change),
});

type Row = readonly [member: string, since: number, readings: number, ...seen: unknown[]];
interface StoredRemoval {
  readonly since: number;
  readonly readingAt: number;
  readonly missing: readonly Row[];
  readonly added: readonly unknown[];
  readonly weak: readonly unknown[];
}

/** A memory that says something else of who is missing than was stored. */
const recalling = (change: (removal: StoredRemoval) => Partial<StoredRemoval>) => (table: MemoryTable) => {
  const recalled = (fields: Fields): Fields => {
    const { removal } = fields;
    if (typeof removal !== 'string') return fields;
    const stored = JSON.parse(removal) as StoredRemoval;
    return { ...fields, removal: JSON.stringify({ ...stored, ...change(stored) }) };
  };
  return {
    read: async (...asked: Parameters<MemoryTable['read']>) => {
      const items = await table.read(...asked);
      return new Map([...items].map(([id, fields]) => [id, recalled(fields)]));
    },
    write: async (...asked: Parameters<MemoryTable['write']>): Promise<Written> => {
      const answer = await table.write(...asked);
      return answer.written
        ? { written: true, fields: recalled(answer.fields) }
        : { written: false, fields: answer.fields && recalled(answer.fields) };
    },
  };
};

/** A memory that takes a field for written and drops it. */
const dropping =
  (field: string) =>
  (table: MemoryTable): MemoryTable => ({
    ...table,
    write: (id, { set, remove }, revision, due) => {
      const { [field]: _, ...kept } = set;
      return table.write(id, { set: kept, remove }, revision, due);
    },
  });

/** A memory that does not give back a field. */
const forgetting =
  (field: string) =>
  (table: MemoryTable): MemoryTable => ({
    ...table,
    read: async (...asked) => {
      const items = await table.read(...asked);
      return new Map([...items].map(([id, { [field]: _, ...fields }]) => [id, fields as Fields] as const));
    },
  });

/** Freezes that are over have no words, and here are not given back. */
function standingOnly(items: ReadonlyMap<string, Fields>): ReadonlyMap<string, Fields> {
  return new Map(
    [...items].map(([id, fields]) => {
      if (typeof fields.freezes !== 'string') return [id, fields] as const;
      const all = JSON.parse(fields.freezes) as { readonly who: string }[];
      return [id, { ...fields, freezes: JSON.stringify(all.filter(({ who }) => who !== '')) }] as const;
    }),
  );
}

/** Also where a lease binds the client once more. */
function withoutLook(sls: SlsClient): Partial<SlsClient> {
  return { with: ({ beforeRepeat: _, ...terms }) => rerouted(sls.with(terms), withoutLook) };
}

const promised = (...breaks: Promised[]) => breaks;

const REMOVAL = promised('no member goes that the inventory wants');
const LIMITS = promised('no removal beyond the limits without approval');

export const SABOTAGE: readonly Sabotaged[] = [
  {
    off: 'completeness: a reading that is not whole passes for one that is',
    firstSeed: 12,
    breaks: REMOVAL,
    ports: wanted((read) => ({ ...read, completeness: { complete: true, proof: 'none' } })),
  },
  {
    off: 'empty: an empty inventory may always be meant',
    firstSeed: 6,
    breaks: LIMITS,
    config: groups((group) => ({ ...group, allowEmpty: true })),
  },
  {
    off: 'share: any part of a large group may go',
    firstSeed: 5,
    breaks: LIMITS,
    config: safety({ maxRemovalShare: 1 }),
  },
  {
    off: 'count: any number of members of a small group may go',
    breaks: LIMITS,
    config: safety({ maxSmallRemovals: 1_000 }),
  },
  {
    off: 'count over time: what went yesterday is forgotten',
    firstSeed: 3,
    breaks: LIMITS,
    table: recalling(() => ({ weak: [] })),
  },
  {
    off: 'patience: what was missing once has been missing for ever',
    breaks: promised('no removal is made before its time'),
    table: recalling(({ missing }) => ({
      missing: missing.map(([member, _since, _readings, ...seen]) => [member, 1, 9, ...seen]),
    })),
  },
  {
    off: 'order in time: nobody knows what the latest reading was',
    breaks: promised('an older reading removes nothing'),
    firstSeed: 3054,
    table: recalling(() => ({ readingAt: 0 })),
  },
  {
    off: 'witness: nobody asks who reports',
    breaks: promised('no machine that reports is removed'),
    config: safety({ heartbeats: 'ignore' }),
  },
  {
    off: 'witness: what reports is taken for gone',
    firstSeed: 6,
    breaks: promised('no machine that reports is removed'),
    ports: client((sls) => ({
      listAllMachines: async (...request) => ({
        ...(await sls.listAllMachines(...request)),
        value: [],
      }),
    })),
  },
  {
    off: 'proof: a memory is new for ever, and trusts nothing',
    firstSeed: 1001,
    breaks: promised('everyday life asks nobody'),
    table: recalling(() => ({ since: Number.MAX_SAFE_INTEGER })),
  },
  {
    off: 'lease: every writer writes at once',
    breaks: promised('no two of our writers write one group at once'),
    ports: (ports, sleep) =>
      ports.writers.apply.status === 'written' ? { ...ports, ...applying(sleep) } : ports,
  },
  {
    off: 'verdicts: nothing is ever found wrong',
    breaks: promised('what is not right is attention in time'),
    table: dropping('verdict'),
  },
  {
    off: 'telling: notices go nowhere',
    breaks: promised('a verdict is told'),
    publish: () => async () => {},
  },
  {
    off: 'telling: nobody keeps what was told',
    breaks: promised('a verdict is told once a day'),
    table: dropping('notice'),
  },
  {
    off: 'ownership: a group without our mark may be taken',
    breaks: promised('no foreign group is changed'),
    config: groups((group) => ({ ...group, adopt: true })),
  },
  {
    off: 'compare before write: what was read for the plan is what is written upon',
    firstSeed: 2,
    breaks: promised(
      'no foreign group is changed',
      'no field of a group is lost',
      'no removal beyond the limits without approval',
      'nobody else’s work is undone',
    ),
    ports: writer((write) => (decision, sls, terms) => {
      const { current } = decision;
      let isFirst = true;
      const remembering = rerouted(sls, ({ getMachineGroup }) => ({
        getMachineGroup: async (...request) => {
          if (!isFirst || current.state === 'absent') return getMachineGroup(...request);
          isFirst = false;
          return { value: current.definition, requestId: '' };
        },
      }));
      return write(decision, remembering, terms);
    }),
  },
  {
    off: 'look before a repeat: what was refused is sent again as it was',
    firstSeed: 41,
    breaks: promised('nobody else’s work is undone'),
    ports: client(withoutLook),
  },
  {
    off: 'policy: every group is synced',
    firstSeed: 2,
    breaks: promised('policy and mode are kept'),
    config: groups((group) => ({ ...group, policy: 'sync' })),
  },
  {
    off: 'freeze: nobody asks what is frozen',
    firstSeed: 5,
    breaks: promised('nothing is written in a frozen group'),
    table: forgetting('freezes'),
  },
  {
    off: 'freeze: what ended is forgotten, and patience goes on',
    firstSeed: 73,
    breaks: promised('no removal is made before its time'),
    table: (table) => ({ ...table, read: async (...asked) => standingOnly(await table.read(...asked)) }),
  },
  {
    off: 'read back: what was sent is taken for written',
    breaks: promised('the report equals what happened'),
    ports: writer((write) => async (decision, sls, terms) => {
      await write(decision, sls, terms);
      return {};
    }),
  },
  {
    off: 'merge: a full update carries only the fields that this code knows',
    breaks: promised('no field of a group is lost'),
    ports: client((sls) => ({
      updateMachineGroup: (project, definition) => {
        const { groupName, machineIdentifyType, groupAttribute, machineList } = definition;
        const known = { groupName, groupType: '', machineIdentifyType, groupAttribute, machineList };
        return sls.updateMachineGroup(project, known);
      },
    })),
  },
  {
    off: 'additions: machines that nobody wants are added',
    breaks: promised('nothing is added that nobody wants'),
    ports: wanted((read) => ({
      ...read,
      members: new Map([...read.members, ['10.250.0.1', [{ source: 'nowhere', id: 'nothing' }]]]),
    })),
  },
  {
    off: 'silence: what the service says is repeated with the secret of the day in it',
    breaks: promised('no secret is told'),
    ports: client((sls) => ({
      getMachineGroup: (...request) =>
        sls.getMachineGroup(...request).catch((error: Error) => {
          error.message += ` ${Buffer.from(keyOfGeneration(2).accessKeySecret).toString('base64')}`;
          throw error;
        }),
    })),
  },
  {
    off: 'convergence: nothing is ever written',
    breaks: promised('groups converge'),
    config: groups((group) => ({ ...group, policy: 'observe' })),
  },
];
