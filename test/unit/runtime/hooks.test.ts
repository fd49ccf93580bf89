// What a process that takes requests to hooks remembers: keys and runs.

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { SecretError } from '../../../lib/aws/secrets.ts';
import {
  HOOK_KEYS_SPACING_MS,
  HOOK_KEYS_STALE_MS,
  HOOK_KEYS_TTL_MS,
  HOOK_WINDOW_MS,
} from '../../../lib/core/time/timeouts.ts';
import { hookCrypto, hookKeys } from '../../../lib/runtime/hooks/keys.ts';
import { Recent } from '../../../lib/runtime/hooks/recent.ts';

const OLD = 'not-a-real-key-old';
const NEW = 'not-a-real-key-new';
const outage = new SecretError('SecretUnavailable', 'the secret store cannot be reached');
const denied = new SecretError('SecretAccessDenied', 'this function may not read the secret');

/** Keys whose secret answers from a list, the last answer for good. */
function setup(...answers: (object | SecretError)[]) {
  const state = { now: 0, reads: 0, failures: [] as string[] };
  const keys = hookKeys({
    secretId: 'test/hook',
    read: async () => {
      const answer = answers[Math.min(state.reads++, answers.length - 1)];
      if (answer instanceof SecretError) throw answer;
      return JSON.stringify(answer);
    },
    now: () => state.now,
    onFailure: (error, served) => state.failures.push(`${(error as SecretError).code} ${served}`),
  });
  const body = Buffer.from('{}');
  const verify = (key: string) =>
    keys.verify(
      'netbox',
      { signature: hookCrypto.hmac('sha512', key, [body]), before: '' },
      { headers: {}, body },
    );
  return { state, keys, verify };
}

describe('keys', () => {
  test('are read again for a signature that fits none, once the last read is some seconds old', async () => {
    const { state, verify } = setup({ current: OLD }, { current: NEW, previous: OLD });
    expect(await verify(OLD)).toBe(true);
    expect(await verify(NEW)).toBe(false);
    state.now = HOOK_KEYS_SPACING_MS - 1;
    expect(await verify(NEW)).toBe(false);
    expect(state.reads).toBe(1);
    state.now = HOOK_KEYS_SPACING_MS;
    expect(await verify(NEW)).toBe(true);
    expect(await verify(OLD)).toBe(true);
    expect(state.reads).toBe(2);
  });
  test('are read once however many requests wait for them', async () => {
    const { state, verify } = setup({ current: OLD });
    expect(await Promise.all([verify(OLD), verify(OLD), verify(NEW)])).toEqual([true, true, false]);
    expect(state.reads).toBe(1);
  });
  test('that were taken out stop to count with the TTL, however many requests come', async () => {
    const { state, verify } = setup({ current: OLD }, { current: NEW });
    expect(await verify(OLD)).toBe(true);
    for (; state.now < HOOK_KEYS_TTL_MS; state.now += HOOK_KEYS_TTL_MS / 100)
      expect(await verify(OLD)).toBe(true);
    expect(await verify(OLD)).toBe(false);
    expect(await verify(NEW)).toBe(true);
    expect(state.reads).toBe(2);
  });
  test('serve on for a while when Secrets Manager is down, and a wrong signature stays wrong', async () => {
    const { state, verify } = setup({ current: OLD }, outage);
    expect(await verify(OLD)).toBe(true);
    state.now = HOOK_KEYS_TTL_MS + HOOK_KEYS_STALE_MS - 1;
    expect(await verify(OLD)).toBe(true);
    expect(await verify(NEW)).toBe(false);
    state.now += HOOK_KEYS_SPACING_MS;
    await expect(verify(OLD)).rejects.toBe(outage);
    expect(state.failures[0]).toBe('SecretUnavailable stale');
    expect(state.failures.at(-1)).toBe('SecretUnavailable nothing');
  });
  test('do not serve on when the secret is denied', async () => {
    const { state, verify } = setup({ current: OLD }, denied);
    await verify(OLD);
    state.now = HOOK_KEYS_TTL_MS;
    await expect(verify(OLD)).rejects.toBe(denied);
    await expect(verify(OLD)).rejects.toBe(denied);
    expect(state.reads).toBe(2);
  });
  test('show nowhere', async () => {
    const { keys, verify } = setup({ current: OLD, previous: NEW });
    await verify(OLD);
    expect(inspect(keys, { depth: 9, showHidden: true })).not.toMatch(/not-a-real/);
  });
});

test('texts of different length are different, whatever they hold', () => {
  expect(hookCrypto.equal('00', '00')).toBe(true);
  expect(hookCrypto.equal('00', '01')).toBe(false);
  expect(hookCrypto.equal('00', '0000')).toBe(false);
  expect(hookCrypto.equal('', '')).toBe(true);
});

describe('runs handed over of late', () => {
  test('are known for as long as their request can come again', () => {
    let now = 0;
    const recent = new Recent(() => now);
    expect(recent.add('a')).toBe(true);
    now = 2 * HOOK_WINDOW_MS;
    expect(recent.add('a')).toBe(false);
    now += 1;
    expect(recent.add('a')).toBe(true);
  });
  test('are new again when they were not handed over after all', () => {
    const recent = new Recent(() => 0);
    recent.add('a');
    recent.forget('a');
    expect(recent.add('a')).toBe(true);
  });
  test('are remembered up to a number, the latest', () => {
    const recent = new Recent(() => 0);
    for (let n = 0; n < 10_001; n += 1) recent.add(String(n));
    expect(recent.add('10000')).toBe(false);
    expect(recent.add('5000')).toBe(false);
    expect(recent.add('0')).toBe(true);
  });
});
