// The command line where it cannot begin: no packages, or an old Node. One line, and no stack trace.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from '../../../lib/build/bundle.ts';
import { bundleCli } from '../../../lib/build/cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder('begin');
afterAll(folder.remove);

const BEGIN = 'lib/cli/begin.mjs';
/** Says of itself that it is an older one. */
const OLD = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"20.20.2"}})';

function run(args: readonly string[], cwd = ROOT) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('says to run npm ci where there are no packages', () => {
  mkdirSync(join(folder.path, 'lib/cli'), { recursive: true });
  copyFileSync(join(ROOT, BEGIN), join(folder.path, BEGIN));
  expect(run([BEGIN, 'lib/cli/main.ts', '--help'], folder.path)).toEqual({
    status: 2,
    stdout: '',
    stderr: 'sls-machine-groups: run `npm ci` first: the packages are not there\n',
  });
});

test('says which Node it needs, in the repository and released', async () => {
  const says = {
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(/^\S+: needs Node\.js 24, and this is 20\.20\.2.*\n$/),
  };
  expect(run(['--import', OLD, BEGIN, 'lib/cli/main.ts', '--help'])).toEqual(says);
  const file = await bundleCli(join(folder.path, 'cli.mjs'));
  expect(run(['--import', OLD, file, '--help'])).toEqual(says);
  expect(run([file, '--help'])).toMatchObject({ status: 0, stderr: '' });
});

test('begins what package.json says, with its own arguments', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(scripts).toMatchObject({
    cli: `node ${BEGIN} lib/cli/main.ts`,
    start: `exec node ${BEGIN} test/tools/local/start.ts`,
  });
  expect(run([BEGIN, 'lib/cli/main.ts', 'none'])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^no command none/),
  });
  expect(run([BEGIN, 'test/tools/local/start.ts', '--help']).stdout).toMatch(/^npm start runs/);
});
