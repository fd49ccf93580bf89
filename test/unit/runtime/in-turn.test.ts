// Work some at a time, projects in turn.
import { expect, test } from 'vitest';
import { inTurn } from '../../../lib/runtime/sync/in-turn.ts';
import { turn } from '../../support/until.ts';

const projectOf = (item: string) => item.split('/')[0] ?? '';
const anyNumber = () => Number.POSITIVE_INFINITY;

/** Work that is over when it is told to be. */
function begun(all: readonly string[], atATime: number, places: (project: string) => number = anyNumber) {
  const underWay = new Map<string, () => void>();
  const order: string[] = [];
  const done = inTurn(all, projectOf, { atATime, places }, (item) => {
    order.push(item);
    return new Promise((resolve) => underWay.set(item, resolve));
  });
  const end = async (item: string) => {
    underWay.get(item)?.();
    underWay.delete(item);
    await turn();
  };
  return { underWay, order, done, end };
}

test('each once, so many at a time, the project with the fewest under way first', async () => {
  const all = ['slow/1', 'slow/2', 'slow/3', 'slow/4', 'a/1', 'a/2', 'a/3', 'b/1', 'b/2'];
  const { underWay, order, done, end } = begun(all, 3);
  expect(order).toEqual(['slow/1', 'a/1', 'b/1']);
  // What is slow holds one place for as long as others have work.
  for (const item of ['a/1', 'b/1', 'a/2', 'b/2']) await end(item);
  expect(order.slice(3)).toEqual(['a/2', 'b/2', 'a/3', 'slow/2']);
  expect([...underWay.keys()]).toEqual(['slow/1', 'a/3', 'slow/2']);
  while (underWay.size > 0) await end([...underWay.keys()][0] as string);
  await done;
  expect(order.toSorted()).toEqual(all.toSorted());
});

test('no more of a project than it has places for, as things stand, and one always', async () => {
  let places = 2;
  const all = Array.from({ length: 9 }, (_, at) => `slow/${at}`);
  const { underWay, done, end } = begun(all, 5, () => places);
  expect(underWay.size).toBe(2);
  places = 4;
  await end('slow/0');
  expect(underWay.size).toBe(4);
  places = 0;
  for (const item of ['slow/1', 'slow/2', 'slow/3']) await end(item);
  expect([...underWay.keys()]).toEqual(['slow/4']);
  for (let at = 4; at < 9; at += 1) await end(`slow/${at}`);
  await done;
});

test('nothing is done at once, and what fails is told when all is done', async () => {
  await inTurn([], projectOf, { atATime: 2, places: anyNumber }, () => Promise.reject(new Error('nothing')));
  const seen: string[] = [];
  const work = async (item: string) => {
    seen.push(item);
    if (item === 'a/1') throw new Error('broken');
  };
  const turns = { atATime: 1, places: anyNumber };
  await expect(inTurn(['a/1', 'a/2'], projectOf, turns, work)).rejects.toThrow('broken');
  expect(seen).toEqual(['a/1', 'a/2']);
});
