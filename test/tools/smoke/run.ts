// `npm run smoke -- --stage S`: is the deployment of a stage what it should be? A line for each check, and an exit code
// of 1 if one is wrong, of 2 if nothing could be asked. Credentials are the caller's, from where the AWS CLI has them.
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { smoke } from './checks.ts';
import { type Target, targetOf } from './target.ts';

const LOOK_EVERY_MS = 5_000;
/** Three minutes: the window in which events gather, a cold start, and looks that have to agree. */
const LOOKS = 36;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function target(): Promise<Target> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { stage: text, region: text, url: text, project: text, hook: text },
  });
  if (values.region) process.env.AWS_REGION = values.region;
  return targetOf(values, process.env);
}

try {
  const patience = { pause: () => wait(LOOK_EVERY_MS), looks: LOOKS };
  const wrong: string[] = [];
  for await (const { check, verdict, says } of smoke(await target(), patience)) {
    say(`${verdict.padEnd(8)}${check}: ${says}`);
    if (verdict === 'wrong') wrong.push(check);
  }
  say(wrong.length === 0 ? 'nothing is wrong' : `wrong: ${wrong.join(', ')}`);
  if (wrong.length > 0) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
