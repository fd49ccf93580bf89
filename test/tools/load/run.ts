// `npm run load`: 500 groups of 2 000 machines with faults in 2 % of the requests. Prints what it took.
import { type Figures, Load } from './load.ts';
import { LAMBDA_MS, MEMORY_MIB } from './worker-process.ts';

const OPTIONS = { groups: 500, machines: 2_000, faultShare: 0.02, latencyMs: 50, seed: 6 };
const LAMBDA_SECONDS = LAMBDA_MS / 1000;

function report(
  title: string,
  { seconds, maxRssMiB, wrong, givenUp, overlappingWrites, faultsMet }: Figures,
): boolean {
  const says = [
    `${seconds.toFixed(1)} s of ${LAMBDA_SECONDS} s`,
    `${maxRssMiB.toFixed(0)} MiB of ${MEMORY_MIB} MiB`,
    `${faultsMet} faults`,
    `${wrong.length} groups wrong, ${givenUp.length} given up`,
    `${overlappingWrites} writes to a group that was being written`,
  ];
  process.stdout.write(`${title}: ${says.join('; ')}\n`);
  const isRight = wrong.length + givenUp.length + overlappingWrites === 0;
  return isRight && seconds < LAMBDA_SECONDS / 2 && maxRssMiB < MEMORY_MIB;
}

await using load = await Load.start(OPTIONS);
const { groups, machines, faultShare, latencyMs, seed } = OPTIONS;
process.stdout.write(
  `${groups} groups of ${machines} machines, ${latencyMs} ms a call, faults in ${faultShare * 100} %, seed ${seed}\n`,
);
const one = report('in one invocation', await load.inOneInvocation());
const two = report('by a queue, each group twice, two workers', await load.byQueue());
if (!one || !two) process.exitCode = 1;
