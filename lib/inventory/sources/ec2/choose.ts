// Which address of an instance is the member. The agent on a machine with several interfaces reports one of
// them by its own rules, so the choice is a setting; where it does not lead to exactly one address, nothing
// is guessed.

import type { ChosenAddress } from '../../instances.ts';
import type { Ec2Instance, Ec2Interface } from './api.ts';
import type { Ec2Source } from './settings.ts';

export function chooseAddress(instance: Ec2Instance, choice: Ec2Source['address']): ChosenAddress {
  if (choice === 'privateIp') return given(instance.PrivateIpAddress, 'no private address');
  if (choice === 'publicIp') return given(instance.PublicIpAddress, 'no public address');
  if (choice === 'ipv6') {
    const first = interfacesOf(instance, 0)[0];
    return first ? ipv6Of(first) : given(instance.Ipv6Address, 'no IPv6 address');
  }
  const wanted =
    typeof choice.interface === 'number' ? `${choice.interface}` : JSON.stringify(choice.interface);
  const [only, another] = interfacesOf(instance, choice.interface);
  if (only === undefined) return { missing: `no network interface ${wanted}` };
  if (another !== undefined) return { missing: `several network interfaces ${wanted}` };
  return choice.family === 'ipv6'
    ? ipv6Of(only)
    : given(only.PrivateIpAddress, `no IPv4 address on network interface ${wanted}`);
}

/** By device index on the first network card, or by description. */
function interfacesOf(
  { NetworkInterfaces = [] }: Ec2Instance,
  wanted: number | string,
): readonly Ec2Interface[] {
  return NetworkInterfaces.filter(({ Attachment, Description }) =>
    typeof wanted === 'number'
      ? Attachment?.DeviceIndex === wanted && (Attachment.NetworkCardIndex ?? 0) === 0
      : Description === wanted,
  );
}

/** The primary address, or the only one: of several equal ones the order says nothing, and it changes. */
function ipv6Of({ Ipv6Addresses = [] }: Ec2Interface): ChosenAddress {
  const [only, another] = Ipv6Addresses;
  const chosen =
    Ipv6Addresses.find(({ IsPrimaryIpv6 }) => IsPrimaryIpv6 === true) ?? (another ? undefined : only);
  return given(
    chosen?.Ipv6Address,
    only ? 'several IPv6 addresses, none of them primary' : 'no IPv6 address',
  );
}

function given(address: string | undefined, missing: string): ChosenAddress {
  return address ? { address } : { missing };
}
