import { expect, test } from 'vitest';
import { together } from '../../../lib/runtime/sync/together.ts';
import { turn } from '../../support/until.ts';

test('gives the values in their order', async () => {
  expect(await together([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});

test('rejects with the first reason of the list, once all are over', async () => {
  const slow = Promise.withResolvers<string>();
  const outcome = together([slow.promise, Promise.reject(new Error('at once'))]);
  let isOver = false;
  const watched = outcome.catch((error: Error) => error.message).finally(() => (isOver = true));
  await turn();
  expect(isOver).toBe(false);
  slow.reject(new Error('later'));
  expect(await watched).toBe('later');
});
