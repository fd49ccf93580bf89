// GET /openapi.json: the committed document, without a secret and without a word to SLS.
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OPENAPI_FILE } from '../../lib/build/openapi.ts';
import { callOf, codeOf, jsonOf } from './api-calls.ts';
import { lambdaContext } from './events.ts';
import { Functions } from './setup.ts';

let functions: Functions;
beforeEach(async () => {
  functions = await Functions.start();
});
afterEach(() => functions[Symbol.asyncDispose]());

const committed = async () => JSON.parse(await readFile(OPENAPI_FILE, 'utf8'));

test('the document is answered whole, in both payload formats and directly', async () => {
  const handler = await functions.load('openapi', { SLS_SECRET_ID: '', SLS_ENDPOINT: '' });
  for (const format of ['2.0', '1.0'] as const) {
    const result = await functions.http(handler, callOf('openapi', { query: {} }), format);
    expect([result.statusCode, result.headers['content-type']]).toEqual([200, 'application/json']);
    expect(jsonOf(result)).toEqual(await committed());
  }
  expect(await handler({}, lambdaContext)).toEqual(await committed());
  expect([functions.secrets.requests, functions.standIn.requests]).toEqual([0, []]);
});

test('a query for the document is refused', async () => {
  const result = await functions.http(
    await functions.load('openapi'),
    callOf('openapi', { query: { a: '1' } }),
  );
  expect([result.statusCode, codeOf(result)]).toEqual([400, 'InvalidParameter']);
});
