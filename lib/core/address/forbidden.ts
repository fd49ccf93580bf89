// Addresses that nothing here may connect to, whoever names them: the configuration, or DNS later.

import { ipv4Tail, ipv6Groups, normaliseAddress, specialRange } from './address.ts';
import { blocksOf, parseCidr } from './cidr.ts';

export interface EgressPolicy {
  /** Plain http is refused unless this is set. */
  readonly allowHttp?: boolean | undefined;
  /** Lets 127.0.0.0/8 and ::1 through, for a run on one machine. Nothing else that is refused becomes allowed. */
  readonly allowLoopback?: boolean | undefined;
}

/**
 * Services that answer every machine of a cloud with that machine's secrets or settings, outside the link-local ranges:
 * Alibaba Cloud, Azure, Oracle Cloud; over IPv6 AWS (the whole block), Google, Oracle, Alibaba, Scaleway, Akamai.
 */
const METADATA = blocksOf(
  [
    '100.100.100.200/32',
    '168.63.129.16/32',
    '192.0.0.192/32',
    'fd00:ec2::/32',
    'fd20:ce::254/128',
    'fd00:c1::a9fe:a9fe/128',
    'fd00:100::100:200/128',
    'fd00:42::42/128',
    'fd00:a9fe:a9fe::/64',
  ].map(parseCidr),
);
/** They hide the real destination: 6to4 and its relays, Teredo, relays of multicast (RFC 7450), translators (RFC 8215). */
const TUNNELS = blocksOf(
  ['2002::/16', '192.88.99.0/24', '2001::/32', '192.52.193.0/24', '2001:3::/32', '64:ff9b:1::/48'].map(
    parseCidr,
  ),
);
/** IPv6 that carries an IPv4 address in its last 32 bits and reaches it through a translator (RFC 6052, RFC 6145). */
const TRANSLATED = blocksOf(['64:ff9b::/96', '::ffff:0:0:0/96'].map(parseCidr));
/** Assignments of the IETF: for protocols, not for hosts (IANA's special-purpose address registries). */
const PROTOCOLS = blocksOf(['192.0.0.0/24', '2001::/23'].map(parseCidr));
/** All of IPv6 that hosts have today. Site-local addresses, for one, are given up (RFC 3879). */
const HOSTS_V6 = blocksOf(['2000::/3', 'fc00::/7'].map(parseCidr));

/** Why an address must not be connected to; undefined when it may. Private ranges may: inventories live there. */
export function forbiddenAddress(text: string, policy: EgressPolicy): string | undefined {
  const verdict = normaliseAddress(text);
  if (!verdict.ok) return 'not an address';
  const { address } = verdict;
  const special = specialRange(address);
  if (special === 'loopback' && policy.allowLoopback === true) return undefined;
  if (special !== undefined) return special;
  if (METADATA.find(address)) return 'metadata service';
  if (TUNNELS.find(address)) return 'tunnel';
  if (TRANSLATED.find(address)) {
    const reason = forbiddenAddress(ipv4Tail(ipv6Groups(address) as number[]), {});
    return reason === undefined ? undefined : `translated to ${reason}`;
  }
  const isReserved = PROTOCOLS.find(address) || (address.includes(':') && !HOSTS_V6.find(address));
  return isReserved ? 'reserved' : undefined;
}
