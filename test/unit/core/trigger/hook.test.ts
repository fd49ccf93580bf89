// Hooks: their settings, and what makes a request one that the holder of a key made.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidSyncConfig, parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { HOOK_NAME } from '../../../../lib/core/text/hook-name.ts';
import { usersOf } from '../../../../lib/core/trigger/affected.ts';
import {
  ageOf,
  claimOf,
  HOOK_KEY,
  type HookCrypto,
  hookRunId,
  isSigned,
} from '../../../../lib/core/trigger/hook.ts';
import { hookCrypto } from '../../../../lib/runtime/hooks/keys.ts';
import { documentOf, groupDocument } from '../values.ts';

/** Schemes in which a key signs; the other one has tests of its own. */
const KEYED = ['netbox', 'generic'] as const;
type Keyed = (typeof KEYED)[number];
const hookOf = (scheme: Keyed) => ({ scheme, secretId: `hooks/${scheme}` });

const SECRETS = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:';
const netbox = { scheme: 'netbox', secretId: 'hooks/netbox' };
const cmdb = { scheme: 'generic', secretId: 'hooks/cmdb' };
const http = { type: 'http', url: 'https://cmdb.example/machines', format: 'list' };

describe('settings', () => {
  function problems(hooks: unknown, ...sources: object[]): readonly string[] {
    try {
      parseSyncConfig(documentOf({ sources }, { hooks }));
      return [];
    } catch (error) {
      if (!(error instanceof InvalidSyncConfig)) throw error;
      return error.problems;
    }
  }

  test('name the groups that use a source', () => {
    const group = (name: string, ...sources: object[]) => groupDocument({ name, sources });
    const config = parseSyncConfig(
      documentOf(
        {},
        {
          hooks: { netbox, cmdb },
          groups: [
            group('web', { ...http, hook: 'netbox' }),
            group('db', http),
            group('api', { type: 'file', url: 'file:///x', hook: 'cmdb' }, { ...http, hook: 'netbox' }),
            group('job', { type: 'ec2', regions: ['eu-central-1'], all: true, hook: 'cmdb' }),
          ],
        },
      ),
    );
    expect(config.hooks).toEqual([
      { name: 'netbox', ...netbox },
      { name: 'cmdb', ...cmdb },
    ]);
    const users = (hook: string) => usersOf(hook, config).map(({ name }) => name);
    expect(users('netbox')).toEqual(['web', 'api']);
    expect(users('cmdb')).toEqual(['api', 'job']);
    expect(users('constructor')).toEqual([]);
  });

  test.each<[string, unknown, object[], string[]]>([
    ['none', {}, [http], []],
    [
      'a source of a hook that is not there',
      { netbox },
      [
        { ...http, hook: 'netbox' },
        { ...http, hook: 'cmdb' },
      ],
      ['groups[0].sources[1].hook: is not in hooks'],
    ],
    [
      'a source of a name that every object has',
      {},
      [{ ...http, hook: 'constructor' }],
      ['groups[0].sources[0].hook: is not in hooks'],
    ],
    ['a hook of no source', { netbox }, [http], ['hooks.netbox: is not used by any source']],
    [
      'two hooks with one key',
      { netbox, other: { ...cmdb, secretId: netbox.secretId } },
      [
        { ...http, hook: 'netbox' },
        { ...http, hook: 'other' },
      ],
      ['hooks.other.secretId: is that of hook "netbox" too'],
    ],
    [
      'two hooks with one key, by its name, its ARN and the ARN without the six characters',
      {
        netbox,
        other: { ...cmdb, secretId: `${SECRETS}${netbox.secretId}-AbCdEf` },
        third: { ...cmdb, secretId: `${SECRETS}${netbox.secretId}` },
        fourth: cmdb,
        fifth: { ...cmdb, secretId: `${SECRETS}${cmdb.secretId}-eu` },
      },
      ['netbox', 'other', 'third', 'fourth', 'fifth'].map((hook) => ({ ...http, hook })),
      [
        'hooks.other.secretId: is that of hook "netbox" too',
        'hooks.third.secretId: is that of hook "netbox" too',
      ],
    ],
    [
      'a source that only the configuration can change',
      { netbox },
      [{ type: 'static', members: [], hook: 'netbox' }],
      ['groups[0].sources[0].hook: is not a known field', 'hooks.netbox: is not used by any source'],
    ],
    [
      'an unknown scheme',
      { cmdb: { ...cmdb, scheme: 'github' } },
      [{ ...http, hook: 'cmdb' }],
      [
        'hooks.cmdb.scheme: must be one of "netbox", "generic", "alibaba-eventbridge", is text of 6 characters',
      ],
    ],
    [
      'no secret, or the key itself',
      { cmdb: { scheme: 'generic', key: 'not-a-real-key' } },
      [{ ...http, hook: 'cmdb' }],
      ['hooks.cmdb.secretId: is missing, must be text', 'hooks.cmdb.key: is not a known field'],
    ],
  ])('have their faults named: %s', (_name, hooks, sources, expected) => {
    expect(problems(hooks, ...sources)).toEqual(expected);
  });

  test.each(['', 'NetBox', 'a b', 'a/b', '-a', 'a-', 'x'.repeat(65), '_proto_', 'ü'])(
    'refuse a hook named %j',
    (name) => {
      const hooks = JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(netbox)}}`);
      expect(problems(hooks, { ...http, hook: 'netbox' })[0]).toMatch(/its name must be up to 64 lower-case/);
    },
  );
  test.each(['a', '0', 'netbox-eu', 'x'.repeat(64)])('take a hook named %s', (name) => {
    expect(problems({ [name]: netbox }, { ...http, hook: name })).toEqual([]);
  });
});

const BODY = Buffer.from(
  '{"event": "updated", "timestamp": "2026-03-06T15:11:23.503186+00:00", "data": {"name": "süd-1"}}',
);
const SECONDS = 1_772_809_883;

/** Signatures that Python's hmac and openssl agree on. */
const SIGNED = {
  netbox: {
    key: 'not-a-real-netbox-key',
    headers: {
      'x-hook-signature':
        '0a6d047c048e6808a14c631fbbfc12b39a29ae58eab6ddeb7a437c7ac7acf4084a359bfc93d393fe562629a17bda15edb461c6be99bf5b18858271383ab06bc8',
    },
    madeAt: Date.parse('2026-03-06T15:11:23.503Z'),
  },
  generic: {
    key: 'not-a-real-generic-key',
    headers: {
      'x-signature': 'sha256=444917d7adb46b4cd381434e7233706a254b8ea72035d9f91bd300719340fdf4',
      'x-signature-timestamp': String(SECONDS),
    },
    madeAt: SECONDS * 1000,
  },
} as const;

function holds(scheme: Keyed, headers: object, body: Uint8Array, ...keys: string[]): boolean {
  const request = { headers: headers as Record<string, string>, body };
  const claim = claimOf(hookOf(scheme), request);
  return claim !== undefined && isSigned(scheme, claim, request, keys, hookCrypto);
}

test.each(KEYED)('%s: verifies a signature that others made', (scheme) => {
  const { key, headers, madeAt } = SIGNED[scheme];
  expect(holds(scheme, headers, BODY, key)).toBe(true);
  expect(holds(scheme, headers, BODY, 'not-the-key', key)).toBe(true);
  expect(holds(scheme, headers, BODY)).toBe(false);
  expect(ageOf(scheme, { headers, body: BODY }, madeAt + 7)).toBe(7);
  expect(ageOf(scheme, { headers, body: BODY }, madeAt - 7)).toBe(-7);
});

test('every key is tried, whichever fits', () => {
  const tried: string[] = [];
  const crypto: HookCrypto = {
    hmac: (_hash, key) => key,
    equal(a) {
      tried.push(a);
      return a === 'first';
    },
  };
  const request = { headers: SIGNED.netbox.headers, body: BODY };
  const claim = { signature: '', before: '' };
  expect(isSigned('netbox', claim, request, ['first', 'second'], crypto)).toBe(true);
  expect(tried).toEqual(['first', 'second']);
});

const anyScheme = fc.constantFrom(...KEYED);
const anyKey = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 16,
  maxLength: 256,
});
const anyBody = fc.uint8Array({ maxLength: 300 });

/** Headers as a sender with the key makes them. */
function sign(scheme: Keyed, key: string, body: Uint8Array, seconds: string): Record<string, string> {
  if (scheme === 'netbox') return { 'x-hook-signature': hookCrypto.hmac('sha512', key, [body]) };
  const signature = hookCrypto.hmac('sha256', key, [Buffer.concat([Buffer.from(`${seconds}.`), body])]);
  return { 'x-signature': `sha256=${signature}`, 'x-signature-timestamp': seconds };
}

const signed = fc
  .record({ scheme: anyScheme, key: anyKey, body: anyBody, seconds: fc.integer({ min: 1e9, max: 1e10 - 1 }) })
  .map(({ seconds, ...rest }) => ({
    ...rest,
    headers: sign(rest.scheme, rest.key, rest.body, String(seconds)),
  }));

describe('for any body and key', () => {
  test('what its key made holds, whatever other key stands beside it', () => {
    fc.assert(
      fc.property(signed, anyKey, ({ scheme, key, headers, body }, other) => {
        expect(HOOK_KEY.pattern.test(key)).toBe(true);
        expect(holds(scheme, headers, body, key)).toBe(true);
        expect(holds(scheme, headers, body, key, other)).toBe(true);
        expect(holds(scheme, headers, body, other, key)).toBe(true);
        if (other !== key) expect(holds(scheme, headers, body, other)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
  test('a bit of the body, more or less of it, or a digit of a header makes it fail', () => {
    fc.assert(
      fc.property(
        signed,
        fc.nat(),
        fc.integer({ min: 1, max: 15 }),
        ({ scheme, key, headers, body }, at, by) => {
          const longer = Uint8Array.of(...body, at & 255);
          const bodies: Uint8Array[] = [longer];
          if (body.length > 0) {
            const flipped = Uint8Array.from(body);
            flipped[at % body.length] = (flipped[at % body.length] as number) ^ (1 << (by & 7));
            bodies.push(flipped, body.subarray(1), body.subarray(0, -1));
          }
          for (const other of bodies) expect(holds(scheme, headers, other, key)).toBe(false);
          for (const [name, value] of Object.entries(headers)) {
            const start = value.startsWith('sha256=') ? 7 : 0;
            const place = start + (at % (value.length - start));
            const digit = (Number.parseInt(value[place] as string, 16) ^ by).toString(16);
            const altered = { ...headers, [name]: value.slice(0, place) + digit + value.slice(place + 1) };
            expect(holds(scheme, altered, body, key), `${name}: ${altered[name]}`).toBe(false);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
  test('nothing that is sent makes it throw, and a claim has the one form', () => {
    const name = fc.constantFrom('x-hook-signature', 'x-signature', 'x-signature-timestamp');
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.stringMatching(/^(?:sha256=)?[0-9a-fA-F]{60,130}$/),
      fc.stringMatching(/^[0-9]{8,13}$/),
    );
    const body = fc.oneof(
      anyBody,
      fc.json().map((text) => Buffer.from(text)),
      fc.json().map((time) => Buffer.from(`{"timestamp": ${time}}`)),
      fc.string({ unit: 'binary' }).map((time) => Buffer.from(JSON.stringify({ timestamp: time }))),
    );
    fc.assert(
      fc.property(anyScheme, fc.dictionary(name, value), body, (scheme, headers, bytes) => {
        const request = { headers, body: bytes };
        const claim = claimOf(hookOf(scheme), request);
        if (claim)
          expect(claim.signature).toMatch(scheme === 'netbox' ? /^[0-9a-f]{128}$/ : /^[0-9a-f]{64}$/);
        if (scheme === 'netbox' || claim) {
          const age = ageOf(scheme, request, 0);
          expect(age === undefined || Number.isFinite(age)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

test('a run id is that of one request to one hook', () => {
  const signature = fc.stringMatching(/^[0-9a-f]{64}$/);
  const hook = fc.stringMatching(HOOK_NAME.pattern);
  fc.assert(
    fc.property(hook, signature, hook, signature, (one, a, other, b) => {
      const id = hookRunId(one, { signature: a, before: '' });
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const same = one === other && a === b;
      expect(hookRunId(other, { signature: b, before: '' }) === id).toBe(same);
      const elsewhere = hookRunId(other, { signature: a, before: '' });
      expect(elsewhere === id).toBe(one === other);
    }),
  );
});
