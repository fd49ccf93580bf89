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

/** Blocks to look addresses up in: one look a length of prefix, however many blocks there are. */
export interface Blocks {
  readonly size: number;
  /** A block that holds the normalised address, if any does. */
  readonly find: (address: string) => Cidr | undefined;
  /** The same for an IPv4 address as a number. */
  readonly findV4: (address: number) => Cidr | undefined;
}

export function blocksOf(cidrs: readonly Cidr[]): Blocks {
  const byMask = new Map<number, Map<number, Cidr>>();
  const byBits = new Map<number, Map<string, Cidr>>();
  for (const cidr of cidrs) {
    if (cidr.family === 4) tableOf(byMask, cidr.mask).set(cidr.base, cidr);
    else tableOf(byBits, cidr.bits).set(prefixOf(cidr.base, cidr.bits), cidr);
  }
  const masks = [...byMask];
  const lengths = [...byBits];
  const findV4 = (address: number): Cidr | undefined => {
    for (const [mask, table] of masks) {
      const found = table.get((address & mask) >>> 0);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const find = (address: string): Cidr | undefined => {
    if (cidrs.length === 0) return undefined;
    const v4 = ipv4Number(address);
    if (v4 !== undefined) return findV4(v4);
    if (lengths.length === 0) return undefined;
    const groups = ipv6Groups(address) as number[];
    for (const [bits, table] of lengths) {
      const found = table.get(prefixOf(groups, bits));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return { size: cidrs.length, find, findV4 };
}

function tableOf<K, V>(tables: Map<number, Map<K, V>>, key: number): Map<K, V> {
  const table = tables.get(key) ?? new Map<K, V>();
  tables.set(key, table);
  return table;
}

/** The first bits of an IPv6 address as a text; the rest of the last group is taken off. */
function prefixOf(groups: readonly number[], bits: number): string {
  const whole = bits >> 4;
  const rest = bits & 15;
  const head = groups.slice(0, whole).join(':');
  return rest === 0 ? head : `${head}:${(groups[whole] as number) >>> (16 - rest)}`;
}

/** Whether every address of one block is in the other, too. */
export function covers(block: Cidr, other: Cidr): boolean {
  if (block.family === 4)
    return other.family === 4 && block.mask <= other.mask && (other.base & block.mask) >>> 0 === block.base;
  return (
    other.family === 6 &&
    block.bits <= other.bits &&
    prefixOf(block.base, block.bits) === prefixOf(other.base, block.bits)
  );
}
