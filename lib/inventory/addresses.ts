// A group's sources asked for addresses, whatever the group asks them for: its own kind of address first, then the others that
// a source knows of each machine. They select from what is read for the group anyway, so that no call is added.

import type { IdentifyType } from '../core/group/machine-group.ts';
import type { SourceConfig, SourceSettings } from './sources/settings.ts';

const EC2_ADDRESSES = ['privateIp', 'publicIp', 'ipv6'] as const;
/** Those that need no network interfaces, which an answer has only if it was asked for them. */
const ECS_ADDRESSES = ['private', 'public', 'eip'] as const;
const CONSUL_ADDRESSES = ['node', 'lan', 'wan'] as const;
const NETBOX_FAMILIES = ['ipv4', 'ipv6'] as const;

/**
 * Lists of sources, each in the order of the group's: what a source calls a machine is the same in all of them.
 * @returns nothing for a group whose sources know no addresses, or no others than the group's members
 */
export function addressReadings({
  identify,
  sources,
}: {
  readonly identify: IdentifyType;
  readonly sources: readonly SourceConfig[];
}): readonly (readonly SourceConfig[])[] {
  const others = sources.map(othersOf);
  const most = Math.max(0, ...others.map(({ length }) => length));
  const readings = Array.from({ length: most }, (_, at) =>
    sources.map((source, index) => others[index]?.[at] ?? source),
  );
  return identify === 'userdefined' && sources.some(knowsAddresses) ? [sources, ...readings] : readings;
}

function knowsAddresses(source: SourceConfig): boolean {
  if (source.type === 'http' || source.type === 'file')
    return ['netbox', 'consul', 'prometheus', 'ansible'].includes(source.format);
  return source.type !== 'static';
}

/** The source with each other kind of address. */
function othersOf(source: SourceConfig): readonly SourceConfig[] {
  switch (source.type) {
    case 'ec2':
      return EC2_ADDRESSES.filter((one) => one !== source.address).map((address) => ({ ...source, address }));
    case 'alibaba-ecs': {
      const { address: own } = source;
      if (!ECS_ADDRESSES.some((one) => one === own)) return [];
      return ECS_ADDRESSES.filter((one) => one !== own).map((address) => ({ ...source, address }));
    }
    case 'http':
    case 'file':
      return othersOfFormat(source);
    case 'static':
      return [];
  }
}

function othersOfFormat(source: SourceSettings['http'] | SourceSettings['file']): readonly SourceConfig[] {
  if (source.format === 'netbox') {
    const { family } = source.netbox ?? { family: 'ipv4' };
    return NETBOX_FAMILIES.filter((one) => one !== family).map((one) => ({
      ...source,
      netbox: { family: one },
    }));
  }
  if (source.format !== 'consul') return [];
  const own = source.consul ?? { address: 'node', passingOnly: false };
  return CONSUL_ADDRESSES.filter((one) => one !== own.address).map((address) => ({
    ...source,
    consul: { ...own, address },
  }));
}
