// Ranges of addresses, parsed once and asked a million times.

import ipaddr from 'ipaddr.js';
import { ipv4Number, normaliseAddress } from '../address.ts';

/** A parsed CIDR block; IPv4-mapped blocks of 96 bits and more count as IPv4. */
export type Cidr =
  | { readonly text: string; readonly family: 4; readonly base: number; readonly mask: number }
  | { readonly text: string; readonly family: 6; readonly base: ipaddr.IPv6; readonly bits: number };

/**
 * Host bits are ignored: `10.1.2.3/8` is `10.0.0.0/8`.
 * @throws {RangeError} when the text is not an address, a slash and a prefix length
 */
export function parseCidr(text: string): Cidr {
  const trimmed = text.trim();
  const slash = trimmed.lastIndexOf('/');
  if (slash < 0 || !/^\/\d{1,3}$/.test(trimmed.slice(slash))) throw notACidr(text);
  const verdict = normaliseAddress(trimmed.slice(0, slash));
  if (!verdict.ok) throw notACidr(text);
  const v4 = ipv4Number(verdict.address);
  const wasMapped = v4 !== undefined && trimmed.slice(0, slash).includes(':');
  const bits = Number(trimmed.slice(slash + 1)) - (wasMapped ? 96 : 0);
  if (v4 === undefined) {
    if (bits > 128) throw notACidr(text);
    return { text: trimmed, family: 6, base: ipaddr.IPv6.parse(verdict.address), bits };
  }
  if (bits < 0 || bits > 32) throw notACidr(text);
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return { text: trimmed, family: 4, base: (v4 & mask) >>> 0, mask };
}

/** The first block that holds the normalised address, if any does. */
export function findCidr(cidrs: readonly Cidr[], address: string): Cidr | undefined {
  if (cidrs.length === 0) return undefined;
  const v4 = ipv4Number(address);
  if (v4 !== undefined) return findV4(cidrs, v4);
  const parsed = ipaddr.IPv6.parse(address);
  return cidrs.find((cidr) => cidr.family === 6 && parsed.match(cidr.base, cidr.bits));
}

/** The same for an IPv4 address as a number. */
export function findV4(cidrs: readonly Cidr[], address: number): Cidr | undefined {
  for (const cidr of cidrs) if (cidr.family === 4 && (address & cidr.mask) >>> 0 === cidr.base) return cidr;
  return undefined;
}

function notACidr(text: string): RangeError {
  return new RangeError(`${JSON.stringify(text)} is not a CIDR block such as 10.0.0.0/8 or 2001:db8::/32`);
}
