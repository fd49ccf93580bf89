// What only a deployment has: its queues, and the schedule that sets off its runs.
import { queueDepth } from '../../aws/queue-depth.ts';
import { isRuleOn } from '../../aws/rule-state.ts';
import { stackOutputs, stackResources } from '../../aws/stack.ts';
import { stackOf } from '../deployment.ts';
import { type Finding, ok, reasonOf, warning, wrong } from './finding.ts';
import type { Patient } from './patient.ts';

/** Outputs of the stack; dead letters are those that were given up. */
const QUEUES = [
  { output: 'SyncInventoryQueueUrl', check: 'queue of events', givenUp: false },
  { output: 'SyncWorkQueueUrl', check: 'queue of work', givenUp: false },
  { output: 'SyncDeadLettersUrl', check: 'dead letters of events', givenUp: true },
  { output: 'SyncWorkDeadLettersUrl', check: 'dead letters of work', givenUp: true },
] as const;

/** More than that wait only where nobody takes them. */
const MANY = 1_000;

export async function* stack({ stage }: Patient): AsyncGenerator<Finding> {
  if (stage === undefined) return;
  const name = stackOf(stage);
  try {
    const outputs = await stackOutputs(name);
    for (const { output, check, givenUp } of QUEUES) yield await queue(check, outputs.get(output), givenUp);
    yield await schedule(name);
  } catch (error) {
    yield wrong(
      `stack ${name}`,
      reasonOf(error),
      'compare --stage and --region, and allow reading the stack',
    );
  }
}

async function queue(check: string, url: string | undefined, givenUp: boolean): Promise<Finding> {
  if (url === undefined) return warning(check, 'the stack does not tell where it is', 'deploy it anew');
  try {
    const depth = await queueDepth(url);
    const says = `about ${depth} messages`;
    if (givenUp && depth > 0)
      return warning(check, says, 'look at the log for why they were given up, then send them again');
    if (depth > MANY) return warning(check, says, 'look at the log and the event source of its function');
    return ok(check, says);
  } catch (error) {
    return wrong(check, `cannot be looked at (${reasonOf(error)})`, 'allow sqs:GetQueueAttributes on it');
  }
}

async function schedule(name: string): Promise<Finding> {
  const check = 'schedule';
  try {
    const rules = [...(await stackResources(name, 'AWS::Events::Rule'))];
    const [, rule] = rules.find(([id]) => /Schedule\d*$/.test(id)) ?? [];
    const todo = 'deploy with schedule=on; until then groups are synced when something asks for it';
    if (rule === undefined) return warning(check, 'the stack has none', todo);
    return (await isRuleOn(rule)) ? ok(check, 'is on') : warning(check, 'is off', todo);
  } catch (error) {
    const todo = 'allow cloudformation:DescribeStackResources and events:DescribeRule';
    return wrong(check, `cannot be looked at (${reasonOf(error)})`, todo);
  }
}
