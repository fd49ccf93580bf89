// For every test file: it fails when anything it lets through to stdout or stderr holds one of the suites' secrets.
import { format } from 'node:util';
import { afterAll } from 'vitest';
import { expectNoSecrets, watcher } from './watch.ts';

const PLACED = Symbol.for('what the watch has put in place');
/** What takes it away again: files that share a process have one watch after the other, and none of them is without. */
const shared = globalThis as { [PLACED]?: (() => void)[] };
for (const back of shared[PLACED] ?? []) back();
const restore: (() => void)[] = [];
shared[PLACED] = restore;

const LOG_LINE = /^\{"(?:time|_aws)":/;

// vitest's console goes another way than through the streams.
type Print = (...values: unknown[]) => void;
const { console: terminal } = globalThis as unknown as { console: Record<string, Print> };
const show = terminal.log as Print;

for (const stream of [process.stdout, process.stderr]) {
  const look = watcher();
  const { write } = stream;
  stream.write = ((chunk: string | Uint8Array, ...rest: []) => {
    look(chunk);
    // The product's own lines go where vitest prints them for a test that failed, and only then.
    if (!LOG_LINE.test(String(chunk))) return write.call(stream, chunk, ...rest);
    show(String(chunk).trimEnd());
    return true;
  }) as typeof write;
  restore.push(() => {
    stream.write = write;
  });
}

for (const name of ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'] as const) {
  const look = watcher();
  const print = terminal[name] as Print;
  terminal[name] = (...values) => {
    look(`${format(...values)}\n`);
    print(...values);
  };
  restore.push(() => {
    terminal[name] = print;
  });
}

afterAll(expectNoSecrets);
