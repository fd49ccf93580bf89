// What is asked of a deployment after it, and the verdict of each. Nothing is written but one message: the signed hook,
// which has the groups of its source looked at as they would be anyway.
import { createHmac, randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { openSqs } from '../../../lib/aws/sqs.ts';
import { few } from '../../../lib/core/text/few.ts';
import { messageGroupId, workFor } from '../../../lib/core/trigger/work.ts';
import type { Hook, Queue, Target } from './target.ts';

/** Of nothing: no source reads such a region, no configuration has such a group. */
const NOWHERE = 'smoke-test';
const NO_GROUP = 'smoke-test/none';
/** Answers that do not come in this time are wrong. The HTTP API gives up before. */
const ANSWER_MS = 35_000;

export type Verdict = 'ok' | 'wrong' | 'skipped';

export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  readonly says: string;
}

/** How often, and how many times, a queue is asked whether it is empty. */
export interface Patience {
  /** Resolves when it is time to look again. */
  readonly pause: () => Promise<unknown>;
  readonly looks: number;
}

/** Looks in a row that find a queue empty: the figures of SQS are approximate for some seconds. */
const EMPTY_LOOKS = 3;

class Skipped extends Error {}

/** Runs every check, in turn, whatever those before it found. */
export async function* smoke(target: Target, patience: Patience): AsyncGenerator<Finding> {
  let project = target.project;
  const checks: readonly (readonly [string, () => Promise<string>])[] = [
    ['openapi', () => openapi(target)],
    [
      'plan',
      async () => {
        const { says, firstProject } = await plan(target);
        project ??= firstProject;
        return says;
      },
    ],
    ['list', () => list(target, project)],
    ['hook unsigned', () => unsigned(target)],
    ['hook signed', () => signed(target)],
    [
      'inventory queue',
      () => through(target.queues?.inventory, 'sync-from-inventory', (url) => sendEvent(url), patience),
    ],
    ['work queue', () => through(target.queues?.work, 'sync-group', (url) => sendWork(url), patience)],
  ];
  for (const [check, run] of checks) {
    yield await run().then(
      (says): Finding => ({ check, verdict: 'ok', says }),
      (error: Error): Finding => ({
        check,
        verdict: error instanceof Skipped ? 'skipped' : 'wrong',
        says: error.message,
      }),
    );
  }
}

interface Ask {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Signed with the caller's credentials unless this says no. */
  readonly signs?: false;
}

async function ask(target: Target, { method, path, body, headers = {}, signs }: Ask) {
  const url = `${target.url}${path}`;
  const request = { method, url, headers, ...(body !== undefined && { body }) };
  const sent = signs === false || !target.sign ? headers : await target.sign(request);
  const { host: _, ...own } = sent as Record<string, string>;
  const answer = await fetch(url, {
    method,
    headers: own,
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(body !== undefined && { body }),
  }).catch((cause: Error) => {
    throw new Error(`${method} ${path} got no answer: ${causeOf(cause)}`, { cause });
  });
  return { status: answer.status, text: await answer.text() };
}

const causeOf = ({ cause, message }: Error) => (cause instanceof Error ? cause.message : message);

/** @throws Error that says what came instead, with the code and message of our errors and the gateway's */
function expectStatus(wanted: number, { status, text }: { status: number; text: string }): void {
  if (status === wanted) return;
  const { errorCode, errorMessage, message } = jsonOf(text);
  const told = [errorCode, errorMessage ?? message].filter(Boolean).join(': ');
  throw new Error(`answered with ${status}, not ${wanted}${told && ` (${told.slice(0, 300)})`}`);
}

/** An object, empty where the text is none. */
function jsonOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

async function openapi(target: Target): Promise<string> {
  const answer = await ask(target, { method: 'GET', path: '/openapi.json' });
  expectStatus(200, answer);
  const { openapi: version, paths } = jsonOf(answer.text);
  const count = Object.keys(Object(paths)).length;
  if (!String(version).startsWith('3.') || count === 0) throw new Error('the answer is no OpenAPI document');
  return `OpenAPI ${version} with ${count} paths`;
}

interface PlannedGroup {
  readonly group?: unknown;
  readonly status?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
}

async function plan(target: Target): Promise<{ says: string; firstProject: string | undefined }> {
  const answer = await ask(target, {
    method: 'POST',
    path: '/sync',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ mode: 'plan' }),
  });
  const { groups } = jsonOf(answer.text);
  if (!Array.isArray(groups)) {
    expectStatus(200, answer);
    throw new Error('the answer is no report');
  }
  const planned = groups as readonly PlannedGroup[];
  const failed = planned.filter(({ status }) => status === 'failed');
  if (failed.length > 0) {
    const reasons = few(
      failed.map(({ group, error }) => `${group}: ${error?.code}: ${String(error?.message).slice(0, 200)}`),
      3,
    );
    throw new Error(`${failed.length} of ${planned.length} groups failed: ${reasons.join('; ')}`);
  }
  const counts = new Map<unknown, number>();
  for (const { status } of planned) counts.set(status, (counts.get(status) ?? 0) + 1);
  const told = [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
  return {
    says: `${planned.length} groups${told && `: ${told}`}; nothing was written`,
    firstProject: planned[0] && String(planned[0].group).split('/')[0],
  };
}

async function list(target: Target, project: string | undefined): Promise<string> {
  const query = `${project ? `projectName=${project}&` : ''}offset=0&size=1`;
  const answer = await ask(target, { method: 'GET', path: `/machinegroups?${query}` });
  expectStatus(200, answer);
  const { total } = jsonOf(answer.text);
  if (typeof total !== 'number') throw new Error('the answer is no listing');
  return `${total} groups in ${project ?? 'the default project'}`;
}

const HOOK_BODY = { changed: 'smoke test' };

async function unsigned(target: Target): Promise<string> {
  // Whether there is a key to sign with does not matter here.
  const hook = await target.hook().catch(() => undefined);
  const path = `/hooks/${hook?.name ?? NOWHERE}`;
  const answer = await ask(target, { method: 'POST', path, body: JSON.stringify(HOOK_BODY), signs: false });
  expectStatus(hook ? 401 : 404, answer);
  return `a stranger is refused with ${answer.status}`;
}

async function signed(target: Target): Promise<string> {
  const hook = await target.hook();
  if (!hook) throw new Skipped('no hook is configured, or none was named with --hook');
  const body = JSON.stringify({ ...HOOK_BODY, timestamp: new Date().toISOString() });
  const answer = await ask(target, {
    method: 'POST',
    path: `/hooks/${hook.name}`,
    body,
    headers: hookSignature(hook, body),
    signs: false,
  });
  expectStatus(202, answer);
  return `hook ${hook.name} took it for run ${jsonOf(answer.text).runId}`;
}

function hookSignature({ scheme, key }: Hook, body: string): Record<string, string> {
  if (scheme === 'netbox') {
    return { 'x-hook-signature': createHmac('sha512', key).update(body).digest('hex') };
  }
  const seconds = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex');
  return { 'x-signature-timestamp': seconds, 'x-signature': `sha256=${signature}` };
}

const sendEvent = (url: string): Promise<void> => {
  const event = {
    version: '0',
    id: randomUUID(),
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    region: NOWHERE,
    detail: { state: 'running' },
  };
  return openSqs().send(url, JSON.stringify(event), 'smoke test');
};

const sendWork = (url: string): Promise<void> => {
  const run = randomUUID();
  const message = {
    body: JSON.stringify(workFor(NO_GROUP, run, 'schedule')),
    groupId: messageGroupId(NO_GROUP),
  };
  return openSqs().sendAll(url, [{ ...message, deduplicationId: run }]);
};

/** Sends a message and waits until the queue is empty, and its dead letters are no more than before. */
async function through(
  queue: Queue | undefined,
  consumer: string,
  send: (url: string) => Promise<void>,
  { pause, looks }: Patience,
): Promise<string> {
  if (!queue) throw new Skipped('a local run has no queues');
  const client = new SQSClient({});
  try {
    const before = await messagesIn(client, queue.deadLetters);
    await send(queue.url);
    let empty = 0;
    let left = 0;
    for (let look = 0; look < looks && empty < EMPTY_LOOKS; look += 1) {
      await pause();
      left = await messagesIn(client, queue.url);
      empty = left === 0 ? empty + 1 : 0;
    }
    if (empty < EMPTY_LOOKS) {
      throw new Error(
        `${left} messages are still in it: look at the log of ${consumer} and its event source`,
      );
    }
    const more = (await messagesIn(client, queue.deadLetters)) - before;
    if (more > 0)
      throw new Error(`${more} messages became dead letters meanwhile: look at the log of ${consumer}`);
    return `${consumer} took the event`;
  } finally {
    client.destroy();
  }
}

/** About how many it holds: those that wait, those being worked on, and those that are delayed. */
async function messagesIn(client: SQSClient, QueueUrl: string): Promise<number> {
  const names = [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ] as const;
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }),
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
