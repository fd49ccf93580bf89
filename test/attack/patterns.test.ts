// No text makes a regular expression of the product run away.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';
import { share } from '../support/whole.ts';
import { attacksOn, type Pattern, patternsIn } from './patterns.ts';

/** Milliseconds for all attacks on one pattern, which take some tens: longer is running away. */
const PATIENCE_MS = 6_000;

/** The patterns that did not get through their attacks in time, each tried by itself. */
async function runaways(patterns: readonly Pattern[], patienceMs: number): Promise<string[]> {
  const found: string[] = [];
  for (let left = patterns; left.length > 0; ) {
    const done = await attack(left, patienceMs);
    const stuck = left[done];
    if (stuck) found.push(`${stuck.where}: /${stuck.source}/${stuck.flags}`);
    left = left.slice(done + 1);
  }
  return found;
}

/** How many patterns in a row got through. */
async function attack(patterns: readonly Pattern[], patienceMs: number): Promise<number> {
  const child = spawn(process.execPath, [join(ROOT, 'test/attack/attack.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  child.stdin.end(JSON.stringify(patterns.map((pattern) => ({ ...pattern, attacks: attacksOn(pattern) }))));
  let done = -1;
  let timer: NodeJS.Timeout | undefined;
  createInterface(child.stdout).on('line', () => {
    done += 1;
    clearTimeout(timer);
    timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  });
  const [code, signal] = await closed;
  clearTimeout(timer);
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the attack itself failed (${code})`);
  return done;
}

test('every pattern of the product gets through its attacks', async () => {
  const { literals, made } = await patternsIn('lib');
  const functions = await patternsIn('functions');
  // One that is put together at run time would not be seen here.
  expect([...made, ...functions.made]).toEqual([]);
  const all = [...literals, ...functions.literals];
  expect(all.length).toBeGreaterThan(50);
  // Each takes a tenth of a second: one in four where time counts.
  const patterns = share(
    all.filter((_, at) => at % 4 === 0),
    all,
  );
  expect(await runaways(patterns, PATIENCE_MS)).toEqual([]);
}, 120_000);

/** The first three stood in this product, and each was a request or an inventory away from stopping it. */
const BAD = [
  ['[0-9a-f:]*:[0-9a-f:]*$', 'i'],
  ['(?:^|\\s)#.*$', ''],
  ['#.*$', ''],
  ['^(a+)+$', ''],
  ['^(?:\\d+|\\d+x)*y$', ''],
] as const;

test('a pattern that is bad is caught', async () => {
  const patterns = BAD.map(([source, flags]) => ({ where: 'bad', source, flags }));
  const caught = await runaways(patterns, 700);
  expect(caught).toEqual(patterns.map(({ source, flags }) => `bad: /${source}/${flags}`));
}, 120_000);
