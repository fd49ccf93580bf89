// The documentation: its links lead somewhere, its tables say what the code says, its examples are taken.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromJSONSchema } from 'zod';
import { ROOT } from '../../lib/build/bundle.ts';
import { PAGE, withFields } from '../../lib/build/configuration-page.ts';
import {
  PAGE as COST_PAGE,
  moneyTable,
  PRICES_FILE,
  readPrices,
  withMoney,
} from '../../lib/build/cost-page.ts';
import { ROUTES } from '../../lib/build/openapi.ts';
import { syncConfigJsonSchema } from '../../lib/build/schema.ts';
import { readSyncConfig } from '../../lib/core/config/config.ts';
import { pageAt, pages, targetOf } from '../support/pages.ts';

const all = await pages();
const README = pageAt('README.md');

test('README has at most 12 KB', () => {
  expect(Buffer.byteLength(README.text)).toBeLessThanOrEqual(12 * 1024);
});

test('every link leads to a file or folder, and to a heading that is there', () => {
  const dead = all.flatMap((page) =>
    page.links.flatMap((link) => {
      const { path, anchor } = targetOf(page, link);
      const isThere =
        existsSync(join(ROOT, path)) && (anchor === undefined || pageAt(path).anchors.includes(anchor));
      return isThere ? [] : `${page.path}: ${link}`;
    }),
  );
  expect(dead).toEqual([]);
});

test('README leads to every page of docs/', () => {
  const led = new Set(README.links.map((link) => targetOf(README, link).path.replace(/\/$/, '')));
  const unseen = all
    .map(({ path }) => path.replace(/\/README\.md$/, ''))
    .filter((path) => path.startsWith('docs/') && !led.has(path));
  expect(unseen).toEqual([]);
});

test('docs/configuration.md has every field of the schema (if not: node lib/build/configuration-page.ts)', async () => {
  const page = await readFile(PAGE, 'utf8');
  expect(page).toBe(withFields(page));
  // A field that the tables leave out would go unseen otherwise.
  for (const field of ['fanOutAbove', 'safety.removeAfter', 'address.interface', 'ansible.group', 'account'])
    expect(page).toContain(`| \`${field}\` |`);
});

test('docs/cost.md has the money of docs/prices.json (if not: node lib/build/cost-page.ts)', async () => {
  const [page, prices] = await Promise.all([readFile(COST_PAGE, 'utf8'), readFile(PRICES_FILE, 'utf8')]);
  expect(page).toBe(withMoney(page, readPrices(prices)));
  const dearer = { ...readPrices(prices), lambdaGbSecond: 1, date: '2030-01-01' };
  expect(moneyTable(dearer)).toContain('2030-01-01');
  expect(moneyTable(dearer)).toContain('| 13824.00 USD |');
});

test('the table of docs/api.md has every route, and no other', () => {
  const { text } = pageAt('docs/api.md');
  const [table = ''] = text.split('\n## Routes\n')[1]?.split('\n\n') ?? [];
  const named = table.matchAll(/`([A-Z]+) (\/[^\s?`]*)/g);
  expect(Array.from(named, ([, method, path]) => `${method} ${path}`).sort()).toEqual(
    ROUTES.map(({ method, path }) => `${method} ${path}`).sort(),
  );
});

const EXAMPLES = (await readdir(join(ROOT, 'docs/examples'))).filter((name) => name.endsWith('.json'));

test('there are five examples', () => expect(EXAMPLES).toHaveLength(5));

test.each(EXAMPLES)('docs/examples/%s is taken by the schema and by the sync', async (name) => {
  const text = await readFile(join(ROOT, 'docs/examples', name), 'utf8');
  const schema = fromJSONSchema(syncConfigJsonSchema() as Parameters<typeof fromJSONSchema>[0]);
  expect(schema.safeParse(JSON.parse(text)).error).toBeUndefined();
  const { groups, families } = readSyncConfig(text);
  expect([...groups, ...families]).not.toEqual([]);
  expect(schema.safeParse({ ...JSON.parse(text), policy: 'all' }).success).toBe(false);
});

test('whole configurations on the pages are taken as well', () => {
  const whole = all.flatMap(({ path, blocks }) =>
    blocks
      .filter(({ info, text }) => info === 'json' && text.startsWith('{\n  "owner"'))
      .map(({ text }) => ({ path, text })),
  );
  expect(whole.length).toBeGreaterThan(1);
  for (const { path, text } of whole) expect(() => readSyncConfig(text), path).not.toThrow();
});
