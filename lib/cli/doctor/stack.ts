// What only a deployment has: its queues, and the schedule that sets off its runs.
import { queueDepth } from '../../aws/queue-depth.ts';
import { isRuleOn } from '../../aws/rule-state.ts';
import { stackOutputs, stackResources } from '../../aws/stack.ts';
import { stackOf } from '../deployment.ts';
import { type Finding, ok, reasonOf, todoOf, warning, wrong } from './finding.ts';
import type { Patient } from './patient.ts';

const GIVEN_UP = 'look at the log for why they were given up, then send them again';

/** Outputs of the stack; with what to do where anything is in a queue that should be empty. */
const QUEUES = [
  { output: 'SyncInventoryQueueUrl', check: 'queue of events' },
  { output: 'SyncWorkQueueUrl', check: 'queue of work' },
  { output: 'SyncDeadLettersUrl', check: 'dead letters of events', todo: GIVEN_UP },
  { output: 'SyncWorkDeadLettersUrl', check: 'dead letters of work', todo: GIVEN_UP },
  {
    output: 'HistoryQueueUrl',
    check: 'queue of the history',
    todo: 'look at the log of keep-history for why the bucket takes nothing; they are put when it does',
  },
] as const;

/** More than that wait only where nobody takes them. */
const MANY = 1_000;

export async function* stack({ stage }: Patient): AsyncGenerator<Finding> {
  if (stage === undefined) return;
  const name = stackOf(stage);
  try {
    const outputs = await stackOutputs(name);
    for (const { output, check, ...rest } of QUEUES)
      yield await queue(check, outputs.get(output), 'todo' in rest ? rest.todo : undefined);
    yield await schedule(name);
  } catch (error) {
    const todo = 'compare --stage and --region, and allow cloudformation:DescribeStacks on it';
    yield wrong(`stack ${name}`, reasonOf(error), todoOf(error, todo));
  }
}

/** @param todo where the queue should be empty */
async function queue(check: string, url: string | undefined, todo: string | undefined): Promise<Finding> {
  if (url === undefined) return warning(check, 'the stack does not tell where it is', 'deploy it anew');
  try {
    const depth = await queueDepth(url);
    const says = `about ${depth} messages`;
    if (todo !== undefined && depth > 0) return warning(check, says, todo);
    if (depth > MANY) return warning(check, says, 'look at the log and the event source of its function');
    return ok(check, says);
  } catch (error) {
    const todo = todoOf(error, 'allow sqs:GetQueueAttributes on it');
    return wrong(check, `cannot be looked at (${reasonOf(error)})`, todo);
  }
}

async function schedule(name: string): Promise<Finding> {
  const check = 'schedule';
  try {
    const rules = [...(await stackResources(name, 'AWS::Events::Rule'))];
    const [, rule] = rules.find(([id]) => /Schedule\d*$/.test(id)) ?? [];
    const todo =
      'say schedule: on in .stages/<stage>.yml (of a release: the parameter Schedule=on), and deploy; until then groups are synced when something asks for it';
    if (rule === undefined) return warning(check, 'the stack has none', todo);
    return (await isRuleOn(rule)) ? ok(check, 'is on') : warning(check, 'is off', todo);
  } catch (error) {
    const todo = 'allow cloudformation:DescribeStackResources and events:DescribeRule';
    return wrong(check, `cannot be looked at (${reasonOf(error)})`, todoOf(error, todo));
  }
}
