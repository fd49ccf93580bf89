// `npm start` from the outside: a process, its output, its ports.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../lib/build/bundle.ts';
import { secretsIn } from '../../attack/markers.ts';
import { COMPILED } from '../../support/compiled.ts';
import { freePort } from '../../support/loopback.ts';
import { ofThisRun } from '../../support/run/ask.ts';
import { CALLER } from './gateway-iam.ts';
import { HOOK_KEY } from './sync-files.ts';

const PATIENCE_MS = 180_000;
/** For a test that starts it. */
export const TEST_MS = 2 * PATIENCE_MS;

export interface Started {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Exit code, once the process and all that hold its output are gone. */
  readonly ended: Promise<number | null>;
}

/** @param settings environment variables beside PATH and HOME */
export function start(settings: Readonly<Record<string, string>>, args: readonly string[] = []): Started {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...COMPILED, ...settings };
  const child = spawn(process.execPath, [join(ROOT, 'test/tools/local/start.ts'), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, stdout: () => out.join(''), stderr: () => err.join(''), ended };
}

/** The one line with `ready`, or an error with all output when the process ends before it comes. */
export async function readyLine({ child, stdout, stderr, ended }: Started): Promise<string> {
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

/** Started and ready, with the functions bundled before, on a port of its own; logs as the functions do. */
export async function startReady(settings: Readonly<Record<string, string>> = {}) {
  await ofThisRun('bundles');
  const port = await freePort();
  const run = start({ PORT: String(port), LOG: 'json', ...settings });
  return { run, port, line: await readyLine(run) };
}

/**
 * Secrets in all that a run has printed, but for those that a command needs which is there to be pasted: the key of the
 * hook in the command that signs with it, and the caller's in those for curl. Both are made up, and open nothing else.
 */
export function secretsSaid({ stdout, stderr }: Started): string[] {
  const text = stdout()
    .replace(new RegExp(`(?<=^hook: .*-hmac )${HOOK_KEY} `, 'm'), '')
    .replace(
      new RegExp(
        `(?<=^(?:plan|apply|explain|ready): .*--user '${CALLER.accessKeyId}:)${CALLER.secretAccessKey}'`,
        'gm',
      ),
      '',
    )
    .replace(new RegExp(`(?<=^sign: export .*AWS_SECRET_ACCESS_KEY=)${CALLER.secretAccessKey} `, 'm'), '');
  return secretsIn(`${text}\n${stderr()}`);
}

/** What a command prints that is pasted into a shell. */
export function shell(command: string): string {
  return execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: 'pipe' });
}

/** Processes that this one started itself. */
export function childrenOf(parent: number): number[] {
  return processes().flatMap(([pid, of]) => (of === parent ? [pid] : []));
}

/** Each process, with the one that started it. A small Linux has no `ps`. */
function processes(): (readonly [pid: number, parent: number])[] {
  if (!existsSync('/proc/self/stat')) {
    const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n');
    return rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  }
  return readdirSync('/proc').flatMap((name) => {
    try {
      // Behind the name of its program, which may hold anything: its state, and its parent.
      const [, parent] = /.*\) \S (\d+) /s.exec(readFileSync(`/proc/${Number(name)}/stat`, 'utf8')) ?? [];
      return parent === undefined ? [] : [[Number(name), Number(parent)] as const];
    } catch {
      return [];
    }
  });
}

const familyOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(familyOf)];

/** Addresses of this machine at which a port takes connections. */
export async function reachable(port: number): Promise<string[]> {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  // 127.0.0.2 reaches what listens at every address, and not what listens at 127.0.0.1.
  const addresses = new Set(['127.0.0.1', '127.0.0.2', '::1']);
  for (const { address, scopeid } of own) addresses.add(scopeid ? `${address}%${scopeid}` : address);
  const reached = await Promise.all(Array.from(addresses, (address) => isReached(address, port)));
  return [...addresses].filter((_, index) => reached[index]);
}

async function isReached(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 2_000 });
  socket.on('timeout', () => socket.destroy(new Error('timeout')));
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Where a process and its children take TCP connections, an address for each port. Only Linux tells. */
export function listening(pid: number): string[] {
  const sockets = new Set(familyOf(pid).flatMap(socketsOf));
  const rows = ['tcp', 'tcp6'].flatMap((file) =>
    readFileSync(`/proc/net/${file}`, 'utf8').split('\n').slice(1),
  );
  return rows
    .flatMap((row) => {
      const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
      return state === LISTEN && sockets.has(inode) ? [local.replace(/:.*/, '')] : [];
    })
    .map((address) => (address === LOOPBACK ? '127.0.0.1' : address));
}

/** As /proc/net/tcp has them; addresses in the byte order of the machine. */
const LISTEN = '0A';
const LOOPBACK = '0100007F';

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(join(folder, fd)))?.[1] ?? [];
    } catch {
      // Closed since it was listed.
      return [];
    }
  });
}
