// How the groups stand, from the memory: JSON for programs, a page for browsers. No inventory is read and SLS is not called.
import * as z from 'zod/mini';
import { VERDICTS } from '../../core/memory/group.ts';
import { RUN_STATUSES } from '../../core/memory/runs.ts';
import { whereIs, whereIsLocal } from '../../core/status/command.ts';
import { pageHeaders, statusPage } from '../../core/status/page.ts';
import { approvalWith } from '../approvals/shapes.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import type { ReplyOf } from '../http/answers.ts';
import { placed } from '../http/input.ts';
import type { HttpFunction, Request } from '../http/stack.ts';
import type { MemoryRuntime } from '../memory-wire.ts';
import { readStatus, statusProblems } from '../status/read.ts';
import { configLoader } from '../sync/config-document.ts';
import { configProblems, loadConfig } from '../sync/configured.ts';

const request = z.strictObject({
  format: z
    .exactOptional(z.enum(['json', 'html']))
    .check(z.describe('What the answer is; without it what the header Accept prefers, and JSON otherwise.')),
});

type StatusRequest = z.output<typeof request>;

export const operation = (runtime: () => MemoryRuntime): HttpFunction<StatusRequest> => ({
  name: 'Status',
  from: placed,
  schema: request,
  run: (asked, request) => run(runtime(), asked, request),
});

async function run(
  runtime: MemoryRuntime,
  { format }: StatusRequest,
  { http, terms }: Request,
): Promise<ReplyOf<typeof answer>> {
  const { environment } = runtime;
  const config = await loadConfig({ loadConfig: configLoader(environment) });
  const where = environment.local ? whereIsLocal(http?.headers.host) : whereIs(environment.metricsService);
  const status = await readStatus(config, where, terms.due, runtime);
  const headers = pageHeaders();
  // A direct invocation gets the value, whatever it asks for.
  return (format ?? preferred(http?.headers.accept)) === 'html'
    ? { headers, value: status, text: { type: 'text/html; charset=utf-8', body: statusPage(status) } }
    : { headers, value: status };
}

/** Browsers name HTML first; programs name it nowhere. */
function preferred(accept = ''): 'json' | 'html' {
  const weight = (type: string): number => {
    const named = accept.split(',').find((part) => part.split(';')[0]?.trim().toLowerCase() === type);
    if (named === undefined) return 0;
    const [, given = '1'] = /;\s*q=([\d.]+)/i.exec(named) ?? [];
    return Number(given) || 0;
  };
  return weight('text/html') > weight('application/json') ? 'html' : 'json';
}

const when = (says: string) => z.string().check(z.describe(`${says} ISO 8601.`));

const groupAnswer = () =>
  z
    .object({
      group: z.string().check(z.describe('project/name.')),
      family: z.optional(
        z
          .literal(true)
          .check(z.describe('It is a family; the groups that it makes are not told one by one.')),
      ),
      is: z.enum(VERDICTS),
      since: z.optional(when('Since when it stands so.')),
      code: z.optional(z.string().check(z.describe('What it is about.'))),
      says: z.optional(z.string()),
      contact: z.optional(z.string()),
      ack: z.optional(
        z.object({ who: z.string(), reason: z.string(), until: when('Until then nobody is told of it.') }),
      ),
      ackCommand: z.optional(z.string().check(z.describe('A command that says that one knows.'))),
      members: z.optional(
        z.object({
          now: z.int(),
          hours: z
            .array(z.nullable(z.int()))
            .check(
              z.describe('Of the last 24 hours, the oldest first; null before the first that is known.'),
            ),
          since: z.optional(when('Since when they are known, where that is less than a day.')),
          changed: z.boolean().check(z.describe('Whether the group is known to have changed in that time.')),
        }),
      ),
      coverage: z.optional(
        z
          .object({
            at: when('When SLS listed the machines.'),
            wanted: z.int(),
            reporting: z.int(),
            silent: z.int(),
            never: z.int(),
            starting: z.int(),
            elsewhere: z.int(),
            strangers: z.optional(z.int()),
          })
          .check(z.describe('Of the wanted machines, how many report; none before they were looked for.')),
      ),
      goodRuns: z.optional(
        z.int().check(z.describe('Good runs since what was wrong was found last; after two it is over.')),
      ),
      waits: z.optional(
        z
          .object({
            removals: z.int(),
            since: when('Since when the first of them has been missing.'),
            unapproved: z.int().check(z.describe('Those that wait for a person to approve them.')),
          })
          .check(z.describe('Removals that wait.')),
      ),
      approve: z.optional(
        z
          .object({ missing: z.int(), fingerprint: z.string(), command: z.string() })
          .check(z.describe('Removals that wait for a person, and the command that approves them.')),
      ),
    })
    .check(z.meta({ id: 'GroupStanding', description: 'How one group stands.' }));

const runAnswer = () =>
  z
    .object({
      runId: z.string(),
      at: when('When it began.'),
      trigger: z.string(),
      caller: z.optional(z.string()),
      status: z.enum(RUN_STATUSES),
      groups: z.int(),
      added: z.int(),
      removed: z.int(),
      refused: z.int(),
      failed: z.int(),
    })
    .check(z.meta({ id: 'RunStanding', description: 'A run in a line.' }));

const listOf = <Shape extends z.core.$ZodType>(shape: Shape) =>
  z.object({ count: z.int(), shown: z.array(shape) });

const answer = () => {
  const runShape = runAnswer();
  return z
    .object({
      deployment: z.string(),
      at: when('When the memory was read.'),
      counts: z.object({
        groups: z.int(),
        families: z
          .int()
          .check(z.describe('They count under attention, waiting and converged, as groups do.')),
        attention: z.int(),
        acknowledged: z.int().check(z.describe('Those of attention of which a person said that they know.')),
        waiting: z.int(),
        converged: z.int(),
        frozen: z.int(),
        waitingRemovals: z.int().check(z.describe('Removals that wait, in all groups together.')),
        unapproved: z.int().check(z.describe('Those of them that wait for a person to approve them.')),
        members: z.int().check(z.describe('Of all groups together.')),
      }),
      groups: z.array(groupAnswer()).check(z.describe('A hundred at most, those that need attention first.')),
      leftOut: z
        .object({ attention: z.int(), waiting: z.int(), converged: z.int() })
        .check(z.describe('Groups that the answer has no room for.')),
      freezes: listOf(
        z.object({
          group: z.string().check(z.describe('project/name, or * for all groups.')),
          who: z.string(),
          reason: z.string(),
          until: when('When it ends.'),
        }),
      ),
      approvals: listOf(
        approvalWith('ApprovalStanding', {
          secondCommand: z.optional(z.string().check(z.describe('What a second person says.'))),
        }),
      ),
      runs: z
        .array(runShape)
        .check(z.describe('The last ones in which something happened, the latest first.')),
      scheduled: z.optional(runShape),
    })
    .check(z.meta({ id: 'Status' }));
};

export const documentation = (): Route => ({
  operationId: 'status',
  method: 'GET',
  path: '/status',
  tag: 'sync',
  summary: 'Say how the groups stand',
  description:
    'From the memory of the runs: no inventory is read and SLS is not called. JSON, or a page for a browser.',
  operations: [],
  request,
  answers: [
    { description: 'The status.', schema: answer() },
    { description: 'The status as a page without scripts.', type: 'text/html', schema: z.string() },
  ],
  problems: [
    problems.refused('invalid request.', 'format: must be one of "json", "html"'),
    ...configProblems(),
    problems.keptNowhere('SYNC_TABLE', 'the status'),
    ...statusProblems(),
  ],
});
