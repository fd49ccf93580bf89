import { expect, test } from 'vitest';
import { parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { concernedIn, readBatch } from '../../../../lib/core/trigger/batch.ts';
import { event } from '../events.ts';
import { documentOf, groupDocument } from '../values.ts';

const ec2 = (rest: object = { all: true }) => [{ type: 'ec2', regions: ['eu-central-1'], ...rest }];
const config = parseSyncConfig(
  documentOf(
    {},
    {
      groups: [
        groupDocument({ name: 'web', sources: ec2({ tags: { 'sls-group': 'web' } }) }),
        groupDocument({ name: 'all', sources: ec2() }),
        groupDocument({ name: 'file', sources: [{ type: 'file', url: 'file:///machines' }] }),
      ],
    },
  ),
);
const id = (index: number) => `0000000${index}-0000-4000-8000-000000000000`;
const records = readBatch(event('sqs-batch')) ?? [];

test('each record is read by itself', () => {
  expect(records.map((record) => [record.id, record.trigger.kind])).toEqual([
    [id(1), 'inventory'],
    [id(2), 'inventory'],
    [id(3), 'malformed'],
    [id(4), 'ignored'],
    [id(5), 'inventory'],
  ]);
  expect(records[2]?.trigger.says).toMatch(
    /^a message is JSON, this is text of 120 characters that does not parse/,
  );
});

test('a burst about the same groups is one sync of each', () => {
  expect(concernedIn(records, config).groups.map(({ name }) => name)).toEqual(['web', 'all']);
  expect(concernedIn(records.slice(1, 2), config).groups.map(({ name }) => name)).toEqual(['web']);
  expect(concernedIn(records.slice(2, 4), config)).toEqual({ groups: [], families: [] });
});

test('a message from a fan-out names its group', () => {
  const [work] = readBatch(event('sqs-fifo-work')) ?? [];
  expect(work?.trigger).toMatchObject({
    kind: 'work',
    work: { groups: ['ali-test-project/web'], run: 'run-1' },
  });
});

test.each([
  undefined,
  null,
  {},
  { Records: [] },
  { Records: [{ eventSource: 'aws:sns', Sns: {} }] },
  { Records: 'x' },
])('refuses %j as a batch', (input) => {
  expect(readBatch(input)).toBeUndefined();
});

test.each([
  [{ mode: 'apply' }, 'request'],
  [{ mode: 'plan' }, 'malformed'],
  [{ mode: 'apply', approve: 'a'.repeat(32), reason: 'nobody sees it used' }, 'malformed'],
])('a queue takes a plain request to apply and no other: %j', (request, kind) => {
  const body = JSON.stringify(request);
  const [record] = readBatch({ Records: [{ messageId: 'm', eventSource: 'aws:sqs', body }] }) ?? [];
  expect(record?.trigger.kind).toBe(kind);
});
