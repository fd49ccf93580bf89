// Addresses that nothing here may connect to, whoever names them: the configuration, or DNS later.

import ipaddr from 'ipaddr.js';
import { normaliseAddress, specialRange } from './address.ts';
import { findCidr, parseCidr } from './cidr.ts';

export interface EgressPolicy {
  /** Plain http is refused unless this is set. */
  readonly allowHttp?: boolean | undefined;
  /** Lets 127.0.0.0/8 and ::1 through, for a run on one machine. Nothing else that is refused becomes allowed. */
  readonly allowLoopback?: boolean | undefined;
}

/**
 * Services that answer every machine of a cloud with that machine's secrets or settings, outside the
 * link-local range: AWS over IPv6 (the whole block), Alibaba Cloud, Azure, Oracle Cloud.
 */
const METADATA = ['fd00:ec2::/32', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32'].map(parseCidr);
/** IPv6 that carries an IPv4 address in its last 32 bits and reaches it through a translator (RFC 6052, RFC 6145). */
const TRANSLATED = ['64:ff9b::/96', '::ffff:0:0:0/96'].map(parseCidr);
/** Tunnels and local translators that hide the real destination: 6to4, Teredo, RFC 8215. */
const TUNNELS = ['2002::/16', '2001::/32', '64:ff9b:1::/48'].map(parseCidr);

/** Why an address must not be connected to; undefined when it may. Private ranges may: inventories live there. */
export function forbiddenAddress(address: string, policy: EgressPolicy): string | undefined {
  const verdict = normaliseAddress(address);
  if (!verdict.ok) return 'not an address';
  const special = specialRange(verdict.address);
  if (special === 'loopback' && policy.allowLoopback === true) return undefined;
  if (special !== undefined) return special;
  if (findCidr(METADATA, verdict.address)) return 'metadata service';
  if (findCidr(TUNNELS, verdict.address)) return 'tunnel';
  if (!findCidr(TRANSLATED, verdict.address)) return undefined;
  const embedded = ipaddr.IPv6.parse(verdict.address).toByteArray().slice(12).join('.');
  const reason = forbiddenAddress(embedded, {});
  return reason === undefined ? undefined : `translated to ${reason}`;
}
