// What a report says of whatever was thrown.
import { expect, test } from 'vitest';
import { errorReport } from '../../../lib/runtime/sync/told.ts';

test.each<[string, unknown]>([
  ['text', 'not-a-real-secret'],
  ['nothing', undefined],
  ['null', null],
  ['an object that looks like one', { code: 'X', message: 'not-a-real-secret', requestId: 'r' }],
])('tells nothing of a thrown value that is no error: %s', (_what, thrown) => {
  expect(errorReport(thrown)).toEqual({
    code: 'Unknown',
    message: 'something other than an error was thrown',
  });
});

test.each<[string, object, object]>([
  ['its code', { code: 'Throttled' }, { code: 'Throttled' }],
  ['its name where it has none', {}, { code: 'RangeError' }],
  ['its name where its code is no text', { code: 7 }, { code: 'RangeError' }],
  ['its request', { code: 'A', requestId: 'r-1' }, { code: 'A', requestId: 'r-1' }],
  ['no empty request', { code: 'A', requestId: '' }, { code: 'A' }],
  ['nothing else that hangs on it', { code: 'A', headers: { authorization: 'x' } }, { code: 'A' }],
])('tells of an error: %s', (_what, more, expected) => {
  expect(errorReport(Object.assign(new RangeError('words'), more))).toEqual({
    message: 'words',
    ...expected,
  });
});
