// The documentation: its links lead somewhere, its tables say what the code says, its examples are taken.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { fromJSONSchema } from 'zod';
import { ROOT } from '../../lib/build/bundle.ts';
import { PAGE, withFields } from '../../lib/build/configuration-page.ts';
import {
  PAGE as COST_PAGE,
  moneyTable,
  PRICES_FILE,
  readPrices,
  STANDING,
  withMoney,
} from '../../lib/build/cost-page.ts';
import { ROUTES } from '../../lib/build/openapi.ts';
import { SCHEMA_FILE, syncConfigJsonSchema } from '../../lib/build/schema.ts';
import { readSyncConfig } from '../../lib/core/config/config.ts';
import { reportRun } from '../../lib/core/report/run.ts';
import { createCoverageMetrics } from '../../lib/runtime/coverage/metrics.ts';
import { createRunMetrics } from '../../lib/runtime/sync/metrics.ts';
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

test('docs/cost.md counts the alarms of serverless.yml, and the metrics that functions print', async () => {
  const template = await readFile(join(ROOT, 'serverless.yml'), 'utf8');
  expect(template.match(/Type: AWS::CloudWatch::Alarm/g)).toHaveLength(STANDING.alarms);
  const names = new Set<string>();
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    for (const { Metrics } of JSON.parse(String(line))._aws.CloudWatchMetrics)
      for (const { Name } of Metrics) names.add(Name);
    return true;
  });
  try {
    const standing = { Attention: 0, Waiting: 0, Converged: 0, Members: 0 };
    const run = { runId: 'run', trigger: 'test', mode: 'apply', startedAt: 0, durationMs: 1 } as const;
    createRunMetrics(() => 0, 'stage').record(
      reportRun({ ...run, groups: [] }),
      { new: 0, failing: 0, standing },
      true,
    );
    const machines = {
      wanted: 1,
      reporting: 1,
      silent: 0,
      never: 0,
      starting: 0,
      elsewhere: 0,
      strangers: 0,
    };
    const total = { groups: 1, unmeasured: 0, dropped: 0, ...machines, share: 1 };
    createCoverageMetrics('stage').record(total, 0);
  } finally {
    write.mockRestore();
  }
  expect(names.size).toBe(STANDING.metrics);
});

test('operations.md has an entry for each alarm, and no other', async () => {
  const template = await readFile(join(ROOT, 'serverless.yml'), 'utf8');
  const alarms = Array.from(
    template.matchAll(/AlarmName: \$\{self:custom\.deployment\}-(\S+)/g),
    ([, name]) => name,
  );
  expect(alarms.length).toBe(STANDING.alarms);
  const { text } = pageAt('docs/operations.md');
  const entries = Array.from(text.matchAll(/^## …-(\S+)\n\n\*\*Means:\*\*/gm), ([, name]) => name);
  expect(entries.sort()).toEqual(alarms.sort());
  for (const name of alarms)
    expect(text.match(new RegExp(`^\\| \\[?\`…-${name}\``, 'gm')), name).toHaveLength(2);
});

test('docs/api.md has every error of lib/openapi.json', async () => {
  const document = await readFile(join(ROOT, 'lib/openapi.json'), 'utf8');
  const answered = new Set(Array.from(document.matchAll(/"errorCode": ?"(\w+)"/g), ([, code]) => code));
  const [, table = ''] = pageAt('docs/api.md').text.split('\n## Errors\n');
  const named = new Set(Array.from(table.matchAll(/`(\w+)`/g), ([, code]) => code));
  expect([...answered].filter((code) => !named.has(code))).toEqual([]);
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
  // Where it leads to from the root, since that is where copies are made.
  expect(join(ROOT, JSON.parse(text).$schema)).toBe(fileURLToPath(SCHEMA_FILE));
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
