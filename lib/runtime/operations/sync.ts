// The sync over HTTP: plans or applies and answers with the report.
import * as z from 'zod/mini';
import { POLICIES } from '../../core/config/settings.ts';
import { reportWithin } from '../../core/report/answer.ts';
import { reportMarkdown } from '../../core/report/markdown.ts';
import { GROUP_STATUSES, type RunReport } from '../../core/report/report.ts';
import { affectedBy } from '../../core/trigger/affected.ts';
import { retiredInRequest, type SyncRequest, syncRequestSchema } from '../../core/trigger/request.ts';
import { memberList } from '../documentation/member-list.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import { freezeAnswer } from '../freezes/shapes.ts';
import type { ReplyOf } from '../http/answers.ts';
import { JSON_TYPES } from '../http/body.ts';
import { problemOf } from '../http/errors.ts';
import { bodyInput } from '../http/input.ts';
import type { HttpFunction, Request } from '../http/stack.ts';
import { configProblems, loadConfig, notConfigured } from '../sync/configured.ts';
import { type Order, runSync } from '../sync/run.ts';
import type { SyncRuntime } from '../sync/wire.ts';

const REFUSAL = 'invalid sync request.';

export const operation = (runtime: () => SyncRuntime): HttpFunction<SyncRequest> => ({
  name: 'Sync',
  refusal: REFUSAL,
  from: bodyInput,
  schema: syncRequestSchema,
  retired: retiredInRequest,
  async run(asked, request) {
    await runtime().ready();
    return replyWith(await runSync(runtime(), await orderOf(runtime(), asked, request)), request);
  },
});

/** @throws ProblemError where the configuration cannot be read, or has no such group */
export async function orderOf(runtime: SyncRuntime, asked: SyncRequest, request: Request): Promise<Order> {
  const config = await loadConfig(runtime);
  const { groups, families, unknown } = affectedBy({ kind: 'request', says: '', request: asked }, config);
  if (unknown.length > 0) throw notConfigured(unknown, config);
  return {
    trigger: `a request to ${asked.mode}`,
    caller: request.caller,
    mode: asked.mode,
    config,
    groups,
    families,
    due: request.terms.due,
  };
}

/** The report as whoever asked wants to read it. */
export function replyWith(report: RunReport, request: Request): ReplyOf<typeof reportAnswer> {
  const status = statusOf(report);
  return wantsMarkdown(request)
    ? { status, text: { type: 'text/markdown; charset=utf-8', body: reportMarkdown(report) } }
    : { status, value: reportWithin(report) };
}

/** 409: something was refused. 502: a group could not be read or written. */
function statusOf({ mode, status }: RunReport): number {
  if (status === 'failed') return 502;
  return mode === 'apply' && status === 'refused' ? 409 : 200;
}

function wantsMarkdown({ http }: Request): boolean {
  return /(?:^|,)\s*text\/markdown\b/i.test(http?.headers.accept ?? '');
}

const groupReport = () =>
  z
    .object({
      group: z.string().check(z.describe('project/name.')),
      status: z.enum(GROUP_STATUSES),
      policy: z.enum(POLICIES),
      owner: z.string(),
      fingerprint: z.optional(z.string()).check(z.describe('What an approval has to name.')),
      freeze: z.optional(freezeAnswer()),
      additions: memberList(),
      removals: memberList(),
      refusals: z.array(z.object({ code: z.string(), says: z.string() })),
      warnings: z.array(z.string()),
      error: z.optional(
        z.object({ code: z.string(), message: z.string(), requestId: z.optional(z.string()) }),
      ),
    })
    .check(z.meta({ id: 'GroupReport', description: 'What a run did about one group.' }));

/** The parts of a report that callers decide by; the rest is for people to read. */
export const reportAnswer = () =>
  z
    .object({
      runId: z.string(),
      trigger: z.string(),
      caller: z.optional(z.string()).check(z.describe('Who asked: an IAM ARN, or a direct invocation.')),
      mode: z.enum(['plan', 'apply']),
      startedAt: z.string().check(z.describe('ISO 8601.')),
      durationMs: z.number(),
      status: z.enum(['ok', 'refused', 'failed']),
      groups: z.array(groupReport()),
    })
    .check(z.meta({ id: 'SyncReport', description: 'The report of a run.' }));

export const documentation = (): Route => ({
  operationId: 'sync',
  method: 'POST',
  path: '/sync',
  tag: 'sync',
  summary: 'Plan or apply a sync',
  description:
    'Reads inventories and groups, decides, and with mode "apply" writes. 409: something was refused. 502: a group could not be read or written.',
  operations: [],
  request: syncRequestSchema,
  body: {
    name: 'SyncRequest',
    types: JSON_TYPES,
    query: [],
    examples: { plan: { mode: 'plan', groups: [GROUP_KEY] } },
  },
  answers: [
    { description: 'The report.', schema: reportAnswer() },
    { description: 'The report.', type: 'text/markdown', schema: z.string() },
    {
      status: 409,
      description: 'The report of a run in which something was refused.',
      schema: reportAnswer(),
    },
    { status: 502, description: 'The report of a run in which something failed.', schema: reportAnswer() },
  ],
  problems: [
    problems.refused(REFUSAL, 'mode: must be one of "plan", "apply", is missing'),
    ...problems.ofBody(JSON_TYPES),
    problemOf(notConfigured([GROUP_KEY])),
    ...configProblems(),
    ...problems.fromOutside('GetMachineGroup').filter(({ status }) => status === 500 || status === 503),
  ],
});
