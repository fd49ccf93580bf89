// Which address of an instance is the member. Where the choice does not lead to exactly one address, nothing is guessed.

import type { ChosenAddress } from '../../instances.ts';
import type { EcsInstance, EcsInterface } from './answers.ts';
import type { AlibabaEcsSource } from './settings.ts';

export function chooseAddress(instance: EcsInstance, choice: AlibabaEcsSource['address']): ChosenAddress {
  switch (choice) {
    case 'private':
      return onlyOf(privateAddresses(instance), 'private address');
    case 'public':
      return onlyOf(instance.PublicIpAddress?.IpAddress, 'public address');
    case 'eip':
      return onlyOf([instance.EipAddress?.IpAddress], 'elastic address');
    case 'ipv6':
      return ofInterface(instance, 'primary', 'ipv6');
    default:
      return ofInterface(instance, choice.interface, choice.family);
  }
}

/** Of its VPC, or of the classic network. The NAT address of a VPC is not the machine's. */
export function privateAddresses({ VpcAttributes, InnerIpAddress }: EcsInstance): readonly string[] {
  const inVpc = VpcAttributes?.PrivateIpAddress?.IpAddress ?? [];
  return inVpc.length > 0 ? inVpc : (InnerIpAddress?.IpAddress ?? []);
}

function ofInterface(
  { NetworkInterfaces }: EcsInstance,
  wanted: 'primary' | 'secondary',
  family: 'ipv4' | 'ipv6',
): ChosenAddress {
  const found = (NetworkInterfaces?.NetworkInterface ?? []).filter(
    ({ Type }) => Type?.toLowerCase() === wanted,
  );
  const [only, another] = found;
  if (only === undefined) return { missing: `no ${wanted} network interface` };
  if (another !== undefined) return { missing: `several ${wanted} network interfaces` };
  if (family === 'ipv4') return onlyOf([primaryV4(only)], `IPv4 address on the ${wanted} network interface`);
  const ipv6 = (only.Ipv6Sets?.Ipv6Set ?? []).map(({ Ipv6Address }) => Ipv6Address);
  return onlyOf(ipv6, `IPv6 address on the ${wanted} network interface`);
}

/** Of several addresses of an interface, the one that it was made with. */
function primaryV4({ PrimaryIpAddress, PrivateIpSets }: EcsInterface): string | null | undefined {
  const primary = PrivateIpSets?.PrivateIpSet?.find(({ Primary }) => Primary === true);
  return PrimaryIpAddress || primary?.PrivateIpAddress;
}

/** Of several the order says nothing. */
function onlyOf(
  addresses: readonly (string | null | undefined)[] | null | undefined,
  what: string,
): ChosenAddress {
  const [only, another] = (addresses ?? []).filter((address) => !!address) as string[];
  if (only === undefined) return { missing: `no ${what}` };
  return another === undefined ? { address: only } : { missing: `more than one ${what}` };
}
