import { expect, test } from 'vitest';
import { createLog } from '../../../lib/runtime/log.ts';

function lineOf(fields: Record<string, unknown>): string {
  const lines: string[] = [];
  createLog(
    (line) => lines.push(line),
    () => 0,
  )('info', 'request', fields);
  expect(lines).toHaveLength(1);
  return lines[0] as string;
}

test.each([
  '\n',
  '\r',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u000b',
  '\u009b2J',
  '\u007f',
  '\u202e',
  '\u200b',
  '\ufeff',
])('a name with %j stays in its line, and every sign of it can be seen', (sign) => {
  const name = `web${sign}{"level":"error"}`;
  const line = lineOf({ [name]: name });
  expect(line).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(line)).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    event: 'request',
    [name]: name,
  });
});

test('other languages are left as they are', () => {
  expect(lineOf({ reason: 'Gestell für 机器 🚀' })).toContain('Gestell für 机器 🚀');
});
