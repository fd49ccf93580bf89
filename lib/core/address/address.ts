// One spelling for every address: members are compared as text by the service and by the plan, so the same
// address in two spellings would be a machine to add and another to remove. Everything that meets an
// address (request bodies, inventories) comes through here.

/** Which rule a text breaks; the words are in {@link ADDRESS_RULES}. */
export type AddressRule = keyof typeof ADDRESS_RULES;

export const ADDRESS_RULES = {
  blank: 'an address that is not blank',
  url: 'an address, not a URL',
  several: 'one address, not several in one text',
  mask: 'an address without a mask: leave out the "/" and what follows',
  zone: 'an address without a zone: "%" names an interface of one host and means nothing elsewhere',
  port: 'an address without a port or brackets',
  'leading-zero': 'decimal numbers without leading zeros: half of all parsers read 010 as 8',
  'not-an-address': 'an IPv4 address as four decimal numbers, or an IPv6 address',
} as const;

export type AddressVerdict =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly rule: AddressRule };

/**
 * The one spelling of an address: surrounding blanks dropped, IPv4 as four decimal numbers, IPv6 as RFC 5952
 * writes it, IPv4-mapped IPv6 (`::ffff:10.0.0.1`) as the IPv4 address it stands for. Spellings that parsers
 * read differently (octal, hexadecimal, fewer than four numbers) are refused, never guessed.
 */
export function normaliseAddress(text: string): AddressVerdict {
  if (ipv4Number(text) !== undefined) return { ok: true, address: text };
  const trimmed = text.trim();
  if (trimmed === '') return refuse('blank');
  if (ipv4Number(trimmed) !== undefined) return { ok: true, address: trimmed };
  const address = canonicalV6(trimmed);
  return address === undefined ? refuse(ruleOf(trimmed)) : { ok: true, address };
}

/** Characters of a text that is looked into for what is wrong with it. */
const LONGEST_LOOK = 2048;

/** The rule that fits what was sent: a text has a mask, a zone or a port only where the rest is an address. */
function ruleOf(text: string): AddressRule {
  if (text.length > LONGEST_LOOK) return 'not-an-address';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'url';
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  if (isAddress(bracketed ?? dotted)) return 'port';
  const [host, prefix, ...more] = text.split('/');
  const [address, zone] = (host ?? '').split('%', 2);
  if (isAddress(address)) {
    if (prefix !== undefined) return more.length === 0 && /^[\d.]+$/.test(prefix) ? 'mask' : 'not-an-address';
    if (zone !== undefined) return 'zone';
  }
  if (/^\d+(?:\.\d+){3}$/.test(text) && /(?:^|\.)0\d/.test(text)) return 'leading-zero';
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  return parts.length > 1 && parts.every(isAddress) ? 'several' : 'not-an-address';
}

function isAddress(text: string | undefined): boolean {
  return text !== undefined && (ipv4Number(text) !== undefined || canonicalV6(text) !== undefined);
}

/** Ranges that no agent on another machine can report as its own address. */
export type SpecialRange =
  | 'unspecified'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'broadcast'
  | 'ipv4-compatible';

/**
 * The special range a normalised address lies in, if any (RFC 6890 registries). `0.0.0.0/8` counts as
 * unspecified. `240.0.0.0/4` is not special apart from the broadcast address: clouds hand it out inside
 * private networks. Private, shared, unique-local and documentation ranges are ordinary members too.
 */
export function specialRange(address: string): SpecialRange | undefined {
  const v4 = ipv4Number(address);
  return v4 === undefined ? specialV6(address) : specialV4(v4);
}

/** The same for an IPv4 address as a number. */
export function specialV4(address: number): SpecialRange | undefined {
  const first = address >>> 24;
  if (first === 0) return 'unspecified';
  if (first === 127) return 'loopback';
  if (first === 169) return address >>> 16 === 0xa9fe ? 'link-local' : undefined;
  if (first < 224) return undefined;
  if (first < 240) return 'multicast';
  return address === 0xffffffff ? 'broadcast' : undefined;
}

function specialV6(address: string): SpecialRange | undefined {
  if (address === '::') return 'unspecified';
  if (address === '::1') return 'loopback';
  if (/^ff[0-9a-f]{2}:/.test(address)) return 'multicast';
  if (/^fe[89ab][0-9a-f]:/.test(address)) return 'link-local';
  return /^::[0-9a-f]{1,4}(?::[0-9a-f]{1,4})?$/.test(address) ? 'ipv4-compatible' : undefined;
}

function refuse(rule: AddressRule): AddressVerdict {
  return { ok: false, rule };
}

/**
 * Four decimal numbers as one of 32 bits, undefined for every other text. Reads character codes, because a sync may
 * read a million of these and a pattern costs several times more.
 */
export function ipv4Number(text: string): number | undefined {
  if (text.length < 7 || text.length > 15) return undefined;
  let dots = 0;
  let digits = 0;
  let value = 0;
  let number = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 46) {
      if (digits === 0) return undefined;
      number = number * 256 + value;
      dots += 1;
      digits = 0;
      value = 0;
      continue;
    }
    if (code < 48 || code > 57) return undefined;
    if (digits > 0 && value === 0) return undefined;
    digits += 1;
    value = value * 10 + code - 48;
    if (value > 255) return undefined;
  }
  return dots === 3 && digits > 0 ? number * 256 + value : undefined;
}

/** Characters of the longest spelling: six groups of four and an IPv4 tail (RFC 4291, 2.2). */
const LONGEST_V6 = 45;
const GROUPS = 8;
const COLON = 0x3a;
const DOT = 0x2e;

/**
 * The eight groups of an IPv6 address (RFC 4291, 2.2), undefined for every other text. The last two may be spelt as
 * an IPv4 address. Reads character codes, as {@link ipv4Number} does.
 */
export function ipv6Groups(text: string): number[] | undefined {
  const { length } = text;
  if (length < 2 || length > LONGEST_V6) return undefined;
  const groups: number[] = [];
  // Groups before "::".
  let gap = text.charCodeAt(0) === COLON && text.charCodeAt(1) === COLON ? 0 : -1;
  let start = gap === 0 ? 2 : 0;
  let value = 0;
  for (let at = start; at < length; at += 1) {
    const code = text.charCodeAt(at);
    const digit = hexDigit(code);
    if (digit >= 0) {
      if (at - start === 4) return undefined;
      value = value * 16 + digit;
    } else if (code === COLON) {
      if (at === start || at === length - 1) return undefined;
      groups.push(value);
      value = 0;
      if (text.charCodeAt(at + 1) === COLON) {
        if (gap >= 0) return undefined;
        gap = groups.length;
        at += 1;
      }
      start = at + 1;
    } else {
      const tail = code === DOT ? ipv4Number(text.slice(start)) : undefined;
      if (tail === undefined) return undefined;
      groups.push(tail >>> 16, tail & 0xffff);
      start = length;
      break;
    }
  }
  if (start < length) groups.push(value);
  const missing = GROUPS - groups.length;
  if (gap < 0) return missing === 0 ? groups : undefined;
  // "::" stands for one group at least.
  if (missing < 1) return undefined;
  for (let at = GROUPS - 1; at >= gap; at -= 1)
    groups[at] = at >= gap + missing ? (groups[at - missing] as number) : 0;
  return groups;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function canonicalV6(text: string): string | undefined {
  const groups = ipv6Groups(text);
  if (groups === undefined) return undefined;
  return isMapped(groups) ? ipv4Tail(groups) : ipv6Text(groups);
}

/** The last 32 bits of an IPv6 address as an IPv4 address. */
export function ipv4Tail([, , , , , , high = 0, low = 0]: readonly number[]): string {
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.findIndex((group) => group !== 0) === 5;
}

/** RFC 5952, 4: lower case, no leading zeros, and "::" for the longest run of two or more zeros, the first of equals. */
function ipv6Text(groups: readonly number[]): string {
  let longest = 1;
  let gap = GROUPS;
  for (let at = 0, run = 0; at < GROUPS; at += 1) {
    run = groups[at] === 0 ? run + 1 : 0;
    if (run > longest) {
      longest = run;
      gap = at + 1 - run;
    }
  }
  const codes: number[] = [];
  for (let at = 0; at < GROUPS; at += 1) {
    if (at > 0 || gap === 0) codes.push(COLON);
    if (at === gap) {
      at += longest - 1;
      if (at === GROUPS - 1) codes.push(COLON);
    } else {
      const group = groups[at] as number;
      if (group >= 0x1000) codes.push(hexCode(group >> 12));
      if (group >= 0x100) codes.push(hexCode((group >> 8) & 15));
      if (group >= 0x10) codes.push(hexCode((group >> 4) & 15));
      codes.push(hexCode(group & 15));
    }
  }
  return String.fromCharCode(...codes);
}

function hexCode(digit: number): number {
  return digit + (digit < 10 ? 0x30 : 0x57);
}
