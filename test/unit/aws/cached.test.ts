import { describe, expect, test, vi } from 'vitest';
import { cached } from '../../../lib/aws/cached.ts';
import { turn } from '../../support/until.ts';

const TTL = 1_000;
const STALE = 5_000;
const outage = Object.assign(new Error('outage'), { passing: true });
const denied = new Error('denied');

/** A loader that answers from a list, and a clock that is set by hand. */
function setup(...answers: (string | Error)[]) {
  const state = { now: 0, loads: 0 };
  const onFailure = vi.fn();
  const value = cached<string>({
    load: async () => {
      const answer = answers[Math.min(state.loads++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer as string;
    },
    ttlMs: TTL,
    staleMs: STALE,
    isPassing: (error) => error === outage,
    now: () => state.now,
    onFailure,
  });
  return { state, value, onFailure };
}

test('callers that arrive together share one load', async () => {
  const { state, value } = setup('a');
  expect(await Promise.all([value.get(), value.get(), value.reload()])).toEqual(['a', 'a', 'a']);
  expect(state.loads).toBe(1);
});

test('a value is used until its TTL, then loaded again', async () => {
  const { state, value } = setup('a', 'b');
  await value.get();
  state.now = TTL - 1;
  expect(await value.get()).toBe('a');
  state.now = TTL;
  expect(await value.get()).toBe('b');
});

test('the age of a value counts from its load, not from the start of the clock', async () => {
  const { state, value, onFailure } = setup('a', outage, 'b');
  state.now = 1_000_000;
  await value.get();
  state.now += TTL - 1;
  expect(await value.get()).toBe('a');
  expect(state.loads).toBe(1);
  state.now += 1;
  expect(await value.get()).toBe('a');
  expect(onFailure).toHaveBeenLastCalledWith(outage, 'stale');
  state.now += STALE;
  expect(await value.get()).toBe('b');
  expect(state.loads).toBe(3);
});

describe('when loading fails in passing', () => {
  test('the old value is served up to the bound and no longer', async () => {
    const { state, value, onFailure } = setup('a', outage);
    await value.get();
    state.now = TTL;
    expect(await value.get()).toBe('a');
    expect(onFailure).toHaveBeenLastCalledWith(outage, 'stale');
    state.now = TTL + STALE - 1;
    expect(await value.get()).toBe('a');
    state.now = TTL + STALE;
    await expect(value.get()).rejects.toBe(outage);
    expect(onFailure).toHaveBeenLastCalledWith(outage, 'nothing');
  });
  test('an outage is not asked again on every call', async () => {
    const { state, value } = setup('a', outage);
    await value.get();
    state.now = TTL;
    for (let call = 0; call < 10; call++) await value.get();
    expect(state.loads).toBe(2);
  });
  test('the new value is taken as soon as it can be had', async () => {
    const { state, value } = setup('a', outage, 'b');
    await value.get();
    state.now = TTL;
    await value.get();
    await value.reload();
    expect(await value.get()).toBe('b');
  });
});

test('a definite failure is never papered over', async () => {
  const { state, value } = setup('a', denied);
  await value.get();
  state.now = TTL;
  await expect(value.get()).rejects.toBe(denied);
});

test('a failed first load does not stick', async () => {
  const { value } = setup(denied, 'a');
  await expect(value.get()).rejects.toBe(denied);
  expect(await value.get()).toBe('a');
});

test('a load that nobody waits for any more rejects nobody else', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const { value } = setup(outage, 'a');
  value.get().catch(() => {});
  await turn();
  expect(await value.get()).toBe('a');
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
