// The sync over HTTP: POST /sync plans or applies and answers with the report, GET /explain says why a machine is
// in a group or not.
import * as z from 'zod/mini';
import { InvalidSyncConfig, type SyncConfig } from '../../core/config/config.ts';
import { reportWithin } from '../../core/report/answer.ts';
import { explain } from '../../core/report/explain.ts';
import { reportMarkdown } from '../../core/report/markdown.ts';
import type { RunReport } from '../../core/report/report.ts';
import { few } from '../../core/text/few.ts';
import { MOST_LINES } from '../../core/text/issues.ts';
import { CONTROL_CHARACTER } from '../../core/text/rule.ts';
import { affectedBy } from '../../core/trigger/affected.ts';
import {
  approvalOf,
  groupKeySchema,
  type SyncRequest,
  syncRequestSchema,
} from '../../core/trigger/request.ts';
import { canonical } from '../../inventory/members.ts';
import { SlsError } from '../../sls/errors.ts';
import type { Reply } from '../http/answers.ts';
import { ProblemError } from '../http/errors.ts';
import { httpFunction } from '../http/function.ts';
import { bodyInput } from '../http/input.ts';
import type { Request } from '../http/stack.ts';
import { decideGroup } from './reconcile.ts';
import { runSync } from './run.ts';
import { errorReport } from './told.ts';
import type { SyncRuntime } from './wire.ts';

export function syncRequestFunction(runtime: () => SyncRuntime) {
  return httpFunction({
    name: 'Sync',
    refusal: 'invalid sync request.',
    from: bodyInput,
    schema: syncRequestSchema,
    async run(input, request) {
      await runtime().ready();
      return onRequest(runtime(), input, request);
    },
  });
}

export const explainSchema = z.strictObject({
  group: groupKeySchema,
  machine: z.string().check(
    z.minLength(1),
    z.maxLength(256),
    z.refine((text) => !CONTROL_CHARACTER.test(text), 'must be free of control characters'),
  ),
});

type ExplainRequest = z.output<typeof explainSchema>;

/** The group is read as for a plan, and its decision looked at from one machine. */
export function explainFunction(runtime: () => SyncRuntime) {
  return httpFunction({
    name: 'Explain',
    from: ({ query }) => query,
    schema: explainSchema,
    async run(input, { terms }) {
      await runtime().ready();
      return { value: await onExplain(runtime(), input, terms.due) };
    },
  });
}

async function onExplain(runtime: SyncRuntime, { group: key, machine }: ExplainRequest, due: number) {
  const config = await loadConfig(runtime);
  const group = config.groups.find((candidate) => candidate.key === key);
  if (!group) throw notConfigured([key]);
  const run = await decideGroup(group, runtime.ports('plan', due));
  if (run.state === 'failed') throw unreadable(run.reason);
  return explain(run.decision, machine, canonical);
}

/** What SLS says is passed on as such; what an inventory says is a fault behind us. */
function unreadable(reason: unknown): unknown {
  if (reason instanceof SlsError) return reason;
  return new ProblemError(502, 'InventoryUnreadable', errorReport(reason).message);
}

async function onRequest(runtime: SyncRuntime, asked: SyncRequest, request: Request): Promise<Reply> {
  const config = await loadConfig(runtime);
  const { groups, unknown } = affectedBy({ kind: 'request', says: '', request: asked }, config);
  if (unknown.length > 0) throw notConfigured(unknown);
  const report = await runSync(runtime, {
    trigger: `a request to ${asked.mode}`,
    mode: asked.mode,
    config,
    groups,
    approval: approvalOf(asked),
    due: request.terms.due,
  });
  const status = statusOf(report);
  return wantsMarkdown(request)
    ? { status, text: { type: 'text/markdown; charset=utf-8', body: reportMarkdown(report) } }
    : { status, value: reportWithin(report) };
}

function notConfigured(groups: readonly string[]): ProblemError {
  return new ProblemError(
    404,
    'GroupNotConfigured',
    `not in the configuration: ${few(groups, MOST_LINES).join(', ')}`,
  );
}

/** 409: something was refused, or the approval is for another plan. 502: a group could not be read or written. */
function statusOf({ mode, status }: RunReport): number {
  if (status === 'failed') return 502;
  return mode === 'apply' && status === 'refused' ? 409 : 200;
}

function wantsMarkdown({ http }: Request): boolean {
  return /(?:^|,)\s*text\/markdown\b/i.test(http?.headers.accept ?? '');
}

/** The configuration is ours, not the caller's: what is wrong with it is a 500 that names it. */
export async function loadConfig(runtime: SyncRuntime): Promise<SyncConfig> {
  try {
    return await runtime.loadConfig();
  } catch (error) {
    const code = error instanceof InvalidSyncConfig ? error.code : 'SyncConfigUnreadable';
    throw new ProblemError(500, code, errorReport(error).message);
  }
}
