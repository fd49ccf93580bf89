// What the sources say that they need in AWS, against what the roles in serverless.yml grant for inventories, and
// against each source's own page.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../lib/inventory/formats/kinds.ts';
import { SOURCES } from '../../lib/inventory/sources/kinds.ts';
import { sourceSchema } from '../../lib/inventory/sources/settings.ts';

type Needs = Readonly<Record<string, readonly string[]>>;

const rooms = await Promise.all(
  Object.keys(SOURCES).map(async (kind) => {
    const { NEEDS } = await import(`../../lib/inventory/sources/${kind}/needs.ts`);
    return { kind, needs: NEEDS as Needs, page: await pageOf(`sources/${kind}`) };
  }),
);

function pageOf(room: string): Promise<string> {
  return readFile(new URL(`../../lib/inventory/${room}/README.md`, import.meta.url), 'utf8');
}

test('the roles grant what the sources need, by the same parameters, and nothing else', async () => {
  const template = await readFile(new URL('../../serverless.yml', import.meta.url), 'utf8');
  const [, own = ''] = /\n {2}ownInstances:\n[^[]*Action: \[([^\]]*)\]/.exec(template) ?? [];
  const granted = new Map([['ownInstances', own.split(', ')]]);
  for (const [, action = '', list = ''] of template.matchAll(/Action: (\S+), Resource: !Ref (Inventory\w+)/g))
    granted.set(list.replace(/^I/, 'i'), [action]);
  expect(Object.assign({}, ...rooms.map(({ needs }) => needs))).toEqual(Object.fromEntries(granted));
});

const formats = await Promise.all(
  Object.keys(FORMATS).map(async (name) => ({ name, page: await pageOf(`formats/${name}`) })),
);

/** The settings that a page shows. */
const examplesIn = (page: string) =>
  [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => sourceSchema.parse(JSON.parse(json)));

describe.each(rooms)('the page of $kind', ({ kind, needs, page }) => {
  test('has examples that are good settings, all of this kind', () => {
    expect([...new Set(examplesIn(page).map(({ type }) => type))]).toEqual([kind]);
  });

  test('names every parameter and every action', () => {
    const named = [...Object.keys(needs), ...Object.values(needs).flat()];
    expect(named.filter((name) => !page.includes(name))).toEqual([]);
  });
});

test.each(formats)('the page of the format $name has examples that are good settings', ({ name, page }) => {
  const shown = examplesIn(page).map((settings) => 'format' in settings && settings.format);
  expect([...new Set(shown)]).toEqual([name]);
});
