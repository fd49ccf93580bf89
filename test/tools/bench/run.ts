// `npm run bench`: how fast and how small this is, beside the official SDKs and beside what cannot be gone below.
// Tables go to stdout, everything to a JSON file. `npm run bench -- sign plan` runs some of the suites,
// `--out <file>` puts the JSON elsewhere.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../lib/build/bundle.ts';
import { asMarkdown, type Result } from './result.ts';

const SUITES: Readonly<Record<string, () => Promise<Result[]>>> = {
  size: async () => (await import('./size.ts')).run(),
  sign: async () => (await import('./sign.ts')).run(),
  warm: async () => (await import('./warm.ts')).run(),
  plan: async () => (await import('./plan.ts')).run(),
  cold: async () => (await import('./cold.ts')).run(),
  'cold-sync': async () => (await import('./cold-sync.ts')).run(),
  latency: async () => (await import('./latency.ts')).run(),
  ideas: async () => (await import('./ideas.ts')).run(),
  cost: async () => (await import('./cost.ts')).run(),
  bounds: async () => (await import('./bounds.ts')).run(),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: join(ROOT, '.cache/bench.json') } },
});
const unknown = positionals.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  process.stderr.write(
    `bench: no suite ${unknown.join(', ')}; there are ${Object.keys(SUITES).join(', ')}\n`,
  );
  process.exit(2);
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const load = () => loadavg().map((value) => value.toFixed(1));
const machine = {
  date: new Date().toISOString(),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  loadBefore: load(),
};
say(
  `${machine.date}, node ${machine.node}, ${machine.platform}, ${machine.cpu}, load ${machine.loadBefore}\n`,
);

const results: Record<string, Result[]> = {};
for (const name of positionals.length > 0 ? positionals : Object.keys(SUITES)) {
  const startedAt = performance.now();
  const found = (await SUITES[name]?.()) ?? [];
  results[name] = found;
  for (const result of found) say(asMarkdown(result));
  say(`(${name}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s)\n`);
}

const out = resolve(values.out);
await mkdir(dirname(out), { recursive: true });
await writeFile(out, `${JSON.stringify({ machine: { ...machine, loadAfter: load() }, results }, null, 1)}\n`);
say(`written: ${out}`);
