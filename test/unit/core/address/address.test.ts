import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it, test } from 'vitest';
import { type AddressRule, normaliseAddress, specialRange } from '../../../../lib/core/address/address.ts';
import { blocksOf, parseCidr } from '../../../../lib/core/address/cidr.ts';

const canonical = (text: string) => {
  const verdict = normaliseAddress(text);
  return verdict.ok ? verdict.address : `refused: ${verdict.rule}`;
};

describe('pitfall 7: an address has one spelling:', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['10.0.0.1  ', '10.0.0.1'],
    ['\t10.0.0.1\r\n', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:a00:1', '10.0.0.1'],
    ['0:0:0:0:0:ffff:10.0.0.1', '10.0.0.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8::0001', '2001:db8::1'],
    // RFC 5952: the longest run, the first of equal runs, never a single group.
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::', '::'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::10.0.0.1', '::a00:1'],
  ])('%j becomes %j', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  test.each<[string, AddressRule]>([
    ['', 'blank'],
    [' \t\n', 'blank'],
    ['010.0.0.1', 'leading-zero'],
    ['10.0.0.01', 'leading-zero'],
    ['10.00.0.1', 'leading-zero'],
    ['::ffff:010.0.0.1', 'not-an-address'],
    ['10.0.0.1/32', 'mask'],
    ['10.0.0.1/255.255.255.0', 'mask'],
    ['2001:db8::/64', 'mask'],
    ['fe80::1%eth0/64', 'mask'],
    ['10.0.0.1/', 'not-an-address'],
    ['10.0.0.1/24/8', 'not-an-address'],
    ['10.0.0.1/web', 'not-an-address'],
    ['web-1/24', 'not-an-address'],
    ['/etc/machines', 'not-an-address'],
    ['http://10.0.0.1', 'url'],
    ['HTTPS://10.0.0.1:9100/metrics', 'url'],
    ['ssh://[2001:db8::1]:22', 'url'],
    ['//10.0.0.1', 'not-an-address'],
    ['10.0.0.1, 10.0.0.2', 'several'],
    ['10.0.0.1;2001:db8::1', 'several'],
    ['10.0.0.1\n10.0.0.2', 'several'],
    ['10.0.0.1 web-1', 'not-an-address'],
    ['fe80::1%eth0', 'zone'],
    ['web%20server', 'not-an-address'],
    ['[web-1]:9100', 'not-an-address'],
    ['web-1:9100', 'not-an-address'],
    ['999.1.1.1:80', 'not-an-address'],
    ['10.0.0.1:9100', 'port'],
    ['[2001:db8::1]', 'port'],
    ['[2001:db8::1]:9100', 'port'],
    ['10.0.1', 'not-an-address'],
    ['127.1', 'not-an-address'],
    ['2130706433', 'not-an-address'],
    ['0x7f000001', 'not-an-address'],
    ['0x7f.0.0.1', 'not-an-address'],
    ['10.0.0.256', 'not-an-address'],
    ['10.0.0.1.', 'not-an-address'],
    ['10..0.1', 'not-an-address'],
    ['1.2.3.4.5', 'not-an-address'],
    ['10.0.0.-1', 'not-an-address'],
    ['１０.0.0.1', 'not-an-address'],
    ['10.0.0.1\u200b', 'not-an-address'],
    ['web-1', 'not-an-address'],
    [':::', 'not-an-address'],
    ['1::2::3', 'not-an-address'],
    ['::00001', 'not-an-address'],
    ['1:2:3:4:5:6:7:8:9', 'not-an-address'],
    ['1:2:3:4:5:6:7', 'not-an-address'],
    ['1.2.3.4::', 'not-an-address'],
    ['::1.2.3.4:5', 'not-an-address'],
  ])('%j is refused: %s', (text, rule) => {
    expect(normaliseAddress(text)).toEqual({ ok: false, rule });
  });
  test.each([':', 'a:', '::', '1.', '0', '/', '%', '[', '::1 ', '1.1.1.1,'])(
    'however long it is: %j, a million times',
    (part) => {
      // Patterns that look back from every colon took 25 seconds for 80 000 of them.
      expect(normaliseAddress(part.repeat(1_000_000)).ok).toBe(false);
    },
  );
});

/** Sixteen bytes as an address in one of the many spellings IPv6 has. */
const v6Spelling = fc
  .tuple(
    fc.array(fc.constantFrom(0, 0, 0, 1, 0xff, 0xabcd, 0xffff), { minLength: 8, maxLength: 8 }),
    fc.nat(3),
    fc.boolean(),
  )
  .map(([groups, style, upper]) => {
    const padded = groups.map((group) => group.toString(16).padStart(style === 1 ? 4 : 1, '0'));
    const joined = padded.join(':');
    const tail = groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
    const text = style === 2 ? [...padded.slice(0, 6), tail].join(':') : joined;
    const zeros = style === 3 ? text.replace(/(?:^|:)0(?::0)+(?:$|:)/, '::') : text;
    return { groups, text: upper ? zeros.toUpperCase() : zeros };
  });

describe('properties of normaliseAddress', () => {
  it('is a fixed point: a normalised address normalises to itself', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6(),
          v6Spelling.map(({ text }) => text),
        ),
        (text) => {
          const once = normaliseAddress(text);
          if (once.ok) expect(normaliseAddress(once.address)).toEqual(once);
        },
      ),
    );
  });

  it('gives two spellings of the same bytes the same text, and other bytes another', () => {
    fc.assert(
      fc.property(v6Spelling, v6Spelling, (one, two) => {
        expect(isIP(one.text)).toBe(6);
        const same = one.groups.join() === two.groups.join();
        expect(canonical(one.text) === canonical(two.text)).toBe(same);
        expect(canonical(one.text)).toBe(canonical(one.groups.map((group) => group.toString(16)).join(':')));
      }),
    );
  });

  it('takes an IPv4 address and the IPv6 address it is mapped to for one', () => {
    fc.assert(
      fc.property(fc.ipV4(), (v4) => {
        expect(canonical(`::ffff:${v4}`)).toBe(v4);
      }),
    );
  });

  it('accepts exactly what the platform takes for an address, given text without blanks, zones or masks', () => {
    const alphabet = fc.constantFrom(...'0123456789abcdefF:.:.:');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: alphabet, maxLength: 24 }), fc.ipV4(), fc.ipV6()), (text) => {
        expect(normaliseAddress(text).ok).toBe(isIP(text) !== 0);
      }),
      { numRuns: 2000 },
    );
  });
});

/** What the library makes of a text that it reads as RFC 4291 does: no octal tail, no zone, no group of five digits. */
function ofLibrary(text: string): string | undefined {
  if (isIP(text) !== 6 || text.includes('%')) return undefined;
  const tail = /[^:]*$/.exec(text)?.[0] ?? '';
  const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number);
  const groups = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  const parsed = ipaddr.IPv6.parse(tail.includes('.') ? text.slice(0, -tail.length) + groups : text);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toRFC5952String();
}

describe('IPv6, beside ipaddr.js', () => {
  const group = fc.oneof(
    fc.constantFrom('0', '0000', '1', 'ffff', 'FFFF', 'aBcD', '', '', '00001', 'g'),
    fc.stringMatching(/^[0-9a-fA-F]{1,4}$/),
  );
  const tail = fc.constantFrom(
    '',
    '',
    '',
    ':1.2.3.4',
    ':255.255.255.255',
    '1.2.3.4',
    ':01.2.3.4',
    ':1.2.3',
    '.',
  );
  const joined = fc
    .tuple(fc.array(group, { minLength: 1, maxLength: 9 }), tail, fc.constantFrom('', '', ':', '::'))
    .map(([groups, end, begin]) => begin + groups.join(':') + end);
  const spelt = v6Spelling.map(({ text }) => text);
  const texts = fc.oneof(
    joined,
    spelt,
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...'01fF::.'), maxLength: 45 }),
  );

  it('reads the same texts and writes them alike', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const verdict = normaliseAddress(text);
        const expected = isIP(text) === 4 ? text : ofLibrary(text);
        expect(verdict.ok ? verdict.address : undefined).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
  });

  it('finds the same block for an address', () => {
    const address = fc.oneof(spelt, fc.ipV6()).map(canonical);
    fc.assert(
      fc.property(address, address, fc.nat(128), fc.nat(128), (one, other, bits, kept) => {
        fc.pre(one.includes(':') && other.includes(':'));
        const [a, b] = [one, other].map((text) => ipaddr.IPv6.parse(text).toByteArray()) as [
          number[],
          number[],
        ];
        // Alike in their first bits, so that both answers come up.
        const near = a.map((byte, at) => {
          const mask = 0xff & ~(0xff >> Math.min(8, Math.max(0, kept - at * 8)));
          return (byte & mask) | ((b[at] as number) & ~mask & 0xff);
        });
        const text = canonical(new ipaddr.IPv6(near).toNormalizedString());
        fc.pre(text.includes(':'));
        const found = blocksOf([parseCidr(`${one}/${bits}`)]).find(text);
        expect(found !== undefined).toBe(ipaddr.IPv6.parse(text).match(ipaddr.IPv6.parse(one), bits));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('special ranges', () => {
  test.each([
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['169.253.255.255', undefined],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', undefined],
    ['255.255.255.255', 'broadcast'],
    ['126.255.255.255', undefined],
    ['10.0.0.1', undefined],
    ['100.64.0.1', undefined],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['fe80::1', 'link-local'],
    ['febf:ffff::1', 'link-local'],
    ['fec0::1', undefined],
    ['fe8::1', undefined],
    ['ff02::1', 'multicast'],
    ['ff::1', undefined],
    ['::a00:1', 'ipv4-compatible'],
    ['::2', 'ipv4-compatible'],
    ['::1:0:0', undefined],
    ['fd00::1', undefined],
    ['2001:db8::1', undefined],
  ])('put %s into the range %s', (address, range) => {
    expect(canonical(address)).toBe(address);
    expect(specialRange(address)).toBe(range);
  });

  it('agrees with a block list of the registered ranges', () => {
    const special = new BlockList();
    for (const [network, bits] of [
      ['0.0.0.0', 8],
      ['127.0.0.0', 8],
      ['169.254.0.0', 16],
      ['224.0.0.0', 4],
    ] as const) {
      special.addSubnet(network, bits, 'ipv4');
    }
    special.addAddress('255.255.255.255', 'ipv4');
    for (const [network, bits] of [
      ['::', 96],
      ['fe80::', 10],
      ['ff00::', 8],
    ] as const) {
      special.addSubnet(network, bits, 'ipv6');
    }
    const v6 = fc.oneof(
      fc.ipV6(),
      v6Spelling.map(({ text }) => text),
    );
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), v6), (text) => {
        const address = canonical(text);
        const listed = special.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
        expect(specialRange(address) !== undefined).toBe(listed);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('CIDR blocks', () => {
  const block = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(
      v6Spelling.map(({ groups }) => groups.map((group) => group.toString(16)).join(':')),
      fc.integer({ min: 0, max: 128 }),
    ),
  );

  it('hold what a block list of the platform holds', () => {
    fc.assert(
      fc.property(
        block,
        fc.oneof(
          fc.ipV4(),
          v6Spelling.map(({ text }) => text),
        ),
        ([network, bits], text) => {
          fc.pre(canonical(network).includes(':') === network.includes(':'));
          const list = new BlockList();
          list.addSubnet(network, bits, network.includes(':') ? 'ipv6' : 'ipv4');
          const address = canonical(text);
          const cidr = parseCidr(`${network}/${bits}`);
          expect(blocksOf([cidr]).find(canonical(network))).toBe(cidr);
          if (address.includes(':') !== network.includes(':'))
            expect(blocksOf([cidr]).find(address)).toBeUndefined();
          else
            expect(blocksOf([cidr]).find(address) !== undefined).toBe(
              list.check(address, address.includes(':') ? 'ipv6' : 'ipv4'),
            );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('hold what one of many of them holds', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), fc.array(block, { maxLength: 4 }), (blocks, others) => {
        // Node's list holds IPv4 in blocks of IPv6 as well, so each family has its own.
        const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
        const familyOf = (network: string) => (network.includes(':') ? 'ipv6' : 'ipv4');
        // What is written as IPv6 and is IPv4 has rules of its own.
        for (const [network] of [...blocks, ...others])
          fc.pre(canonical(network).includes(':') === network.includes(':'));
        for (const [network, bits] of blocks)
          lists[familyOf(network)].addSubnet(network, bits, familyOf(network));
        const cidrs = blocks.map(([network, bits]) => parseCidr(`${network}/${bits}`));
        for (const [network] of [...blocks, ...others]) {
          const address = canonical(network);
          const found = blocksOf(cidrs).find(address);
          expect(found !== undefined).toBe(lists[familyOf(address)].check(address, familyOf(address)));
          if (found) expect(blocksOf([found]).find(address)).toBe(found);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('take an IPv4-mapped block for the IPv4 block', () => {
    expect(blocksOf([parseCidr('::ffff:10.0.0.0/104')]).find('10.200.0.1')).toBeDefined();
    expect(blocksOf([parseCidr('::ffff:10.0.0.0/104')]).find('11.0.0.1')).toBeUndefined();
  });

  test.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '/8',
    '10.0.0.0/8/8',
    '2001:db8::/129',
    '010.0.0.0/8',
    'x/8',
    '::ffff:10.0.0.0/90',
  ])('refuse %j', (text) => {
    expect(() => parseCidr(text)).toThrow(RangeError);
  });
});
