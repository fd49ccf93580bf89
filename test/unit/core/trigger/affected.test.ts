import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { concernedBy } from '../../../../lib/core/trigger/affected.ts';
import { readBatch } from '../../../../lib/core/trigger/batch.ts';
import { type Hint, readTrigger, type Trigger } from '../../../../lib/core/trigger/trigger.ts';
import type { Ec2Source } from '../../../../lib/inventory/sources/ec2/settings.ts';
import { documentOf, groupDocument } from '../values.ts';

const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1'];
const ACCOUNTS = ['111111111111', '222222222222'];
const KEYS = ['a', 'b', 'c'];

/** Whether one hint concerns one source, as the documentation says it. */
function reads(source: Ec2Source, { account, region, tagKeys }: Hint): boolean {
  if (region !== undefined && !source.regions.includes(region)) return false;
  const owners = source.roleArns.map((arn) => arn.slice('arn:aws:iam::'.length, 'arn:aws:iam::'.length + 12));
  if (account !== undefined && owners.length > 0 && !owners.includes(account)) return false;
  if (tagKeys === undefined) return true;
  return tagKeys.some(
    (key) =>
      key in source.tags ||
      `tag:${key}` in source.filters ||
      'tag-key' in source.filters ||
      (typeof source.id === 'object' && source.id.tag === key),
  );
}

const one = fc.constantFrom(...KEYS);
const source = fc.record({
  type: fc.constant('ec2'),
  regions: fc.uniqueArray(fc.constantFrom(...REGIONS), { minLength: 1 }),
  roleArns: fc.uniqueArray(fc.constantFrom(...ACCOUNTS.map((id) => `arn:aws:iam::${id}:role/r`))),
  tags: fc.dictionary(one, fc.constant('v'), { minKeys: 1, maxKeys: 1 }),
  filters: fc.dictionary(fc.constantFrom('vpc-id', 'tag:a', 'tag-key'), fc.constant('v'), { maxKeys: 1 }),
});
const hint = fc.record(
  {
    account: fc.constantFrom(...ACCOUNTS),
    region: fc.constantFrom(...REGIONS),
    tagKeys: fc.array(one, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

describe('many triggers together', () => {
  test('concern the groups that they concern one by one', () => {
    fc.assert(
      fc.property(
        fc.array(source, { minLength: 1, maxLength: 5 }),
        fc.array(hint as fc.Arbitrary<Hint>, { maxLength: 6 }),
        (sources, hints) => {
          const groups = sources.map((own, index) => groupDocument({ name: `g${index}`, sources: [own] }));
          const config = parseSyncConfig(documentOf({}, { groups }));
          const triggers: Trigger[] = hints.map((one) => ({ kind: 'inventory', says: '', hint: one }));
          const expected = config.groups.filter(({ sources: [own] }) =>
            hints.some((one) => reads(own as Ec2Source, one)),
          );
          expect(concernedBy(triggers, config.groups)).toEqual(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('an object concerns the sources of its very key', () => {
    const of = (name: string, url: string) => groupDocument({ name, sources: [{ type: 'file', url }] });
    const config = parseSyncConfig(
      documentOf(
        {},
        {
          groups: [
            of('a', 's3://inventory/web.json'),
            of('b', 's3://inventory/web.json2'),
            of('c', 's3://other/web.json'),
            groupDocument({ name: 'd' }),
          ],
        },
      ),
    );
    const created = (url: string): Trigger => ({ kind: 'file', says: '', url });
    const named = (...urls: string[]) =>
      concernedBy(urls.map(created), config.groups).map(({ name }) => name);
    expect(named('s3://inventory/web.json')).toEqual(['a']);
    expect(named('s3://inventory/web.json', 's3://other/web.json')).toEqual(['a', 'c']);
    expect(named('s3://inventory/web')).toEqual([]);
  });

  test('name groups, and an ignored one adds none', () => {
    const groups = ['a', 'b', 'c'].map((name) => groupDocument({ name }));
    const config = parseSyncConfig(documentOf({}, { groups }));
    const work = (name: string): Trigger => ({
      kind: 'work',
      says: '',
      work: { groups: [`ali-test-project/${name}`], run: 'r' },
    });
    const concerned = concernedBy(
      [work('c'), { kind: 'ignored', says: '' }, work('a'), work('x')],
      config.groups,
    );
    expect(concerned.map(({ name }) => name)).toEqual(['a', 'c']);
  });
});

describe('fields that nobody reads', () => {
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`f${index}`, 0]));
  const says = 'no object of an event has more than 10000 fields';
  test.each([
    ['a request', { mode: 'plan', ...many }],
    ['an event', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {}, ...many }],
    ['the detail of one', { source: 'aws.tag', 'detail-type': 'Tag Change on Resource', detail: many }],
  ])('are counted before they are looked at: %s', (_, event) => {
    expect(readTrigger(event)).toEqual({ kind: 'malformed', says });
  });

  test('beside a batch are let be', () => {
    const record = { messageId: 'm', eventSource: 'aws:sqs', body: '{"mode":"apply"}', ...many };
    expect(readBatch({ Records: [record], ...many })).toMatchObject([{ trigger: { kind: 'request' } }]);
  });
});
