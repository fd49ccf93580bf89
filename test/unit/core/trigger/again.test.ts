// What is left of a batch: looks that are sent for, and records that come back.
import { describe, expect, test } from 'vitest';
import { parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { askersOf, batchResponse, recheckOf } from '../../../../lib/core/trigger/again.ts';
import { readBatch } from '../../../../lib/core/trigger/batch.ts';
import { type Asker, workFor } from '../../../../lib/core/trigger/work.ts';
import { event } from '../events.ts';
import { documentOf, groupDocument } from '../values.ts';

const ec2 = [{ type: 'ec2', regions: ['eu-central-1'], all: true }];
const KEY = 'ali-test-project/ec2';
const FILE = 'ali-test-project/file';
const config = parseSyncConfig(
  documentOf(
    {},
    {
      groups: [
        groupDocument({ name: 'ec2', sources: ec2 }),
        groupDocument({ name: 'file', sources: [{ type: 'file', url: 'file:///machines' }] }),
      ],
    },
  ),
);
const work = (group: string, asked?: Asker) => {
  const { asked: _, ...old } = workFor(group, 'run', 'recheck');
  return asked ? { ...old, asked } : old;
};
const batch = (...bodies: object[]) =>
  readBatch({
    Records: bodies.map((body, index) => ({
      messageId: `${index}`,
      eventSource: 'aws:sqs',
      body: JSON.stringify(body),
    })),
  }) ?? [];
const change = event('ec2-state-running') as object;
const tick = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };
const request = { mode: 'apply', groups: [KEY] };

describe('who asked', () => {
  test.each([
    ['an event', [change], 'event'],
    ['a request in the queue', [request], 'event'],
    ['work for an event', [work(KEY, 'event')], 'event'],
    ['work for the schedule', [work(KEY, 'schedule')], 'schedule'],
    ['a tick in a queue', [tick], 'schedule'],
    ['a recheck', [work(KEY, 'recheck')], 'recheck'],
    ['work of an older release', [work(KEY)], 'recheck'],
    ['the schedule and a recheck', [tick, work(KEY, 'recheck')], 'recheck'],
    ['all of them, in any order', [change, tick, work(KEY, 'recheck')], 'event'],
    ['something about another group', [work(FILE, 'event')], undefined],
  ])('%s', (_, bodies, asker) => {
    expect(askersOf(batch(...bodies), config.groups).get(KEY)).toBe(asker);
  });
});

/** How it goes on after a look that one asker asked for. */
const next = (body: object, status: string, isSent = true) => {
  const records = batch(body);
  const looked = [{ group: KEY, status }];
  const { batchItemFailures } = batchResponse(records, config, looked, isSent);
  return {
    recheck: recheckOf(looked, askersOf(records, config.groups)).length > 0,
    back: batchItemFailures.length > 0,
  };
};

describe('after a look', () => {
  test.each(['failed', 'busy'])('that ended %s, somebody looks again, and one alone', (status) => {
    expect(next(change, status)).toEqual({ recheck: true, back: false });
    expect(next(work(KEY, 'event'), status)).toEqual({ recheck: true, back: false });
    expect(next(work(KEY, 'recheck'), status)).toEqual({ recheck: false, back: true });
    // The next tick.
    expect(next(work(KEY, 'schedule'), status)).toEqual({ recheck: false, back: false });
    expect(next(tick, status)).toEqual({ recheck: false, back: false });
  });
  test('that found nothing to do, an event has one more, and not for ever', () => {
    expect(next(change, 'in-sync')).toEqual({ recheck: true, back: false });
    expect(next(work(KEY, 'event'), 'in-sync')).toEqual({ recheck: true, back: false });
    for (const asked of ['schedule', 'recheck'] as const)
      expect(next(work(KEY, asked), 'in-sync')).toEqual({ recheck: false, back: false });
  });
  test.each(['written', 'withheld', 'refused', 'left-alone', 'recorded'])(
    'that ended %s, nobody does',
    (status) => {
      for (const body of [change, work(KEY, 'recheck'), work(KEY, 'schedule')])
        expect(next(body, status)).toEqual({ recheck: false, back: false });
    },
  );
  test('that cannot be sent for, the records of what failed come back, and no others', () => {
    expect(next(change, 'failed', false)).toMatchObject({ back: true });
    expect(next(change, 'in-sync', false)).toMatchObject({ back: false });
    const records = batch(work(FILE, 'event'), change, work(KEY, 'recheck'));
    const looked = [
      { group: KEY, status: 'failed' },
      { group: FILE, status: 'written' },
    ];
    const back = (isSent: boolean) =>
      batchResponse(records, config, looked, isSent).batchItemFailures.map(
        ({ itemIdentifier }) => itemIdentifier,
      );
    expect(back(false)).toEqual(['1', '2']);
    expect(back(true)).toEqual(['2']);
  });
});
