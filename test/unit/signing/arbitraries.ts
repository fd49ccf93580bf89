// Random requests within what the wire allows, for comparing signers.
import fc from 'fast-check';

/** Text of any script, with the characters that escape differently from one encoder to the next. */
const awkward = fc.constantFrom(' ', '+', '*', '~', '/', '%', '&', '=', '?', '#', '%20', "'", '!', '(', ')');
export const text = fc
  .array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 6 }), awkward), { maxLength: 5 })
  .map((parts) => parts.join(''))
  // A lone line break in a value would be a different header or a different line, and cannot be sent.
  .map((joined) => joined.replaceAll(/[\r\n\0]/g, '-'));

export const headerValue = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });

const queryKey = fc.oneof(fc.constantFrom('offset', 'size', 'groupName', 'action'), text);

/** Keys of which none begins another, where a signer sorts whole pairs. */
export function queries(value: fc.Arbitrary<string> = text, prefixFree = false) {
  return fc
    .dictionary(queryKey, value, { maxKeys: 5 })
    .map((query) => (prefixFree ? withoutPrefixes(query) : query));
}

function withoutPrefixes(query: Record<string, string>): Record<string, string> {
  const keys = Object.keys(query);
  const kept = keys.filter((key) => !keys.some((other) => other !== key && other.startsWith(key)));
  return Object.fromEntries(kept.map((key) => [key, query[key] as string]));
}

export const path = fc
  .array(fc.oneof(fc.constantFrom('machinegroups', 'configs', 'machines'), text), { maxLength: 4 })
  .map((segments) => `/${segments.join('/')}`);

export const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE');

const serviceHeaderName = fc
  .tuple(fc.constantFrom('x-log-', 'x-acs-'), fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/))
  .map(([prefix, rest]) => prefix + rest)
  // These the signer itself sets or leaves out; they have tests of their own.
  .filter((name) => !['x-log-date', 'x-log-content-sha256', 'x-acs-security-token'].includes(name));

export const serviceHeaders = fc.dictionary(serviceHeaderName, headerValue, { maxKeys: 4 });

export const body = fc.option(
  fc.oneof(
    fc.json(),
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.uint8Array({ minLength: 1, maxLength: 64 }),
  ),
  { nil: undefined },
);

export const credentials = fc.record({
  accessKeyId: fc.stringMatching(/^[A-Za-z0-9]{1,24}$/),
  accessKeySecret: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  securityToken: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/), { nil: undefined }),
});

/** Whole seconds, as Date headers have. */
export const date = fc.integer({ min: 0, max: 4_102_444_800 }).map((seconds) => new Date(seconds * 1000));

export const region = fc.constantFrom('cn-hangzhou', 'eu-central-1', 'cn-heyuan-acdr-1');
