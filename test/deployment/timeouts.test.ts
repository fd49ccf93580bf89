// The figures of time against one another, against serverless.yml and against README, and that none stands elsewhere.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';
import * as timeouts from '../../lib/core/time/timeouts.ts';

const {
  ACCESS_KEY_STALE_SECONDS,
  ACCESS_KEY_TTL_SECONDS,
  ANSWER_MARGIN_MS,
  BATCH_WINDOW_SECONDS_MAX,
  CONFIG_READ_MS,
  FUNCTION_SECONDS,
  GATEWAY_MS,
  HEARTBEAT_STALE_SECONDS,
  HISTORY_AGAIN_SECONDS,
  HISTORY_ATTEMPT_MS,
  HISTORY_LEAST_MS,
  HISTORY_PUT_MS,
  REPORT_MARGIN_MS,
  SECRET_CLIENT_MS,
  SLS_ATTEMPT_MS,
  SLS_CALL_MS,
  VISIBILITY_SECONDS,
} = timeouts;
const read = (path: string) => readFile(join(ROOT, path), 'utf8');
const yaml = await read('serverless.yml');

/** The lines under a key, up to the next one that is indented as it is. */
function under(key: string, text = yaml): string {
  const [, indent = '', below = ''] =
    new RegExp(`^( *)${key}:\\n((?:\\1 .*\\n|\\s*\\n|\\1#.*\\n)+)`, 'm').exec(text) ?? [];
  return indent + below;
}
const figure = (key: string, text: string) => Number(new RegExp(`^ +${key}: (\\d+)$`, 'm').exec(text)?.[1]);

test('serverless.yml has the timeouts of the functions', () => {
  expect(figure('timeout', under('provider'))).toBe(FUNCTION_SECONDS.http);
  const functions = under('functions');
  expect(figure('timeout', under('sync-group', functions))).toBe(FUNCTION_SECONDS.syncGroup);
  expect(figure('timeout', under('sync-from-inventory', functions))).toBe(FUNCTION_SECONDS.syncFromInventory);
  expect(figure('timeout', under('coverage', functions))).toBe(FUNCTION_SECONDS.coverage);
  const all = [...yaml.matchAll(/^ +timeout: (\d+)$/gm)].map(([, seconds]) => Number(seconds));
  expect(all.sort((a, b) => a - b)).toEqual(Object.values(FUNCTION_SECONDS).sort((a, b) => a - b));
});

test('serverless.yml hides messages for as long as follows from that', () => {
  expect(figure('VisibilityTimeout', under('SyncInventoryQueue'))).toBe(VISIBILITY_SECONDS.inventory);
  expect(figure('VisibilityTimeout', under('SyncWorkQueue'))).toBe(VISIBILITY_SECONDS.work);
  expect(figure('VisibilityTimeout', under('HistoryQueue'))).toBe(HISTORY_AGAIN_SECONDS);
  expect(HISTORY_AGAIN_SECONDS).toBeGreaterThan(FUNCTION_SECONDS.http);
  expect(figure('eventWindow', yaml)).toBeLessThanOrEqual(BATCH_WINDOW_SECONDS_MAX);
  expect(figure('heartbeatStaleSeconds', yaml)).toBe(HEARTBEAT_STALE_SECONDS[0]);
});

test('each figure leaves room for what it has to hold', () => {
  expect(FUNCTION_SECONDS.http * 1_000).toBeLessThan(GATEWAY_MS);
  expect(SECRET_CLIENT_MS.requestTimeout + SLS_CALL_MS[0] + ANSWER_MARGIN_MS).toBeLessThanOrEqual(
    FUNCTION_SECONDS.http * 1_000,
  );
  expect(SLS_ATTEMPT_MS[0] * 5).toBeLessThanOrEqual(SLS_CALL_MS[0]);
  expect(HISTORY_LEAST_MS).toBeLessThan(ANSWER_MARGIN_MS);
  expect(HISTORY_ATTEMPT_MS * 2).toBeLessThanOrEqual(HISTORY_PUT_MS);
  expect(SECRET_CLIENT_MS.connectionTimeout).toBeLessThan(SECRET_CLIENT_MS.requestTimeout);
  expect(CONFIG_READ_MS + SLS_CALL_MS[0] + REPORT_MARGIN_MS).toBeLessThan(FUNCTION_SECONDS.syncGroup * 1_000);
});

test('a setting’s default is within its bounds', () => {
  for (const [name, value] of Object.entries(timeouts)) {
    if (!Array.isArray(value) || name.endsWith('PAUSES_MS')) continue;
    const [fallback, least, most] = value as [number, number, number];
    expect([least, fallback, most], name).toEqual([least, fallback, most].toSorted((a, b) => a - b));
  }
});

test.each([
  ['SLS_ATTEMPT_TIMEOUT_MS', SLS_ATTEMPT_MS[0]],
  ['SLS_TIMEOUT_MS', SLS_CALL_MS[0]],
  ['SLS_SECRET_TTL_SECONDS', ACCESS_KEY_TTL_SECONDS[0]],
  ['SLS_SECRET_STALE_SECONDS', ACCESS_KEY_STALE_SECONDS[0]],
  ['HEARTBEAT_STALE_SECONDS', HEARTBEAT_STALE_SECONDS[0]],
])('docs/parameters.md has the default of %s', async (variable, fallback) => {
  expect(await read('docs/parameters.md')).toMatch(
    new RegExp(`^\\| \`${variable}\`.* \\| ${fallback} \\|`, 'm'),
  );
});

test('no figure of time stands elsewhere in lib', async () => {
  const names = await readdir(join(ROOT, 'lib'), { recursive: true });
  const figures = /(?:_MS|_SECONDS|Ms|Timeout|TIMEOUT|PAUSES?|TTL)\b\s*[=:]\s*\[?\d[\d_]/;
  const found: string[] = [];
  for (const name of names.filter(
    (name) => name.endsWith('.ts') && !/^core\/time\/timeouts\.ts$|\/samples\.ts$/.test(name),
  )) {
    for (const line of (await read(`lib/${name}`)).split('\n'))
      if (figures.test(line)) found.push(`${name}: ${line}`);
  }
  expect(found).toEqual([]);
});
