// Lines that a person reads while the functions run.
import { expect, test } from 'vitest';
import { readable } from './readable.ts';

const line = (event: string, fields: object) =>
  readable(JSON.stringify({ time: '2026-11-26T02:14:09.512Z', event, ...fields }))?.replace(/^\S+ /, '');

test('a verdict names its group, and what it is', () => {
  const verdict = { group: 'p/web', is: 'attention', code: 'held', says: 'a removal waits' };
  expect(line('verdict', verdict)).toBe('verdict p/web attention a removal waits');
});
