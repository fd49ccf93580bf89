// `npm start` from the outside: a process, its output, its port.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bundleAll, DEFAULT_OUTDIR, ROOT } from '../../lib/build/bundle.ts';
import { SYNCED_GROUP } from './sync-files.ts';

const PATIENCE_MS = 60_000;
const TEST_MS = 2 * PATIENCE_MS;

interface Started {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Exit code, once the process and all that hold its output are gone. */
  readonly ended: Promise<number | null>;
}

const started: Started[] = [];
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGTERM');
    await ended;
  }
});

function start(port: string): Started {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: port };
  const child = spawn(process.execPath, [join(ROOT, 'test/local/start.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const made = { child, stdout: () => out.join(''), stderr: () => err.join(''), ended };
  started.push(made);
  return made;
}

/** The one line with `ready`, or an error with all output when the process ends before it comes. */
async function readyLine({ child, stdout, stderr, ended }: Started): Promise<string> {
  let over = false;
  ended.then(() => (over = true));
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const lines = stdout().split('\n').slice(0, -1);
    const ready = lines.filter((line) => line.includes('ready'));
    if (ready.length > 0) return ready.join('\n');
    if (over || deadline.aborted) throw new Error(`not ready: ${stdout()}${stderr()}`);
    await Promise.race([once(child.stdout as NodeJS.EventEmitter, 'data'), ended]);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  await once(server.close(), 'close');
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const taken = once(server, 'error').then(() => false);
  const free = once(server.listen(port, '127.0.0.1'), 'listening').then(() => true);
  free.catch(() => {});
  const result = await Promise.race([taken, free]);
  if (result) await once(server.close(), 'close');
  return result;
}

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
  'serves the functions until it is told to stop',
  async () => {
    await bundleAll({ outdir: DEFAULT_OUTDIR });
    const port = await freePort();
    const run = start(String(port));
    const line = await readyLine(run);
    const commands = line.split(' && ');
    expect(commands.map((command) => /\bcurl .*/.test(command))).toEqual([true, true]);
    const [create, get] = commands.map(requestOf) as [Request, Request];

    const created = await fetch(create.clone());
    expect({ status: created.status, body: await created.text() }).toEqual({ status: 200, body: '' });
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

    // The line before: a file to edit, and a shell command that signs a request to the hook.
    const [, inventory, command] = /^sync: edit (\S+), then (.+)$/m.exec(run.stdout()) ?? [];
    await appendFile(inventory as string, '10.0.0.3\n');
    const hooked = execFileSync('sh', ['-c', command as string], { encoding: 'utf8', stdio: 'pipe' });
    expect(hooked).toMatch(/^HTTP\/1\.1 202 .*\n\{"runId":"[0-9a-f-]{36}"\}$/s);
    const synced = await fetch(get.url.replace('test-machine-group', SYNCED_GROUP));
    const { machineList } = (await synced.json()) as { machineList: string[] };
    expect(machineList.sort()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);

    // A second one on the same port says so in one line, before it starts anything.
    const second = start(String(port));
    expect(await second.ended).toBe(1);
    expect(second.stdout()).toBe('');
    expect(second.stderr()).toMatch(new RegExp(`^start: port ${port} of 127\\.0\\.0\\.1 is taken.*\n$`));

    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(run.stderr()).toBe('');
    expect(await isFree(port)).toBe(true);
  },
  TEST_MS,
);

test(
  'ends with an error when the functions end by themselves',
  async () => {
    await bundleAll({ outdir: DEFAULT_OUTDIR });
    const port = await freePort();
    const run = start(String(port));
    await readyLine(run);
    const children = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .split('\n')
      .map((row) => row.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === run.child.pid);
    expect(children).toHaveLength(1);
    process.kill(children[0]?.[0] as number, 'SIGKILL');
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toBe('start: serverless-offline stopped by itself (SIGKILL)\n');
    expect(await isFree(port)).toBe(true);
  },
  TEST_MS,
);

test.each(['0', '65536', 'http', '80 80'])('refuses PORT=%s in one line', async (port) => {
  const run = start(port);
  expect(await run.ended).toBe(1);
  expect(run.stdout()).toBe('');
  expect(run.stderr()).toBe(`start: PORT is "${port}", not a port from 1 to 65535\n`);
});
