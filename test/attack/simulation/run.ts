// `npm run simulate`: as many days as asked for, from a seed of chance or from the one given.
//   node test/attack/simulation/run.ts --days 10000 [--seed 1]
import { parseArgs } from 'node:util';
import { describeFailure, simulate } from './life.ts';

const { values } = parseArgs({
  options: { days: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const days = Number(values.days);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000_000) : Number(values.seed);
const say = (text: string) => process.stdout.write(`${text}\n`);

const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;
say(`${days} days, from seed ${seed}`);
const lived = await simulate(seed, days, {}, (so) => {
  if (so % 1_000 === 0) say(`${so} days after ${seconds().toFixed(0)} s`);
});
say(String(lived.tally));
const { user, system } = process.cpuUsage();
const pace = `${(lived.days / seconds()).toFixed(1)} days a second`;
say(
  `${lived.days} days in ${seconds().toFixed(1)} s, ${pace}; ${((user + system) / 1e6).toFixed(1)} s of CPU`,
);
if (lived.failure) {
  say(describeFailure(lived.failure));
  process.exitCode = 1;
}
