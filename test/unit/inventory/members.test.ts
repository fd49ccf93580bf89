import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Snapshot } from '../../../lib/core/reading/snapshot.ts';
import { listed } from '../../../lib/core/reading/wanted.ts';
import { canonicalMember, memberPolicy, sourceWanted, toWanted } from '../../../lib/inventory/members.ts';

const found = (value: string, id = value, source = 's0') => ({ value, origin: { source, id } });

const snapshot = (values: readonly string[], more: Partial<Snapshot> = {}): Snapshot => ({
  source: 's0',
  takenAt: 1000,
  machines: values.map((value) => found(value, value, more.source)),
  skipped: [],
  completeness: { complete: true, proof: 'all of them' },
  ...more,
});

test.each(['a\u0000', 'a\n', 'a\u0085', 'a\ud800', '\udc00\ud83d'])(
  'refuses %j as an id that cannot be sent and read back',
  (id) => {
    expect(canonicalMember('userdefined', id)).toMatchObject({ ok: false, understood: false });
  },
);
test('takes any other sign in an id', () => {
  expect(canonicalMember('userdefined', 'Gestell 机器 🚀')).toEqual({ ok: true, member: 'Gestell 机器 🚀' });
});

describe('members of userdefined groups', () => {
  test.each(['Web-1', ' web-1 ', 'web 1', 'ウェブ', '10.0.0.01', '#1'])('keep %j to the letter', (id) => {
    expect(canonicalMember('userdefined', id)).toEqual({ ok: true, member: id });
  });

  test.each(['', '  ', 'web\n1', 'web\u0000', '\u0085x'])('refuse %j and do not guess', (id) => {
    expect(canonicalMember('userdefined', id)).toMatchObject({ ok: false, understood: false });
  });
});

describe.each(['ip', 'userdefined'] as const)('a member of a group of kind %s', (identify) => {
  test('has 512 characters at the most', () => {
    const reason = 'needs at most 512 characters';
    expect(canonicalMember(identify, 'x'.repeat(513))).toEqual({ ok: false, understood: false, reason });
    expect(canonicalMember(identify, 'x'.repeat(512))).not.toMatchObject({ reason });
    expect(canonicalMember('userdefined', 'x'.repeat(512)).ok).toBe(true);
  });

  test('that is longer leaves a reading incomplete', () => {
    const { completeness, members } = toWanted([snapshot(['10.0.0.1', 'x'.repeat(513)])], { identify });
    expect(completeness.complete).toBe(false);
    expect([...members.keys()]).toEqual(['10.0.0.1']);
  });
});

describe('the address policy', () => {
  const policy = memberPolicy({
    identify: 'ip',
    allow: ['10.0.0.0/8', '2001:db8::/32'],
    deny: ['10.9.0.0/16', '127.0.0.0/8', '2001:db8:9::/48'],
  });

  test.each([
    ['10.0.0.1', { ok: true, member: '10.0.0.1' }],
    ['::ffff:10.0.0.1', { ok: true, member: '10.0.0.1' }],
    ['2001:DB8::1', { ok: true, member: '2001:db8::1' }],
    ['10.9.1.1', { ok: false, understood: true, reason: 'denied by 10.9.0.0/16' }],
    ['2001:db8:9::1', { ok: false, understood: true, reason: 'denied by 2001:db8:9::/48' }],
    ['192.0.2.1', { ok: false, understood: true, reason: 'in none of the allowed ranges' }],
    ['2001:db9::1', { ok: false, understood: true, reason: 'in none of the allowed ranges' }],
    ['127.0.0.1', { ok: false, understood: true, reason: 'denied by 127.0.0.0/8' }],
    ['::1', { ok: false, understood: false, reason: 'loopback addresses are never members' }],
    ['169.254.1.1', { ok: false, understood: false, reason: 'link-local addresses are never members' }],
    ['0.0.0.0', { ok: false, understood: false, reason: 'unspecified addresses are never members' }],
    ['ff02::1', { ok: false, understood: false, reason: 'multicast addresses are never members' }],
    ['010.0.0.1', { ok: false, understood: false, reason: expect.stringContaining('leading zeros') }],
    ['host.example', { ok: false, understood: false, reason: expect.stringContaining('IPv4 address') }],
    ['', { ok: false, understood: false, reason: expect.stringContaining('blank') }],
  ])('answers for %j: %j', (value, verdict) => {
    expect(policy(found(value))).toEqual(verdict);
  });

  it('denies before it allows', () => {
    const both = memberPolicy({ identify: 'ip', allow: ['10.0.0.0/8'], deny: ['10.0.0.0/8'] });
    expect(both(found('10.0.0.1'))).toMatchObject({ reason: 'denied by 10.0.0.0/8' });
  });

  it('refuses a list that is none when it is made, not when a machine meets it', () => {
    expect(() => memberPolicy({ identify: 'ip', deny: ['10.0.0.1'] })).toThrow(
      '"10.0.0.1" is not a CIDR block',
    );
  });

  it('applies no ranges to user-defined ids', () => {
    const ids = memberPolicy({ identify: 'userdefined', deny: ['10.0.0.0/8'] });
    expect(ids(found('10.0.0.1'))).toEqual({ ok: true, member: '10.0.0.1' });
  });
});

describe('the wanted set', () => {
  const rules = { identify: 'ip', deny: ['10.9.0.0/16'] } as const;
  const policy = memberPolicy(rules);

  it('counts two spellings of one address once and remembers both origins', () => {
    const wanted = sourceWanted(snapshot(['10.0.0.1', '::ffff:10.0.0.1', '10.0.0.2 ']), policy);
    expect([...wanted.members.keys()]).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(listed(wanted.members.get('10.0.0.1')).map(({ id }) => id)).toEqual([
      '10.0.0.1',
      '::ffff:10.0.0.1',
    ]);
    expect(wanted.completeness.complete).toBe(true);
  });

  it('stays complete when rules take machines out, and keeps each with its reason', () => {
    const wanted = sourceWanted(snapshot(['10.0.0.1', '10.9.0.1', '10.9.0.2']), policy);
    expect(wanted.completeness).toEqual({ complete: true, proof: 'all of them' });
    expect(wanted.dropped).toEqual([
      { origin: { source: 's0', id: '10.9.0.1' }, reason: 'denied by 10.9.0.0/16', value: '10.9.0.1' },
      { origin: { source: 's0', id: '10.9.0.2' }, reason: 'denied by 10.9.0.0/16', value: '10.9.0.2' },
    ]);
  });

  it('is incomplete by a machine that registered an address nobody can have, unless that is denied in words', () => {
    const registered = snapshot(['10.0.0.1', '127.0.0.1']);
    expect(sourceWanted(registered, policy).completeness).toMatchObject({ complete: false });
    const expected = memberPolicy({ identify: 'ip', deny: ['127.0.0.0/8'] });
    expect(sourceWanted(registered, expected).completeness).toMatchObject({ complete: true });
  });

  it('pitfall 12: one bad record does not fail the other 249, and makes the reading incomplete', () => {
    const values = Array.from({ length: 249 }, (_, index) => `10.0.1.${index + 1}`);
    const wanted = sourceWanted(
      snapshot([...values.slice(0, 100), 'host.example', ...values.slice(100)]),
      policy,
    );
    expect(wanted.members.size).toBe(249);
    expect(wanted.completeness).toEqual({
      complete: false,
      reasons: ['needs an IPv4 address as four decimal numbers, or an IPv6 address: host.example'],
    });
    expect(wanted.dropped).toMatchObject([{ origin: { id: 'host.example' } }]);
  });

  it('names ten and counts the rest', () => {
    const wanted = sourceWanted(snapshot(Array.from({ length: 14 }, (_, index) => `host-${index}`)), policy);
    const [reason] = wanted.completeness.complete ? [] : wanted.completeness.reasons;
    expect(reason).toMatch(/host-9 and 4 more$/);
    expect(wanted.dropped).toHaveLength(14);
  });

  it('does not let a name forge a line of a report', () => {
    const wanted = sourceWanted(snapshot(['x\nall complete']), policy);
    expect(wanted.completeness).toMatchObject({ reasons: [expect.stringContaining('"x\\nall complete"')] });
  });

  it('keeps what the source itself skipped and why it is incomplete', () => {
    const skipped = [{ origin: { source: 's0', id: 'i-1' }, reason: 'state stopped' }];
    const wanted = sourceWanted(
      snapshot(['bad'], {
        skipped,
        completeness: { complete: false, reasons: ['a page was empty'] },
        revision: '"v1"',
      }),
      policy,
    );
    expect(wanted.dropped.map(({ reason }) => reason)).toEqual([
      'state stopped',
      expect.stringContaining('needs'),
    ]);
    expect(wanted.completeness).toMatchObject({
      reasons: ['a page was empty', expect.stringContaining('bad')],
    });
    expect(wanted.revision).toBe('"v1"');
  });

  it('merges sources: one machine known to both is one member, and one incomplete source is enough', () => {
    const wanted = toWanted(
      [snapshot(['10.0.0.1']), snapshot(['10.0.0.1', 'bad'], { source: 's1', takenAt: 500 })],
      rules,
    );
    expect(wanted.members.get('10.0.0.1')).toHaveLength(2);
    expect(wanted.completeness).toMatchObject({ complete: false, reasons: [expect.stringMatching(/^s1: /)] });
    expect(wanted.takenAt).toBe(500);
  });

  it('pitfall 8: one address of two instances from different sources leaves the reading incomplete', () => {
    const of = (source: string, id: string) =>
      snapshot([], { source, machines: [found('10.0.0.1', id, source)] });
    expect(toWanted([of('s0', 'i-0a'), of('s1', 'i-0b')], rules).completeness).toEqual({
      complete: false,
      reasons: ['several instances have the address 10.0.0.1: i-0a (s0), i-0b (s1)'],
    });
    expect(toWanted([of('s0', 'i-0a'), of('s1', 'i-0a')], rules).completeness.complete).toBe(true);
    expect(toWanted([of('s0', 'i-0a'), of('s1', 'web-1 (4)')], rules).completeness.complete).toBe(true);
  });

  it('leaves several instances of one address in one source to that source', () => {
    const both = [found('10.0.0.1', 'i-0a'), found('10.0.0.1', 'i-0b')];
    const wanted = toWanted([snapshot([], { machines: both }), snapshot([], { source: 's1' })], rules);
    expect(wanted.completeness.complete).toBe(true);
    expect(wanted.collisions).toEqual([{ member: '10.0.0.1', source: 's0', ids: ['i-0a', 'i-0b'] }]);
  });

  it('is complete where instances of several sources share an id: in a group of ids they are meant to', () => {
    const of = (source: string, ...ids: string[]) =>
      snapshot([], { source, machines: ids.map((id) => found('web', id, source)) });
    const wanted = toWanted([of('s0', 'i-0a', 'i-0b'), of('s1', 'i-0c')], { identify: 'userdefined' });
    expect([...wanted.members.keys()]).toEqual(['web']);
    expect(wanted.completeness.complete).toBe(true);
  });

  it('loses nothing: every machine found is a member, or dropped with a reason', () => {
    const value = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ maxLength: 12 }),
      fc.constantFrom('10.9.0.1', '::1'),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (values) => {
        const machines = values.map((text, index) => found(text, `m${index}`));
        const wanted = sourceWanted(snapshot([], { machines }), policy);
        const kept = [...wanted.members.values()].flat().map(({ id }) => id);
        const gone = wanted.dropped.map(({ origin }) => origin.id);
        expect([...kept, ...gone].sort()).toEqual(machines.map(({ origin }) => origin.id).sort());
        expect(wanted.dropped.every(({ reason }) => reason !== '')).toBe(true);
      }),
    );
  });
});
