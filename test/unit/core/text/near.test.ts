// Which group somebody meant who typed another name.
import { expect, test } from 'vitest';
import { nearKeys } from '../../../../lib/core/text/near.ts';

const KEYS = ['ali-test-project/web-servers', 'ali-test-project/db', 'other/web', 'third/web', 'a/x'];

test.each<[string, readonly string[]]>([
  ['web-servers', ['ali-test-project/web-servers']],
  ['ali-test-project/web-server', ['ali-test-project/web-servers']],
  ['ali-test-project/web', ['other/web', 'third/web']],
  ['ali-test-project/web-s', ['ali-test-project/web-servers']],
  ['ali-test-proyect/web-servers', ['ali-test-project/web-servers']],
  ['ali-test-proyect/web-server', ['ali-test-project/web-servers']],
  ['web', ['other/web', 'third/web']],
  ['ali-test-project/frobnicate', []],
  ['x'.repeat(100_000), []],
])('%s is near %j', (typed, meant) => {
  expect(nearKeys(typed, KEYS)).toEqual(meant);
});

test('of many three are offered', () => {
  const keys = Array.from({ length: 50 }, (_, at) => `p${at}/web`);
  expect(nearKeys('web', keys)).toEqual(['p0/web', 'p1/web', 'p2/web']);
});

test('ten thousand are looked through in a moment', () => {
  const keys = Array.from({ length: 10_000 }, (_, at) => `project/${'group-'.repeat(10)}${at}`);
  const before = performance.now();
  nearKeys(`project/${'z'.repeat(64)}`, keys);
  expect(performance.now() - before).toBeLessThan(5_000);
});
