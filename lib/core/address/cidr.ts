// Ranges of addresses, parsed once and asked a million times.

import { ipv4Number, ipv6Groups, normaliseAddress } from './address.ts';

const NOT_A_CIDR = { ok: false, says: 'is not a CIDR block such as 10.0.0.0/8 or 2001:db8::/32' } as const;
const TOO_WIDE =
  'is IPv4-mapped and holds more than all of IPv4: give /96 to /128, or the IPv4 block itself, such as 10.0.0.0/8';

/** A parsed CIDR block; IPv4-mapped blocks of 96 bits and more count as IPv4. */
export type Cidr =
  | { readonly text: string; readonly family: 4; readonly base: number; readonly mask: number }
  | { readonly text: string; readonly family: 6; readonly base: readonly number[]; readonly bits: number };

export type CidrReading =
  | { readonly ok: true; readonly cidr: Cidr }
  /** `says` what is wrong, to follow the text or its place. */
  | { readonly ok: false; readonly says: string };

/** The text as a block. Host bits are ignored: `10.1.2.3/8` is `10.0.0.0/8`. */
export function readCidr(text: string): CidrReading {
  const trimmed = text.trim();
  const [, address = '', length = ''] = /^([^/]*)\/(\d{1,3})$/.exec(trimmed) ?? [];
  const verdict = normaliseAddress(address);
  if (!verdict.ok) return NOT_A_CIDR;
  const v4 = ipv4Number(verdict.address);
  const isMapped = v4 !== undefined && address.includes(':');
  const bits = Number(length) - (isMapped ? 96 : 0);
  if (bits > (v4 === undefined ? 128 : 32)) return NOT_A_CIDR;
  if (bits < 0) return { ok: false, says: TOO_WIDE };
  if (v4 === undefined) {
    const base = ipv6Groups(verdict.address) as number[];
    return { ok: true, cidr: { text: trimmed, family: 6, base, bits } };
  }
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return { ok: true, cidr: { text: trimmed, family: 4, base: (v4 & mask) >>> 0, mask } };
}

/** The same for text that was checked before. @throws {RangeError} when it is no block */
export function parseCidr(text: string): Cidr {
  const reading = readCidr(text);
  if (!reading.ok) throw new RangeError(`${JSON.stringify(text)} ${reading.says}`);
  return reading.cidr;
}

/** The first block that holds the normalised address, if any does. */
export function findCidr(cidrs: readonly Cidr[], address: string): Cidr | undefined {
  if (cidrs.length === 0) return undefined;
  const v4 = ipv4Number(address);
  if (v4 !== undefined) return findV4(cidrs, v4);
  const groups = ipv6Groups(address) as number[];
  return cidrs.find((cidr) => cidr.family === 6 && isWithin(groups, cidr.base, cidr.bits));
}

/** Whether two addresses have their first bits in common. */
function isWithin(groups: readonly number[], base: readonly number[], bits: number): boolean {
  for (let at = 0, left = bits; left > 0; at += 1, left -= 16) {
    const unlike = (groups[at] as number) ^ (base[at] as number);
    if (unlike >>> Math.max(0, 16 - left) !== 0) return false;
  }
  return true;
}

/** The same for an IPv4 address as a number. */
export function findV4(cidrs: readonly Cidr[], address: number): Cidr | undefined {
  for (const cidr of cidrs) if (cidr.family === 4 && (address & cidr.mask) >>> 0 === cidr.base) return cidr;
  return undefined;
}
