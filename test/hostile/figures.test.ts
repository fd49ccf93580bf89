// The figures of "What it will never do, and how that is tested" in the README, counted again.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';
import { DEEDS } from '../simulation/people.ts';
import { SABOTAGE } from '../simulation/sabotage.ts';
import { MISHAPS } from '../simulation/weather.ts';
import { badHttpCalls, badInvocations, badTexts } from './calls.ts';
import { JSON_CLASSES, TEXT_CLASSES } from './classes.ts';
import { CONFIG_SAMPLES } from './config-samples.ts';
import { EVENT_SAMPLES, HTTP_SAMPLES } from './samples.ts';

let section: string;
beforeAll(async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  section = /\n## What it will never do, and how that is tested\n(.*?)\n## /s.exec(readme)?.[1] ?? '';
});

const total = <T>(things: readonly T[], count: (thing: T) => number) =>
  things.reduce((sum, thing) => sum + count(thing), 0);
const http = Object.values(HTTP_SAMPLES).flat();
const events = Object.values(EVENT_SAMPLES).flat();
/** As the README writes numbers. */
const shown = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ' ');
const textOf = (file: string) => readFile(join(ROOT, 'test', file), 'utf8');
/** Things in a list of a test file that stands there in the text between two marks. */
async function inFile(file: string, from: string, to: string, thing: RegExp): Promise<number> {
  const text = await textOf(file);
  const begin = text.indexOf(from);
  expect(begin, `${file}: ${from}`).toBeGreaterThanOrEqual(0);
  return text.slice(begin, text.indexOf(to, begin)).match(thing)?.length ?? 0;
}

test.each<[string, () => number | Promise<number>]>([
  ['% mishaps', () => MISHAPS.length],
  ['% deeds', () => DEEDS.length],
  ['% guards', () => SABOTAGE.length],
  [
    '% seeds',
    async () => JSON.parse(await readFile(join(ROOT, 'test/simulation/seeds.json'), 'utf8')).length,
  ],
  [
    '% days',
    async () => Number(/const DAYS = (\d+)/.exec(await textOf('simulation/simulation.test.ts'))?.[1]),
  ],
  ['% classes', () => Object.keys({ ...TEXT_CLASSES, ...JSON_CLASSES }).length],
  ['% HTTP requests', () => total(http, (sample) => badHttpCalls(sample).length)],
  ['% direct invocations', () => total(http, (sample) => badInvocations(sample).length)],
  ['% events', () => total(events, ({ event }) => badTexts(event).length)],
  ['% configurations', () => total(CONFIG_SAMPLES, (sample) => badTexts(sample).length)],
  [
    '% environments',
    async () =>
      Object.keys(TEXT_CLASSES).length *
      (await inFile('hostile/bad-environment.test.ts', 'const GOOD', '};', /^ {2}[A-Z_]+: '/gm)),
  ],
  [
    '% characters that',
    async () => Number(/LENGTH = ([\d_]+)/.exec(await textOf('hostile/attack.ts'))?.[1]?.replace('_', '')),
  ],
  ['% calls with 4', () => rotation('v1', 0)],
  ['with % rotations', () => rotation('v1', 1)],
  ['% signed with V4', () => rotation('v4', 0)],
  ['% forgeries', () => inFile('hostile/forged.test.ts', 'const FORGERIES', '];', /^ {2}['`]/gm)],
  ['% kinds of trouble', () => inFile('hostile/secrets.test.ts', 'const TROUBLES', '];', /what: '(?!none)/g)],
  ['% variables', () => inFile('hostile/artefacts.test.ts', 'const VARIABLES', '];', /'[A-Z_]+'/g)],
  ['its % writes', () => inFile('hostile/killed.test.ts', 'const REQUESTS', '];', / #'/g)],
  ['% attacks', () => inFile('local/entrance.test.ts', 'const ATTACKS', '};', /^ {2}'[^']+': /gm)],
  ['% routes', () => inFile('local/entrance.test.ts', 'const ORDER', '];', /'[a-z-]+'/g)],
  [
    '% endpoints',
    () => inFile('hostile/config-writer.test.ts', "describe('endpoints'", 'gets no request', /^ {4}['`O]/gm),
  ],
  [
    '% URLs',
    () => inFile('inventory/egress.test.ts', "'URLs an inventory may not have'", 'is refused', /^ {4}\['/gm),
  ],
])('%s', async (phrase, count) => {
  const wanted = phrase.replace('%', shown(await count()));
  expect(section).toMatch(new RegExp(`(?<![\\d ])${wanted}|(?<!\\d) ${wanted}`));
});

/** Calls and rotations with a signature. */
async function rotation(signature: string, index: 0 | 1): Promise<number> {
  const text = await textOf('hostile/rotation.test.ts');
  const [, ...figures] = new RegExp(`\\['${signature}', ([\\d_]+), (\\d+)\\]`).exec(text) ?? [];
  return Number(figures[index]?.replace('_', ''));
}
