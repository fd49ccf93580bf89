// `node test/tools/load/unchanged.ts <groups> [<calls a second>]`: groups of 100 machines that are as they should be, in one
// function, at 50 ms an answer; by itself, or where SLS takes no more calls a second than that. Prints what it took.
import { Load } from './load.ts';
import { LAMBDA_MS, MEMORY_MIB } from './worker-process.ts';

const [groups = 1_000, callsASecond] = process.argv.slice(2).map(Number);
const limit = callsASecond === undefined ? {} : { callsASecond };
await using load = await Load.start({
  groups,
  machines: 100,
  faultShare: 0,
  latencyMs: 50,
  seed: 6,
  ...limit,
});
const { ms, cpuMs, maxRssMiB } = await load.unchanged();
const says = [
  `${(ms / 1000).toFixed(1)} s of ${LAMBDA_MS / 1000} s`,
  `${(cpuMs / 1000).toFixed(1)} s of CPU`,
  `${maxRssMiB.toFixed(0)} MiB of ${MEMORY_MIB} MiB`,
];
if (callsASecond !== undefined)
  says.push(`${((100_000 * groups) / ms / callsASecond).toFixed(0)} % of the limit`);
process.stdout.write(`${groups} groups: ${says.join('; ')}\n`);
