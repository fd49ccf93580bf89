// Measures coverage: one reading of inventories for all groups, one listing of machines a group, and no write to SLS.

import pLimit from 'p-limit';
import type { GroupConfig } from '../../core/config/config.ts';
import { aroundOf, type Listed } from '../../core/coverage/around.ts';
import type { Look } from '../../core/coverage/kept.ts';
import { type WantedMachine, wantedMachines } from '../../core/coverage/machines.ts';
import { measure } from '../../core/coverage/measure.ts';
import { reasonsInOne } from '../../core/text/few.ts';
import { addressReadings } from '../../inventory/addresses.ts';
import { canonical } from '../../inventory/members.ts';
import type { SlsClient } from '../../sls/client.ts';
import { SlsError } from '../../sls/errors.ts';
import { hearMachines } from '../sync/listing.ts';
import type { Ports } from '../sync/ports.ts';
import { errorReport } from '../sync/told.ts';
import type { SyncRuntime } from '../sync/wire.ts';

export interface MeasureTerms {
  readonly groups: readonly GroupConfig[];
  /** Groups worked on at a time. */
  readonly concurrency: number;
  /** When it has to be over, in milliseconds since the epoch. */
  readonly due: number;
  /** Members of a group that the sync has added in the last hour or two. */
  readonly added: (group: string) => number;
  /** Told of each group that was looked at. */
  readonly onLook?: () => void;
}

interface Looked {
  readonly group: GroupConfig;
  readonly wanted: readonly WantedMachine[] | undefined;
  /** Whether the inventory was read whole. */
  readonly whole: boolean;
  readonly listed: Listed | undefined;
  /** Why there are no figures. */
  readonly says?: string;
}

/** Never rejects. @returns a look for each of the groups, in their order */
export async function measureGroups(
  runtime: Pick<SyncRuntime, 'ports'>,
  { groups, concurrency, due, added, onLook = () => {} }: MeasureTerms,
): Promise<readonly (readonly [group: string, look: Look])[]> {
  const asked = groups.map((group) => ({ group, twins: twinsOf(group) }));
  const ports = runtime.ports('plan', due, [...groups, ...asked.flatMap(({ twins }) => twins)]);
  const looked = await pLimit(concurrency).map(asked, async ({ group, twins }) => {
    const one = await look(group, twins, ports);
    onLook();
    return one;
  });
  const around = new Map(
    [...Map.groupBy(looked, ({ group }) => group.project)].map(([project, all]) => {
      const listings = all.flatMap(({ listed }) => listed ?? []);
      const inventories = all.map(({ wanted, whole }) => (whole ? wanted : undefined));
      return [project, aroundOf(listings, inventories, canonical)];
    }),
  );
  return looked.map(({ group, wanted, whole, listed, says }) => {
    const beside = around.get(group.project);
    if (wanted === undefined || listed === undefined || beside === undefined)
      return [group.key, { says: says ?? '' }] as const;
    const { key, identify } = group;
    const coverage = measure({
      identify,
      wanted,
      whole,
      listed,
      around: beside,
      added: added(key),
      canonical,
    });
    return [key, { coverage }] as const;
  });
}

/** The group as one of addresses, once for each kind of address that its sources know beside its members. */
function twinsOf(group: GroupConfig): readonly GroupConfig[] {
  const { allow: _, ...rest } = group;
  return addressReadings(group).map((sources) => ({ ...rest, identify: 'ip', deny: [], sources }));
}

async function look(group: GroupConfig, twins: readonly GroupConfig[], ports: Ports): Promise<Looked> {
  const sls = ports.sls(group, () => {});
  const [read, listing] = await Promise.all([readMachines(group, twins, ports), list(group, sls)]);
  const reasons = [read, listing].flatMap((one) => ('says' in one ? one.says : []));
  return {
    group,
    wanted: 'says' in read ? undefined : read.wanted,
    whole: !('says' in read) && read.whole,
    listed: 'says' in listing ? undefined : listing,
    ...(reasons.length > 0 && { says: reasonsInOne(reasons) }),
  };
}

type Said = { readonly says: string };

async function readMachines(
  group: GroupConfig,
  twins: readonly GroupConfig[],
  ports: Ports,
): Promise<{ readonly wanted: readonly WantedMachine[]; readonly whole: boolean } | Said> {
  const [own, ...byAddress] = await Promise.allSettled([group, ...twins].map((one) => ports.wanted(one)));
  if (own?.status !== 'fulfilled')
    return { says: `the inventory cannot be read (${errorReport(own?.reason).message})` };
  // Where one of the others cannot be read, less is known of where a machine may report from.
  const known = byAddress.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  return {
    wanted: wantedMachines(group.identify, own.value, known),
    whole: own.value.completeness.complete,
  };
}

/** In a group that is not there nobody reports, and that is no matter of who may look. */
async function list(group: GroupConfig, sls: SlsClient): Promise<Listed | Said> {
  const { key, safety: settings } = group;
  const heard = await hearMachines(group, sls);
  if (heard.state === 'read') {
    const { machines, answeredAt } = heard;
    return { group: key, machines, answeredAt, settings };
  }
  const { cause } = heard;
  if (cause instanceof SlsError && cause.kind === 'group-missing' && cause.serverTimeMs !== undefined)
    return { group: key, machines: [], answeredAt: cause.serverTimeMs, settings };
  return { says: heard.says };
}
