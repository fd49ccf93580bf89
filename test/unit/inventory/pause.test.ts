// HTTP inventories that are busy: Retry-After is obeyed within the time of the reading, on the test's clock.
import { expect, it, test } from 'vitest';
import { open as openHttp } from '../../../lib/inventory/sources/http/read.ts';
import { httpSource } from '../../../lib/inventory/sources/http/settings.ts';
import { serve } from './served.ts';

const START = Date.UTC(2026, 0, 1);

/** Busy for so many requests, then a list. */
async function read(busy: number, status: number, headers: Record<string, string>, timeoutMs = 10_000) {
  let now = START;
  const waits: number[] = [];
  let left = busy;
  await using server = await serve((_request, response) => {
    left -= 1;
    if (left >= 0) response.writeHead(status, headers).end('busy');
    else response.writeHead(200, { 'content-type': 'application/json' }).end('["10.0.0.1"]');
  });
  const settings = httpSource.parse({
    type: 'http',
    url: server.origin,
    format: 'list',
    allowHttp: true,
    allowLoopback: true,
    timeoutMs,
  });
  const source = openHttp(settings, 'sources[0] http', 'ip', {
    now: () => now,
    secret: async () => '',
    resolve: async () => [],
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  });
  const outcome = await source.snapshot().catch((error: unknown) => error);
  return { outcome, waits, asked: server.asked.length };
}

test.each([
  [429, '3', 3_000],
  [503, '3', 3_000],
  [503, new Date(START + 4_000).toUTCString(), 4_000],
  [429, '0', 1_000],
  [503, new Date(START - 60_000).toUTCString(), 1_000],
])('HTTP %i with Retry-After %s is asked again after %i ms', async (status, retryAfter, ms) => {
  const { outcome, waits, asked } = await read(1, status, { 'retry-after': retryAfter });
  expect(outcome).toMatchObject({ machines: [{ value: '10.0.0.1' }], takenAt: START });
  expect(waits).toEqual([ms]);
  expect(asked).toBe(2);
});

it('waits again and again until the time of the reading is over, and says why', async () => {
  const { outcome, waits } = await read(Number.POSITIVE_INFINITY, 429, { 'retry-after': '3' });
  expect(waits).toEqual([3_000, 3_000, 3_000]);
  expect(outcome).toMatchObject({ code: 'throttled', status: 429 });
});

test.each([
  ['a wait that is longer than the reading may take', { 'retry-after': '10' }],
  ['none', {}],
  ['no time', { 'retry-after': 'soon' }],
  ['a negative one', { 'retry-after': '-1' }],
])('Retry-After of %s fails at once', async (_what, headers) => {
  const { outcome, waits, asked } = await read(1, 503, headers as Record<string, string>);
  expect(outcome).toMatchObject({ code: 'status', status: 503 });
  expect(waits).toEqual([]);
  expect(asked).toBe(1);
});

it('asks a server that never gets ready so often and no oftener', async () => {
  const { waits } = await read(Number.POSITIVE_INFINITY, 503, { 'retry-after': '0' }, 120_000);
  expect(waits).toHaveLength(10);
});

it('waits for no other answer', async () => {
  const { outcome, waits } = await read(1, 500, { 'retry-after': '1' });
  expect(outcome).toMatchObject({ code: 'status', status: 500 });
  expect(waits).toEqual([]);
});
