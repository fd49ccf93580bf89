// Planning a fleet of 10 000 to 1 000 000 machines: normalisation, wanted sets, plan, policy, safety, fingerprint
// and gate.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Bundle, bundleAll, ROOT } from '../../../lib/build/bundle.ts';
import { figure, goal, type Result } from './result.ts';
import { inTurns } from './statistics.ts';

const FLEETS = { '10 000 machines': 10_000, '100 000 machines': 100_000, '1 000 000 machines': 1_000_000 };
const ROUNDS = 9;

/** As it runs on Lambda: to strip the types at start would take memory of its own. */
async function onlyBundle(entry: string): Promise<Bundle> {
  const [bundle] = await bundleAll({ outdir: join(ROOT, '.cache/bench-plan'), entry });
  return bundle as Bundle;
}

export async function run(): Promise<Result[]> {
  const { file } = await onlyBundle(join(import.meta.dirname, 'processes/plan.ts'));
  const subjects = Object.fromEntries(
    Object.entries(FLEETS).map(([name, machines]) => [
      name,
      async () => {
        const { stdout } = await promisify(execFile)(process.execPath, [file, String(machines)]);
        const { ms, cpu, mb } = JSON.parse(stdout) as { ms: number; cpu: number; mb: number };
        return { ms, cpu, mb, each: (cpu * 1_000) / machines, limitMs: 1_000, limitMb: 512 };
      },
    ]),
  );
  const series = await inTurns(ROUNDS, subjects);
  const [few = '', some = '', most = ''] = Object.keys(FLEETS);
  const named = (name: string, of: string, says: string, unit: string) =>
    [`${name}${says}`, unit, figure(series, `${name}.${of}`, unit)[2]] as const;
  return [
    {
      title: 'Plan',
      figures: Object.keys(FLEETS).flatMap((name) => [
        named(name, 'ms', '', 'ms'),
        named(name, 'cpu', ', CPU of all threads', 'ms'),
        named(name, 'each', ', CPU a machine', 'µs'),
        named(name, 'mb', ', most memory', 'MB RSS'),
      ]),
      goals: [
        goal(series, `${most}.cpu`, `${most}.limitMs`, { says: 'a million machines, CPU / 1 s', atMost: 1 }),
        goal(series, `${most}.mb`, `${most}.limitMb`, {
          says: 'a million machines, RSS / 512 MB',
          atMost: 1,
        }),
        goal(series, `${most}.each`, `${some}.each`, { says: 'CPU a machine, a million / 100 000 of them' }),
        goal(series, `${most}.each`, `${few}.each`, { says: 'CPU a machine, a million / 10 000 of them' }),
      ],
      notes: [
        'Groups of 2 000 members, 1 % of them new and 1 % gone. What is read is made outside the time; the reading and all reports stay in memory to the end.',
      ],
    },
  ];
}
