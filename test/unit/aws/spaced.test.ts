import { expect, test, vi } from 'vitest';
import { spaced } from '../../../lib/aws/spaced.ts';
import { turn } from '../../support/until.ts';

const failure = new Error('outage');

/** A load that answers from a list, and a clock that is set by hand. */
function setup(...answers: (string | Error)[]) {
  const state = { now: 0, loads: 0 };
  const load = spaced(
    async () => {
      const answer = answers[state.loads++];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    1_000,
    () => state.now,
  );
  return { state, load };
}

test('whoever asks too soon gets the last value', async () => {
  const { state, load } = setup('a', 'b');
  expect(await Promise.all([load(), load()])).toEqual(['a', 'a']);
  state.now = 999;
  expect(await load()).toBe('a');
  state.now = 1_000;
  expect(await load()).toBe('b');
  expect(state.loads).toBe(2);
});

test('or the last failure, which nobody has to wait for', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const { state, load } = setup(failure, 'b');
  await expect(load()).rejects.toBe(failure);
  state.now = 999;
  await expect(load()).rejects.toBe(failure);
  expect(state.loads).toBe(1);
  state.now = 1_000;
  expect(await load()).toBe('b');
  await turn();
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
