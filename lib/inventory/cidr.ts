// Ranges of addresses, parsed once and asked a million times.

import ipaddr from 'ipaddr.js';
import { normaliseAddress } from '../address.ts';

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
  const wasMapped = trimmed.slice(0, slash).includes(':') && !verdict.address.includes(':');
  const bits = Number(trimmed.slice(slash + 1)) - (wasMapped ? 96 : 0);
  if (verdict.address.includes(':')) {
    if (bits > 128) throw notACidr(text);
    return { text: trimmed, family: 6, base: ipaddr.IPv6.parse(verdict.address), bits };
  }
  if (bits < 0 || bits > 32) throw notACidr(text);
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return { text: trimmed, family: 4, base: (ipv4Number(verdict.address) & mask) >>> 0, mask };
}

/** The first block that holds the normalised address, if any does. */
export function findCidr(cidrs: readonly Cidr[], address: string): Cidr | undefined {
  if (cidrs.length === 0) return undefined;
  if (address.includes(':')) {
    const parsed = ipaddr.IPv6.parse(address);
    return cidrs.find((cidr) => cidr.family === 6 && parsed.match(cidr.base, cidr.bits));
  }
  const value = ipv4Number(address);
  return cidrs.find((cidr) => cidr.family === 4 && (value & cidr.mask) >>> 0 === cidr.base);
}

function ipv4Number(address: string): number {
  let value = 0;
  let part = 0;
  for (let index = 0; index < address.length; index += 1) {
    const code = address.charCodeAt(index);
    if (code === 46) {
      value = value * 256 + part;
      part = 0;
    } else {
      part = part * 10 + code - 48;
    }
  }
  return value * 256 + part;
}

function notACidr(text: string): RangeError {
  return new RangeError(`${JSON.stringify(text)} is not a CIDR block such as 10.0.0.0/8 or 2001:db8::/32`);
}
