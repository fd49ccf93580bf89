// Readings that go from a run to its workers: what is handed, and what a worker takes.
import { describe, expect, test } from 'vitest';
import { parseSyncConfig } from '../../../lib/core/config/config.ts';
import type { Snapshot } from '../../../lib/core/reading/snapshot.ts';
import {
  FUNCTION_SECONDS,
  HANDED_AHEAD_MS,
  HANDED_READING_MS,
  REMOVE_AFTER_SECONDS,
} from '../../../lib/core/time/timeouts.ts';
import { batchesOf, partsOf } from '../../../lib/core/trigger/parts.ts';
import { SourceError } from '../../../lib/inventory/source.ts';
import { asksOf, type SourceAsk } from '../../../lib/inventory/sources/open.ts';
import { readsOf } from '../../../lib/inventory/sources/reads.ts';
import { handing, taking } from '../../../lib/runtime/sync/handed.ts';
import type { ReadingStore } from '../../../lib/runtime/sync/reading-store.ts';
import { documentOf, groupDocument } from '../core/values.ts';

const START = 1_790_000_000_000;
const ec2 = (tag: string) => ({ type: 'ec2', regions: ['eu-central-1'], tags: { group: tag } });
const alone = (name: string) => ({ type: 'http', format: 'list', url: `https://inventory.example/${name}` });

/** Six groups of one account and region, two a batch, and what stands beside their sources. */
function world(beside: (index: number) => readonly object[] = () => []) {
  const groups = Array.from({ length: 6 }, (_, n) =>
    groupDocument({ name: `g${n}`, sources: [ec2(`${n}`), ...beside(n)] }),
  );
  const config = parseSyncConfig(documentOf({}, { groups }));
  const parts = partsOf(config.groups, ({ sources }) => sources.flatMap(readsOf), 2);
  const batches = batchesOf(parts, config.groups, () => 'schedule');
  const objects = new Map<string, Uint8Array>();
  const store: ReadingStore = {
    put: async (key, bytes) => void objects.set(key, bytes),
    get: async (key) => objects.get(key) ?? Promise.reject(new Error('no such object')),
  };
  const asks: SourceAsk[] = [];
  const events: string[] = [];
  let now = START;
  const fails = new Map<string, SourceError>();
  const snapshot = ({ label }: SourceAsk, id: string): Snapshot => ({
    source: label,
    takenAt: START,
    machines: [{ value: '10.0.0.1', origin: { source: label, id } }],
    skipped: [],
    completeness: { complete: true, proof: '1 page' },
    readings: ['eu-central-1'],
  });
  const tagOf = ({ settings }: SourceAsk) =>
    settings.type === 'ec2' ? Object.values(settings.tags).flat().join() : '';
  const deps = {
    store,
    reader: () => async (ask: SourceAsk) => {
      asks.push(ask);
      const failure = fails.get(tagOf(ask));
      if (failure) throw failure;
      return snapshot(ask, `i-${tagOf(ask)}`);
    },
    now: () => now,
    log: (_level: string, event: string) => void events.push(event),
  };
  return {
    config,
    batches,
    objects,
    asks,
    events,
    deps,
    fails,
    later: (ms: number) => {
      now = START + ms;
    },
    askOf: (index: number, source = 0) =>
      asksOf(config.groups[index] as (typeof config.groups)[number])[source] as SourceAsk,
    async hand() {
      const readingFor = handing('run', batches, config.groups, deps);
      return readingFor && Promise.all(batches.map(readingFor));
    },
  };
}

describe('a run hands', () => {
  test('each batch its part of what several of them need, read once a source', async () => {
    const here = world((n) => [alone(`${n}`)]);
    expect(here.batches).toHaveLength(3);
    const handed = await here.hand();
    expect(handed?.map((reading) => reading?.key)).toEqual(['run/0', 'run/1', 'run/2']);
    // What one group alone reads is left to its worker.
    expect(here.asks.map(({ settings }) => settings.type)).toEqual(Array(6).fill('ec2'));
    const indexOf = (key: string | undefined) => here.config.groups.findIndex((group) => group.key === key);
    const [own, other] = here.batches.map(({ groups }) => indexOf(groups[0])) as [number, number];
    const take = taking(handed?.slice(0, 1) as never, here.deps);
    expect(await take(here.askOf(own))).toMatchObject({
      takenAt: START,
      machines: [{ origin: { id: `i-${own}` } }],
    });
    // Of another batch, and by the worker.
    expect([await take(here.askOf(other)), await take(here.askOf(own, 1))]).toEqual([undefined, undefined]);
  });

  test('nothing where each inventory is read by one batch', async () => {
    const here = world();
    const one = { id: 'part-0', groups: here.config.groups.map(({ key }) => key), asked: 'event' as const };
    expect(handing('run', [one], here.config.groups, here.deps)).toBeUndefined();
  });

  test('nothing where the place for it cannot be written: its workers read', async () => {
    const here = world();
    const broken = {
      ...here.deps,
      store: { ...here.deps.store, put: () => Promise.reject(new Error('no')) },
    };
    const readingFor = handing('run', here.batches, here.config.groups, broken);
    expect(await Promise.all(here.batches.map((batch) => readingFor?.(batch)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(here.events).toEqual(Array(3).fill('reading.kept'));
  });

  test('why a source could not be read, so that nobody asks it again for this run', async () => {
    const here = world();
    here.fails.set(
      '1',
      new SourceError('throttled', 'sources[0] ec2', 'not now', { status: 503, requestId: 'r-1' }),
    );
    const take = taking((await here.hand()) as never, here.deps);
    expect(await take(here.askOf(0))).toBeDefined();
    await expect(take(here.askOf(1))).rejects.toMatchObject({
      name: 'SourceError',
      code: 'throttled',
      message: 'sources[0] ec2: not now',
      status: 503,
      requestId: 'r-1',
    });
  });

  test('nothing of a source that it gave up itself', async () => {
    const here = world();
    here.fails.set('1', new SourceError('aborted', 'sources[0] ec2', 'given up'));
    const take = taking((await here.hand()) as never, here.deps);
    expect(await take(here.askOf(1))).toBeUndefined();
  });
});

describe('a worker reads for itself', () => {
  const taken = async (change: (here: ReturnType<typeof world>) => void, ask = 0) => {
    const here = world();
    const handed = await here.hand();
    change(here);
    const snapshot = await taking(handed as never, here.deps)(here.askOf(ask));
    return { snapshot, events: here.events };
  };

  test('not, where the reading is what the message says, and young', async () => {
    expect((await taken((here) => here.later(HANDED_READING_MS))).snapshot).toBeDefined();
    expect((await taken((here) => here.later(-HANDED_AHEAD_MS))).snapshot).toBeDefined();
  });

  test('where it is too old, or of a clock that is ahead', async () => {
    expect((await taken((here) => here.later(HANDED_READING_MS + 1))).snapshot).toBeUndefined();
    expect((await taken((here) => here.later(-HANDED_AHEAD_MS - 1))).snapshot).toBeUndefined();
  });

  test('where one byte of it is another, or it is gone', async () => {
    const changed = await taken(({ objects }) => {
      const bytes = Buffer.from(objects.get('run/0') as Uint8Array);
      objects.set('run/0', Buffer.from(bytes.toString().replace('10.0.0.1', '10.0.0.2')));
    });
    expect(changed).toMatchObject({ snapshot: undefined, events: ['reading.unusable'] });
    const gone = await taken(({ objects }) => void objects.delete('run/0'));
    expect(gone).toMatchObject({ snapshot: undefined, events: ['reading.unusable'] });
    // What the other batches have is as it was.
    expect((await taken(({ objects }) => void objects.delete('run/0'), 2)).snapshot).toBeDefined();
  });

  test('where its settings are others by now', async () => {
    const here = world();
    const take = taking((await here.hand()) as never, here.deps);
    const ask = here.askOf(0);
    const settings = { ...ask.settings, states: ['running', 'pending'] } as SourceAsk['settings'];
    expect(await take({ ...ask, settings })).toBeUndefined();
    expect(await take({ ...ask, identify: 'userdefined' })).toBeUndefined();
    expect(await take({ ...ask, label: 'sources[1] ec2' })).toBeUndefined();
  });
});

test('no reading that is handed puts back whom a later one has removed', () => {
  const [, least] = REMOVE_AFTER_SECONDS;
  expect(HANDED_READING_MS + FUNCTION_SECONDS.syncGroup * 1_000).toBeLessThan(least * 1_000);
});
