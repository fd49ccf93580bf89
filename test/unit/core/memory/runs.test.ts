// The list of the last runs.
import { expect, test } from 'vitest';
import {
  type RunNote,
  type RunsItem,
  readRuns,
  runsChange,
  withRun,
} from '../../../../lib/core/memory/runs.ts';
import { changed, type Fields } from '../../../../lib/core/memory/table.ts';

const run = (at: number, more: Partial<RunNote> = {}): RunNote => ({
  runId: `run-${at}`,
  at,
  trigger: 'schedule',
  status: 'ok',
  groups: 3,
  added: 1,
  removed: 0,
  refused: 0,
  failed: 0,
  ...more,
});

const stored = (item: RunsItem): Fields =>
  changed(undefined, runsChange(undefined, item) ?? { set: {}, remove: [] });

test('it comes back as it was, and an item that is not there is an empty one', () => {
  const item = withRun({ runs: [] }, run(1, { caller: 'ann' }), { scheduled: true, eventful: true });
  expect(readRuns(stored(item))).toEqual({ readable: true, item });
  expect(readRuns(undefined)).toEqual({ readable: true, item: { runs: [] } });
});

test('a run of the schedule without news takes no place of others', () => {
  const first = withRun({ runs: [] }, run(1), { scheduled: false, eventful: true });
  const second = withRun(first, run(2), { scheduled: true, eventful: false });
  expect(second).toEqual({ scheduled: run(2), runs: [run(1)] });
});

test('twenty are kept, the latest first, and long words are cut: an item of 20 KB at most', () => {
  const long = 'x'.repeat(100_000);
  let item: RunsItem = { runs: [] };
  for (let at = 1; at <= 30; at += 1)
    item = withRun(item, run(at, { trigger: long, caller: long }), { scheduled: true, eventful: true });
  expect(item.runs.map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, index) => 30 - index));
  expect(JSON.stringify(stored(item)).length).toBeLessThan(20_000);
});

test.each<[string, Fields]>([
  ['another shape', { version: 1, runs: '[{"runId":1}]' }],
  ['no JSON', { version: 1, scheduled: '{' }],
  ['another system’s', { runs: '[]' }],
])('%s is told, not thrown', (_, fields) => {
  expect(readRuns(fields)).toMatchObject({ readable: false, says: expect.any(String) });
});
