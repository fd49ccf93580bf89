// `npm start` from the outside: a process, its output, its port.

import { access, appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { RunReport } from '../../../lib/core/report/report.ts';
import { secretsIn } from '../../attack/markers.ts';
import { isFree } from '../../support/loopback.ts';
import { PROJECT } from '../../support/names.ts';
import { needs } from '../../support/needs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { LONG } from '../../support/whole.ts';
import {
  childrenOf,
  reachable,
  type Started,
  secretsSaid,
  shell,
  start,
  startReady,
  TEST_MS,
} from './start-process.ts';
import { FILE_GROUP, LISTED_GROUP, MACHINES } from './sync-files.ts';

const files = temporaryFolder('start');
afterAll(files.remove);

/** Each start takes four seconds of CPU: `npm test` has the two that all that is usual is seen in. */
const SLOW = { ...needs(LONG), timeout: TEST_MS };

const started: Started[] = [];
afterEach(async () => {
  for (const run of started.splice(0)) {
    const { child, ended } = run;
    child.kill('SIGTERM');
    await ended;
    expect(secretsSaid(run)).toEqual([]);
  }
});

/** What a curl command of the ready line would send. */
function requestOf(command: string): Request {
  const [, url] = / '(http[^']+)'/.exec(command) ?? [];
  const [, body] = / -d '([^']+)'/.exec(command) ?? [];
  const headers = [...command.matchAll(/ -H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name, value]);
  const method = / -X (\w+)/.exec(command)?.[1] ?? 'GET';
  return new Request(url as string, {
    method,
    headers: headers as [string, string][],
    ...(body && { body }),
  });
}

test(
  'serves the functions until it is told to stop, and says what they do in lines for a person',
  async () => {
    const folder = join(files.path, 'left-alone');
    const { run, port, line } = await startReady({ LOG: '', SYNC_FOLDER: folder });
    started.push(run);
    const commands = line.split(' && ');
    expect(commands.map((command) => /\bcurl .*/.test(command))).toEqual([true, true]);
    const [create, get] = commands.map(requestOf) as [Request, Request];

    const created = await fetch(create.clone());
    expect({ status: created.status, body: await created.text() }).toEqual({ status: 200, body: '' });
    expect(created.headers.get('content-type')).toBeNull();
    expect(created.headers.get('x-log-requestid')).toMatch(/^[0-9A-F]{24}$/);

    const read = await fetch(get);
    expect(read.status).toBe(200);
    expect(read.headers.get('content-type')).toMatch(/^application\/json\b/);
    expect(await read.json()).toEqual({
      groupName: 'test-machine-group',
      groupType: '',
      groupAttribute: { groupTopic: 'testtopic', externalName: 'testgroup' },
      machineIdentifyType: 'ip',
      machineList: [],
      createTime: expect.any(Number),
      lastModifyTime: expect.any(Number),
    });

    const again = await fetch(create);
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ errorCode: 'MachineGroupAlreadyExist' });

    expect(await reachable(port)).toEqual(['127.0.0.1']);

    // A second one on the same port says so in one line, before it starts anything.
    const second = start({ PORT: String(port) });
    expect(await second.ended).toBe(1);
    expect(second.stdout()).toBe('');
    expect(second.stderr()).toMatch(new RegExp(`^start: port ${port} of 127\\.0\\.0\\.1 is taken.*\n$`));

    const page = /^commands: (http:\S+) /m.exec(run.stdout())?.[1] ?? expect.fail('no start page');
    const shown = await (await fetch(page)).text();
    for (const name of ['plan', 'apply', 'explain', 'hook', 'ready', 'status'])
      expect(shown).toContain(`<h2>${name}</h2>`);
    expect(shown).toContain(`<a href="http://127.0.0.1:${port}/">`);

    // As a browser asks.
    const status = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect([status.url, status.status]).toEqual([`http://127.0.0.1:${port}/status`, 200]);
    expect(status.headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    const html = await status.text();
    expect(html).toContain(`<h3>${PROJECT}/${FILE_GROUP}</h3>`);
    expect(html).toContain('no run has judged the group yet');

    await access(folder);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(run.stderr()).toBe('');
    const logged = run.stdout().slice(run.stdout().indexOf('\nready: ')).split('\n').slice(2, -2);
    expect(logged).toEqual([
      expect.stringMatching(
        /^\d\d:\d\d:\d\d CreateMachineGroup 200 ali-test-project\/test-machine-group in \d+ ms$/,
      ),
      expect.stringMatching(
        /^\d\d:\d\d:\d\d GetMachineGroup 200 ali-test-project\/test-machine-group in \d+ ms$/,
      ),
      expect.stringMatching(
        /^\d\d:\d\d:\d\d CreateMachineGroup 400 .* in \d+ ms: MachineGroupAlreadyExist, ./,
      ),
      expect.stringMatching(/^\d\d:\d\d:\d\d Status 200 in \d+ ms$/),
    ]);
    // Nobody edited them.
    await expect(access(folder)).rejects.toThrow('ENOENT');
    // The search sees the one key that is there to be pasted, where it is not passed over.
    expect(secretsIn(run.stdout())).toHaveLength(1);
    expect(await isFree(port)).toBe(true);
  },
  TEST_MS,
);

test(
  'plans, applies, follows the file, refuses to remove too much, and takes an approval',
  async () => {
    const folder = join(files.path, 'edited');
    const { run, port } = await startReady({ SYNC_FOLDER: folder });
    started.push(run);
    const hint = (name: string) =>
      new RegExp(`^${name}: (.+)$`, 'm').exec(run.stdout())?.[1] ?? expect.fail(`no line ${name}`);
    const base = `http://127.0.0.1:${port}`;
    const inventory = /^\S+/.exec(hint('sync'))?.[0] ?? '';
    const write = (machines: readonly string[]) => writeFile(inventory, `${machines.join('\n')}\n`);
    const sync = async (request: object) => {
      const response = await fetch(`${base}/sync`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      const report = (await response.json()) as RunReport;
      const outcome = (name: string) => report.groups.find(({ group }) => group === `${PROJECT}/${name}`);
      return { status: response.status, file: outcome(FILE_GROUP), listed: outcome(LISTED_GROUP), report };
    };
    const members = async (name: string) => {
      const group = await fetch(`${base}/machinegroups/${name}?projectName=${PROJECT}`);
      const { machineList } = (await group.json()) as { machineList: string[] };
      return machineList.sort();
    };

    // The commands as they are printed.
    const planned = shell(hint('plan'));
    expect(planned).toMatch(/^## Machine groups: plan, ok$/m);
    expect(planned).toMatch(/^- Add 12: `10\.0\.1\.11`/m);
    expect((await fetch(`${base}/machinegroups/${FILE_GROUP}?projectName=${PROJECT}`)).status).toBe(404);
    expect(shell(hint('apply'))).toMatch(/^### `ali-test-project\/batch-workers`: written$/m);
    expect(await members(FILE_GROUP)).toEqual(MACHINES);
    expect(await members(LISTED_GROUP)).toEqual(['batch-a', 'batch-b']);
    expect(JSON.parse(shell(hint('explain')))).toMatchObject({ inGroup: true, next: 'stays-in' });
    expect((await sync({ mode: 'plan' })).report.counts.byStatus).toMatchObject({ 'in-sync': 2 });

    // What comes is added; what goes has patience to live through.
    const wanted = [...MACHINES.slice(1), '10.0.1.30'];
    await write(wanted);
    const followed = await sync({ mode: 'apply' });
    expect(followed).toMatchObject({
      status: 200,
      file: {
        status: 'written',
        additions: { members: ['10.0.1.30'] },
        withheld: [{ by: 'patience', members: [MACHINES[0]] }],
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
      listed: { status: 'in-sync' },
    });
    const grown = [...MACHINES, '10.0.1.30'];
    expect(await members(FILE_GROUP)).toEqual(grown);

    await write(wanted.slice(0, 3));
    const withheld = await sync({ mode: 'apply' });
    expect(withheld).toMatchObject({ status: 200, file: { status: 'withheld', removals: { count: 0 } } });
    expect(await members(FILE_GROUP)).toEqual(grown);

    await appendFile(inventory, '10.0.1.31\n');
    expect(shell(hint('hook'))).toMatch(/^HTTP\/1\.1 202 .*\n\{"runId":"[0-9a-f-]{36}"\}$/s);
    expect(await members(FILE_GROUP)).toEqual([...grown, '10.0.1.31']);

    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(run.stderr()).toBe('');
    // Edited, and so kept.
    expect(await readFile(inventory, 'utf8')).toContain('10.0.1.31');
    expect(run.stdout()).toContain(`kept, because you changed what is there: ${folder};`);

    // Every run was asked for: the schedule is off. Only now has all of the output arrived.
    const triggers = [...run.stdout().matchAll(/"event":"sync\.run".*?"trigger":"([^"]+)"/g)].map(
      ([, by]) => by,
    );
    expect(new Set(triggers)).toEqual(new Set(['a request to plan', 'a request to apply', 'hook cmdb']));
  },
  TEST_MS,
);

test('ends with an error when the functions end by themselves', SLOW, async () => {
  const { run, port } = await startReady();
  started.push(run);
  const children = childrenOf(run.child.pid as number);
  expect(children).toHaveLength(1);
  process.kill(children[0] as number, 'SIGKILL');
  expect(await run.ended).toBe(1);
  expect(run.stderr()).toBe('start: serverless-offline stopped by itself (SIGKILL)\n');
  expect(await isFree(port)).toBe(true);
});

test(
  'goes on where it left edited files, and says where things are when a folder cannot be written',
  SLOW,
  async () => {
    const edited = join(files.path, 'edited-before');
    await mkdir(edited);
    await writeFile(join(edited, 'machines.txt'), '10.0.1.77\n');
    const found = await startReady({ SYNC_FOLDER: edited });
    started.push(found.run);
    expect(found.run.stdout()).toMatch(/^sync: .*, as you left them: take the folder away to begin anew$/m);
    expect(await readFile(join(edited, 'machines.txt'), 'utf8')).toBe('10.0.1.77\n');
    await access(join(edited, 'sync.json'));
    found.run.child.kill('SIGTERM');
    expect(await found.run.ended).toBe(0);
    expect((await readdir(edited)).sort()).toEqual(['machines.txt', 'secrets.json', 'sync.json']);

    const { run, port } = await startReady({ SYNC_FOLDER: '/dev/null/nowhere' });
    started.push(run);
    expect(run.stdout()).toMatch(
      /\/dev\/null\/nowhere cannot be written \(ENOTDIR\): the files of the sync are in \S+, and gone when this stops$/m,
    );
    const response = await fetch(`http://127.0.0.1:${port}/sync`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"mode":"plan"}',
    });
    expect(response.status).toBe(200);
  },
);

test.each(['0', '65536', 'http', '80 80'])('refuses PORT=%s in one line', async (port) => {
  const run = start({ PORT: port });
  started.push(run);
  expect(await run.ended).toBe(1);
  expect(run.stdout()).toBe('');
  expect(run.stderr()).toBe(`start: PORT is "${port}", not a port from 1 to 65535\n`);
});

test('refuses IAM=yes in one line', async () => {
  const run = start({ IAM: 'yes' });
  started.push(run);
  expect(await run.ended).toBe(1);
  expect(run.stdout()).toBe('');
  expect(run.stderr()).toBe('start: IAM is "yes", neither "on" nor "off"\n');
});

test.each([
  ['--help', 0, /^npm start runs .*\bPORT .*\bLOG .*\bIAM .*\bSYNC_FOLDER .*secrets\.json/s, /^$/],
  ['-h', 0, /^npm start runs /, /^$/],
  ['--port', 1, /^$/, /^start: takes no arguments, and got "--port": see npm start -- --help\n$/],
])('%s starts nothing', async (arg, code, stdout, stderr) => {
  const run = start({ PORT: '1' }, [arg]);
  started.push(run);
  expect(await run.ended).toBe(code);
  expect(run.stdout()).toMatch(stdout);
  expect(run.stderr()).toMatch(stderr);
});
