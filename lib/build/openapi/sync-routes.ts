// The routes of the sync and of what calls for one, and the document itself.
import * as z from 'zod/mini';
import { hookName } from '../../core/text/hook-name.ts';
import { syncRequestSchema } from '../../core/trigger/request.ts';
import { ProblemError, problemOf } from '../../runtime/http/errors.ts';
import { explainSchema } from '../../runtime/sync/http-functions.ts';
import * as problems from './problems.ts';
import type { Route } from './route.ts';
import { GROUP, PROJECT } from './samples.ts';

const JSON_TYPES = ['application/json'];
const KEY = `${PROJECT}/${GROUP}`;

/** The parts of a report that callers decide by; the rest is for people to read. */
const report = z
  .looseObject({
    runId: z.string(),
    trigger: z.string(),
    mode: z.enum(['plan', 'apply']),
    startedAt: z.string().check(z.describe('ISO 8601.')),
    durationMs: z.number(),
    status: z.enum(['ok', 'refused', 'failed']),
    groups: z.array(z.looseObject({})),
  })
  .check(z.describe('The report of the run.'));

const explanation = z.looseObject({
  group: z.string(),
  machine: z.string(),
  inGroup: z.boolean(),
  wanted: z.boolean(),
  next: z.string(),
  says: z.array(z.string()),
});

const own = (status: number, code: string, message: string) =>
  problemOf(new ProblemError(status, code, message));

const notConfigured = own(404, 'GroupNotConfigured', `not in the configuration: ${KEY}`);
const badConfig = [
  own(500, 'SyncConfigInvalid', 'groups[0].name: is missing, must be text'),
  own(500, 'SyncConfigUnreadable', 'the sync configuration could not be read'),
];
const ofRuntime = problems
  .fromOutside('GetMachineGroup')
  .filter(({ status }) => status === 500 || status === 503);

export const SYNC_ROUTES: readonly Route[] = [
  {
    function: 'sync',
    operationId: 'sync',
    method: 'POST',
    path: '/sync',
    tag: 'sync',
    summary: 'Plan or apply a sync',
    description:
      'Reads inventories and groups, decides, and with mode "apply" writes. 409: something was refused, or the approval is for another plan. 502: a group could not be read or written.',
    operations: [],
    request: syncRequestSchema,
    body: { types: JSON_TYPES, query: [], examples: { plan: { mode: 'plan', groups: [KEY] } } },
    answers: [
      { description: 'The report.', schema: report },
      { description: 'The report.', type: 'text/markdown', schema: z.string() },
      { status: 409, description: 'The report of a run in which something was refused.', schema: report },
      { status: 502, description: 'The report of a run in which something failed.', schema: report },
    ],
    problems: [
      problems.refused('invalid sync request.', 'mode: must be one of "plan", "apply", is missing'),
      ...problems.ofBody(JSON_TYPES),
      notConfigured,
      ...badConfig,
      ...ofRuntime,
    ],
  },
  {
    function: 'explain',
    operationId: 'explain',
    method: 'GET',
    path: '/explain',
    tag: 'sync',
    summary: 'Say why a machine is in a group or not',
    description: 'What asks for it, what left it out, whose the group is, and what the next sync will do.',
    operations: ['GetMachineGroup'],
    request: explainSchema,
    answers: [{ description: 'The explanation.', schema: explanation }],
    problems: [
      problems.refused('invalid request.', 'group: is missing, must be a group as project/name'),
      notConfigured,
      ...problems.documented('GetMachineGroup').filter(({ code }) => code !== 'GroupNotExist'),
      own(502, 'InventoryUnreadable', 'the inventory could not be read'),
      ...badConfig,
      ...problems.fromOutside('GetMachineGroup'),
    ],
  },
  {
    function: 'hooks',
    operationId: 'hook',
    method: 'POST',
    path: '/hooks/{source}',
    tag: 'sync',
    summary: 'Say that a source has changed',
    description:
      'For systems that cannot sign with AWS; whoever calls signs with the key of the hook. NetBox: X-Hook-Signature, HMAC-SHA512 of the body. Generic: X-Signature, HMAC-SHA256 of the time in X-Signature-Timestamp, a dot and the body. The groups that use the source are synced.',
    iam: false,
    operations: [],
    request: z.strictObject({
      source: hookName.check(z.describe('Name of the hook.')),
      body: z.looseObject({}),
    }),
    body: { types: JSON_TYPES, query: [], field: 'body', examples: { netbox: { event: 'updated' } } },
    answers: [
      { status: 202, description: 'The run that was asked for.', schema: z.object({ runId: z.string() }) },
    ],
    problems: [
      own(401, 'Unauthorized', 'the request is not authorized.'),
      own(404, 'HookNotExist', 'there is no such hook.'),
      own(413, 'PostBodyTooLarge', 'the body is too large.'),
      own(503, 'ServiceUnavailable', 'try again later.'),
    ],
  },
  {
    function: 'openapi',
    operationId: 'openapi',
    method: 'GET',
    path: '/openapi.json',
    tag: 'about',
    summary: 'This document',
    description: 'The same in every deployment of a version.',
    operations: [],
    request: z.strictObject({}),
    answers: [{ description: 'An OpenAPI 3.1 document.', schema: z.looseObject({ openapi: z.string() }) }],
    problems: [problems.refused('invalid request.', 'colour: is not a known field')],
  },
];
