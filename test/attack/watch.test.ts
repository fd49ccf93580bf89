// The watch itself: test files that let a secret through, each in its way, and one that does not.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';
import config from '../vitest.config.ts';
import { FAKE, MARKERS, secretsIn } from './markers.ts';

const SECRET = `${FAKE}secret`;
const { accessKeyId, accessKeySecret, hookKey } = MARKERS;

const WATCH = join(ROOT, 'test/attack/watch.ts');

const base64 = (text: string) => Buffer.from(text).toString('base64');
const write = (stream: string, text: string) => `process.${stream}.write(${JSON.stringify(text)});`;
const print = (name: string, value: unknown) => `console.${name}(${JSON.stringify(value)});`;

/** What a file does in its one test, and whether it may. */
const FILES: Readonly<Record<string, readonly [body: string, isFine: boolean]>> = {
  'on stdout': [write('stdout', `key ${SECRET}\n`), false],
  'on stderr in Base64': [write('stderr', base64(`ab${SECRET}c`)), false],
  'in two halves': [write('stdout', 'key not-a-') + write('stdout', 'real-secret'), false],
  'as bytes': ["process.stdout.write(Buffer.from('not-a-real-secret'));", false],
  'on the console': [print('log', { headers: { key: SECRET } }), false],
  'in hexadecimal': [print('error', Buffer.from(SECRET).toString('hex')), false],
  'in a URL': [print('warn', encodeURIComponent(accessKeySecret)), false],
  'a piece': [print('info', hookKey.slice(4, 16)), false],
  'after other output': [write('stdout', 'x'.repeat(100_000)) + write('stdout', SECRET), false],
  'caught by itself': [`watcher()(${JSON.stringify(`key ${SECRET}`)});`, false],
  'the id of a key': [write('stdout', `${accessKeyId} test-key-id\n`) + print('log', accessKeyId), true],
  nothing: ['', true],
};

test.each([
  ['of its own', true],
  ['with others in it', false],
])(
  'a file that lets a secret through fails in a process %s, any other does not',
  async (_, isolate) => {
    // Below the project, where vitest is found; not below test/, where other files are.
    await mkdir(join(ROOT, '.cache'), { recursive: true });
    const dir = await mkdtemp(join(ROOT, '.cache/watch-'));
    try {
      const { setupFiles } = config.test ?? {};
      await writeFile(
        join(dir, 'vitest.config.ts'),
        `export default ${JSON.stringify({ test: { setupFiles, include: ['*.test.ts'], maxWorkers: 1, isolate } })};`,
      );
      for (const [name, [body]] of Object.entries(FILES)) {
        const imports = `import { test } from 'vitest';\nimport { watcher } from ${JSON.stringify(WATCH)};\n`;
        const text = `${imports}test('speaks', () => {${body}});\n`;
        await writeFile(join(dir, `${name}.test.ts`), text);
      }
      const report = join(dir, 'report.json');
      const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
      const args = ['run', '--root', dir, '--config', join(dir, 'vitest.config.ts')];
      const run = promisify(execFile)(process.execPath, [
        ...[vitest, ...args],
        ...['--reporter=json', `--outputFile=${report}`],
      ]);
      await expect(run).rejects.toThrow();
      const { testResults } = JSON.parse(await readFile(report, 'utf8')) as {
        testResults: { name: string; status: string; message: string }[];
      };
      const told = testResults.map(({ name, status, message }) => [
        name.replace(/^.*\/|\.test\.ts$/g, ''),
        status === 'passed' || `failed: ${message.includes('secrets came out')}`,
      ]);
      const expected = Object.entries(FILES).map(([name, [, isFine]]) => [name, isFine || 'failed: true']);
      expect(told.sort()).toEqual(expected.sort());
    } finally {
      await rm(dir, { recursive: true });
    }
  },
  60_000,
);

test('every made-up secret of the suites begins as the watch knows it, or is a marker', () => {
  for (const secret of [SECRET, 'not-a-real-hook-key', ...Object.values(MARKERS).slice(1)]) {
    expect(secretsIn(`key=${secret}`)).toHaveLength(1);
  }
  expect(secretsIn(accessKeyId)).toEqual([]);
});
