import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { SecretError } from '../../../lib/aws/secrets.ts';
import { accessKeySource, parseAccessKey } from '../../../lib/runtime/access-key.ts';

const secret = (n: number) =>
  JSON.stringify({ accessKeyId: `test-key-${n}`, accessKeySecret: `not-a-real-secret-${n}` });

function source(...texts: (string | Error)[]) {
  let reads = 0;
  const key = accessKeySource({
    secretId: 'test/secret',
    read: async () => {
      const text = texts[Math.min(reads++, texts.length - 1)];
      if (text instanceof Error) throw text;
      return text as string;
    },
    ttlMs: 60_000,
    staleMs: 60_000,
    now: () => 0,
  });
  return { key, reads: () => reads };
}

describe('refresh after SLS refused a key', () => {
  test('gives the new key when the secret has changed', async () => {
    const { key } = source(secret(1), secret(2));
    expect(await key.refresh(await key.get())).toMatchObject({ accessKeyId: 'test-key-2' });
    expect(await key.get()).toMatchObject({ accessKeyId: 'test-key-2' });
  });
  test('gives nothing when the secret is still the same', async () => {
    const { key } = source(secret(1));
    expect(await key.refresh(await key.get())).toBeUndefined();
  });
  test('does not read again when another call has fetched the new key', async () => {
    const { key, reads } = source(secret(1), secret(2));
    const old = await key.get();
    await key.refresh(old);
    expect(await key.refresh(old)).toMatchObject({ accessKeyId: 'test-key-2' });
    expect(reads()).toBe(2);
  });
  test('gives nothing when the secret cannot be read: what SLS said is the better error', async () => {
    const { key } = source(secret(1), new SecretError('SecretUnavailable', 'down'));
    expect(await key.refresh(await key.get())).toBeUndefined();
  });
  test('a new token alone is a new key', async () => {
    const withToken = JSON.stringify({ ...JSON.parse(secret(1)), securityToken: 'not-a-real-token' });
    const { key } = source(secret(1), withToken);
    expect(await key.refresh(await key.get())).toMatchObject({ securityToken: 'not-a-real-token' });
  });
});

describe('a malformed secret is named without being shown', () => {
  test.each([
    ['marker', /not JSON/],
    ['"marker"', /the whole value/],
    ['[]', /the whole value/],
    ['{"accessKeyId":"marker"}', /: accessKeySecret$/],
    ['{"accessKeyId":7,"accessKeySecret":"marker"}', /: accessKeyId$/],
    ['{"accessKeyId":"","accessKeySecret":"marker"}', /: accessKeyId$/],
    ['{"accessKeyId":"a","accessKeySecret":"marker\\n"}', /: accessKeySecret$/],
    ['{"accessKeyId":"a","accessKeySecret":"b","securityToken":"mar ker"}', /: securityToken$/],
  ])('for %s', (text, says) => {
    const parse = () => parseAccessKey(text);
    expect(parse).toThrow(SecretError);
    expect(parse).toThrow(says);
    try {
      parse();
    } catch (error) {
      expect(inspect(error, { depth: 9 })).not.toMatch(/mar ?ker"/);
      expect((error as SecretError).cause).toBeUndefined();
      expect((error as SecretError).code).toBe('SecretMalformed');
    }
  });
});

test('ignores other keys beside those of the AccessKey', () => {
  expect(parseAccessKey('{"accessKeyId":"a","accessKeySecret":"b","note":1}')).toEqual({
    accessKeyId: 'a',
    accessKeySecret: 'b',
  });
});

test('an AccessKey that is printed by accident prints a fixed word', () => {
  const key = parseAccessKey(secret(1));
  for (const printed of [JSON.stringify({ key }), String(key), `${inspect({ key })}`]) {
    expect(printed).toContain('[AccessKey]');
    expect(printed).not.toContain('test-key-1');
  }
});
