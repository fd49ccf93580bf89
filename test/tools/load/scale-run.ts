// `npm run scale`: 10, 100, 1 000 and 10 000 groups of 100 machines, unchanged and with 1 % changed, 50 ms an answer, in one
// function of 512 MB and by the queue. Prints a row a measurement. `--groups 1000`, `--changed 0`, `--path one` choose; the
// largest takes a few minutes.
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Path, Scale, type Scaled } from './scale.ts';

const PATHS: readonly Path[] = ['one', 'queue, own', 'queue, handed'];
const { values } = parseArgs({
  options: {
    groups: { type: 'string', multiple: true, default: ['10', '100', '1000', '10000'] },
    changed: { type: 'string', multiple: true, default: ['0', '1'] },
    path: { type: 'string', multiple: true, default: [...PATHS] },
  },
});

const number = (value: number, digits = 1) => value.toFixed(digits);
function row({ path, options, slsCalls, objects, ...rest }: Scaled): string {
  const { inventoryCalls, seconds, cpuSeconds, lambdaSeconds, maxRssMiB, gbSeconds, messages, wrong } = rest;
  const calls = Object.values(slsCalls).reduce((sum, count) => sum + count, 0);
  return `| ${[
    `${options.groups}, ${options.changedShare * 100} %`,
    path,
    inventoryCalls,
    calls,
    number(seconds),
    number(cpuSeconds),
    number(lambdaSeconds),
    number(rest.longestSeconds),
    number(maxRssMiB, 0),
    number(gbSeconds),
    messages,
    `${objects.puts}/${objects.gets}, ${number(objects.bytes / 2 ** 20)} MiB`,
    wrong + rest.overlappingWrites,
  ].join(' | ')} |`;
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const load = () =>
  loadavg()
    .map((value) => number(value))
    .join(' ');
say(
  `${new Date().toISOString()}, node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, load ${load()}`,
);
say(
  '| groups, changed | path | inventory | SLS | s | CPU s | s on 512 MB | longest worker | MiB | GB-s | messages | objects | wrong |',
);
say(`|---|---|${'---:|'.repeat(11)}`);
for (const groups of values.groups.map(Number)) {
  for (const changed of values.changed.map(Number)) {
    const options = { groups, machines: 100, latencyMs: 50, changedShare: changed / 100 };
    await using scale = await Scale.start(options);
    for (const path of PATHS.filter((one) => values.path.includes(one))) say(row(await scale.measure(path)));
  }
}
say(`load ${load()}`);
