// The plan of a sync over HTTP: what POST /sync does with mode "plan", as a function of its own, so that IAM can let
// somebody plan and nothing else. Its AccessKey only reads.
import * as z from 'zod/mini';
import { syncRequestSchema } from '../../core/trigger/request.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import { JSON_TYPES } from '../http/body.ts';
import { problemOf } from '../http/errors.ts';
import { bodyInput } from '../http/input.ts';
import type { HttpFunction } from '../http/stack.ts';
import { configProblems, notConfigured } from '../sync/configured.ts';
import { runOnly } from '../sync/run.ts';
import type { SyncRuntime } from '../sync/wire.ts';
import { orderOf, replyWith, reportAnswer } from './sync.ts';

const REFUSAL = 'invalid request for a plan.';

const request = z.strictObject({ groups: syncRequestSchema.def.shape.groups });

export const operation = (runtime: () => SyncRuntime): HttpFunction<z.output<typeof request>> => ({
  name: 'Plan',
  refusal: REFUSAL,
  from: bodyInput,
  schema: request,
  async run(asked, request) {
    await runtime().ready();
    const order = await orderOf(runtime(), { ...asked, mode: 'plan' }, request);
    return replyWith(await runOnly(runtime(), order), request);
  },
});

export const documentation = (): Route => ({
  operationId: 'plan',
  method: 'POST',
  path: '/plan',
  tag: 'sync',
  summary: 'Plan a sync',
  description:
    'What POST /sync does with mode "plan": reads inventories and groups and says what a sync would do. Who may call nothing else can change nothing. 502: a group could not be read.',
  operations: [],
  request,
  body: {
    name: 'PlanRequest',
    types: JSON_TYPES,
    query: [],
    examples: { all: {}, one: { groups: [GROUP_KEY] } },
  },
  answers: [
    { description: 'The report.', schema: reportAnswer() },
    { description: 'The report.', type: 'text/markdown', schema: z.string() },
    { status: 502, description: 'The report of a plan in which something failed.', schema: reportAnswer() },
  ],
  problems: [
    problems.refused(REFUSAL, 'mode: is not a known field'),
    ...problems.ofBody(JSON_TYPES),
    problemOf(notConfigured([GROUP_KEY])),
    ...configProblems(),
    ...problems.fromOutside('GetMachineGroup').filter(({ status }) => status === 500 || status === 503),
  ],
});
