// The way back to the members of a group before a run: planned and shown, and gone where the request names the fingerprint of
// exactly that. The group is frozen first, or the next run would undo it.
import * as z from 'zod/mini';
import type { GroupConfig, SyncConfig } from '../../core/config/config.ts';
import { couldMakeGroup, type Unit } from '../../core/family/units.ts';
import type { MachineGroupDefinition } from '../../core/group/machine-group.ts';
import { approvalsFit, approvedIn, withApproval, withoutMembers } from '../../core/memory/approvals.ts';
import { FINGERPRINT } from '../../core/plan/fingerprint.ts';
import { HOUR } from '../../core/removal/settings.ts';
import { listed } from '../../core/report/group.ts';
import { defined } from '../../core/text/defined.ts';
import { text, wholeNumber } from '../../core/text/fields.ts';
import { fault } from '../../core/text/issues.ts';
import { HISTORY_READ_MARGIN_MS } from '../../core/time/timeouts.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { changeApprovals } from '../approvals/store.ts';
import { unnamed, whoOf } from '../approvals/who.ts';
import { memberList } from '../documentation/member-list.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import { freeze, freezeProblems } from '../freezes/store.ts';
import { changeGroup } from '../groups/change.ts';
import { owner } from '../groups/fields.ts';
import { checkOwner } from '../groups/owned.ts';
import { keepCreate } from '../history/of-request.ts';
import {
  type Before,
  beforeRun,
  type PlannedRestore,
  planRestore,
  readNow,
  writeBack,
} from '../history/restore.ts';
import { restoreProblems, unrestorable } from '../history/restore-problems.ts';
import type { RestoreRuntime } from '../history/restore-wire.ts';
import type { ReplyOf } from '../http/answers.ts';
import { JSON_TYPES } from '../http/body.ts';
import { ProblemError, problemOf } from '../http/errors.ts';
import { projectNotAllowed } from '../http/group-function.ts';
import { bodyInput } from '../http/input.ts';
import type { HttpFunction, Request } from '../http/stack.ts';
import { configProblems, loadConfig } from '../sync/configured.ts';
import { answering, historyProblems } from './history.ts';

const REFUSAL = 'invalid restore.';
const HOURS = 24;
const HOURS_MAX = 720;
/** Members that are left out and told one by one. */
const LEFT_OUT_SHOWN = 100;

const request = z
  .strictObject({
    group: groupKeySchema.check(z.describe('The group, as project/name.')),
    run: z
      .string()
      .check(
        z.regex(/^[A-Za-z0-9-]{1,64}$/, 'the id of a run, as the history tells it'),
        z.describe('Before which run the members were right.'),
      ),
    fingerprint: z
      .exactOptional(
        z.string().check(z.regex(FINGERPRINT, 'the fingerprint of a restore: 32 hexadecimal digits')),
      )
      .check(
        z.describe(
          'Of the plan that is approved. Without it the restore is planned, and nothing is written.',
        ),
      ),
    reason: z
      .exactOptional(text(500).check(z.refine((words) => words.trim() !== '', 'must say something')))
      .check(z.describe('Why; it is kept with the freeze and in the history. Goes with a fingerprint.')),
    hours: z
      .exactOptional(wholeNumber(1, HOURS_MAX))
      .check(z.describe(`For how long the group is frozen; ${HOURS} if not given.`)),
    owner: owner(),
  })
  .check(checkWhy, z.describe('A restore of the members of a group.'));

type RestoreRequest = z.output<typeof request>;

function checkWhy(context: z.core.ParsePayload<RestoreRequest>): void {
  const { fingerprint, reason } = context.value;
  if (fingerprint !== undefined && reason === undefined)
    fault(context, ['reason'], 'is missing, fingerprint needs one');
}

export const operation = (runtime: () => RestoreRuntime): HttpFunction<RestoreRequest> => ({
  name: 'RestoreMachineGroup',
  refusal: REFUSAL,
  from: bodyInput,
  schema: request,
  run: (asked, request) => answering(runtime().history.log, () => run(runtime(), asked, request)),
});

async function run(
  restoring: RestoreRuntime,
  asked: RestoreRequest,
  request: Request,
): Promise<ReplyOf<typeof answer>> {
  const { runtime } = restoring;
  const config = await loadConfig(restoring);
  const { groups } = config;
  const target = targetOf(asked.group, config, asked.owner);
  if (runtime.config.projects?.has(target.project) === false) throw projectNotAllowed(target.project);
  const due = request.terms.due;
  const sls = (
    target.configured?.endpoint === undefined ? runtime.sls : runtime.slsAt(target.configured.endpoint)
  ).with(request.terms);
  const before = await beforeRun(asked.run, asked.group, due - HISTORY_READ_MARGIN_MS, restoring);
  const now = await readNow(target.project, target.name, sls);
  const names = { was: now?.groupAttribute.externalName ?? '', becomes: now ? '' : before.fields.mark };
  checkOwner(target.name, now ? 'changed' : 'created', names, target.owner);
  const planned = await planRestore(
    before,
    now,
    othersOf(target, groups),
    due - HISTORY_READ_MARGIN_MS,
    restoring,
  );
  const isNothing = now !== undefined && planned.additions.length + planned.removals.length === 0;
  if (isNothing) return told(asked, before, planned, { applied: false, next: 'nothing' });
  if (asked.fingerprint === undefined)
    return told(asked, before, planned, { applied: false, next: 'approve' });
  if (asked.fingerprint !== planned.fingerprint)
    throw unrestorable(
      'RestoreChanged',
      `this fingerprint is of another restore; the one of now has ${planned.fingerprint}: look at it, and approve that`,
    );

  const word = { who: whoOf(request, restoring.environment.approvers), reason: asked.reason ?? '' };
  if (!(await isApproved(asked, planned, word, due, restoring)))
    return told(asked, before, planned, { applied: false, next: 'second-approver' });
  // An approval of before would take away again what comes back.
  if (target.configured) await endApprovals(asked.group, planned.additions, due, restoring);
  const until = runtime.now() + (asked.hours ?? HOURS) * HOUR;
  const stands = target.configured
    ? await freeze(
        [asked.group],
        { ...word, until },
        { table: restoring.table, log: runtime.log, now: runtime.now, due },
      )
    : [];
  const to = {
    project: target.project,
    name: target.name,
    by: 'RestoreMachineGroup',
    due,
    // A person says so, and it is what the freeze is for.
    throughFreeze: true,
    restore: { reason: word.reason, run: asked.run },
  };
  const who = { ...runtime, caller: request.caller };
  if (now) {
    const work = {
      look: (client: typeof sls) => client.getMachineGroup(target.project, target.name),
      plan: ({ value }: { value: typeof now }) =>
        writeBack(target.project, value, before, planned, target.owner),
    };
    await changeGroup(work, to, sls, who);
  } else {
    const definition = definitionOf(target.name, before, planned);
    const made = sls.createMachineGroup(target.project, definition);
    await keepCreate(to, definition, made, who);
    await made;
  }
  const [stand] = stands;
  const frozenUntil = stand && new Date(stand.until).toISOString();
  return told(asked, before, planned, { applied: true, next: 'done', ...defined({ frozenUntil }) });
}

async function endApprovals(
  group: string,
  members: readonly string[],
  due: number,
  { table, runtime: { log, now } }: RestoreRuntime,
): Promise<void> {
  if (members.length === 0) return;
  const back = new Set(members);
  try {
    await changeApprovals(
      { table, log, now },
      group,
      (before) => withoutMembers(before, (member) => back.has(member)),
      due,
    );
  } catch (error) {
    // By an item that nobody can read no run removes anything.
    if (!(error instanceof ProblemError && error.code === 'MemoryUnreadable')) throw error;
  }
}

interface RestoreTarget {
  readonly project: string;
  readonly name: string;
  /** The group of the document, or the family that makes it. */
  readonly configured: Unit | undefined;
  /** Whose word it is: a group of the configuration is this deployment's own. */
  readonly owner: string | undefined;
}

function targetOf(
  key: string,
  { groups, families }: Pick<SyncConfig, 'groups' | 'families'>,
  given: string | undefined,
): RestoreTarget {
  const [project = '', name = ''] = key.split('/');
  const configured =
    groups.find((group) => group.key === key) ?? families.find((family) => couldMakeGroup(family, key));
  return { project, name, configured, owner: given ?? configured?.owner };
}

/** Those of addresses, the ones of the same project first. */
function othersOf(
  { project, configured, name }: RestoreTarget,
  groups: readonly GroupConfig[],
): GroupConfig[] {
  const others = groups.filter(
    (group) =>
      group.identify === 'ip' && group !== configured && !(group.project === project && group.name === name),
  );
  const isNear = (group: GroupConfig) => group.project === project;
  return [...others.filter(isNear), ...others.filter((group) => !isNear(group))];
}

/** Where two people have to approve removals, whoever is the first is kept as any approval of these removals is. */
async function isApproved(
  { group }: RestoreRequest,
  { removals }: PlannedRestore,
  { who, reason }: { readonly who: string; readonly reason: string },
  due: number,
  { environment, table, runtime: { log, now }, newId }: RestoreRuntime,
): Promise<boolean> {
  if (environment.approvers === 1 || removals.length === 0) return true;
  const approvals = await changeApprovals(
    { table, log, now },
    group,
    (before) => {
      const at = now();
      const word = { who, reason, at, until: at + 4 * HOUR, approvers: 2 as const, restores: true as const };
      const given = { id: newId(), removals, ...word };
      const after = withApproval(before, given);
      if (!approvalsFit(after.approvals))
        throw unrestorable('RestoreChanged', 'there is no room for another approval of this size');
      return after.approvals;
    },
    due,
  );
  const approved = approvedIn(approvals, now());
  return removals.every((member) => approved.has(member));
}

function definitionOf(
  groupName: string,
  { fields }: Before,
  { additions }: PlannedRestore,
): MachineGroupDefinition {
  return {
    groupName,
    groupType: fields.type,
    machineIdentifyType: fields.identify,
    groupAttribute: { groupTopic: fields.topic, externalName: fields.mark },
    machineList: additions,
  };
}

function told(
  { group, run }: RestoreRequest,
  { record, members }: Before,
  planned: PlannedRestore,
  outcome: {
    applied: boolean;
    next: 'nothing' | 'approve' | 'second-approver' | 'done';
    frozenUntil?: string;
  },
): ReplyOf<typeof answer> {
  const { additions, removals, leftOut, notAsked, fingerprint } = planned;
  const figures = { additions: additions.length, removals: removals.length, leftOut: leftOut.length };
  return {
    value: {
      group,
      run,
      at: record.at,
      what: record.what,
      ...defined({ who: record.who }),
      makesGroup: planned.members === undefined,
      members: planned.members ?? 0,
      membersThen: members.length,
      additions: listed(additions),
      removals: listed(removals),
      leftOut: { count: leftOut.length, members: leftOut.slice(0, LEFT_OUT_SHOWN) },
      notAsked,
      ...(outcome.next !== 'nothing' && { fingerprint }),
      ...outcome,
    },
    note: { restore: { run, ...figures, ...outcome } },
  };
}

const answer = () =>
  z
    .object({
      group: z.string(),
      run: z.string(),
      at: z.string().check(z.describe('When the run was over. ISO 8601.')),
      what: z.string().check(z.describe('What set the run off.')),
      who: z.optional(z.string()).check(z.describe('Who had asked for the run.')),
      makesGroup: z
        .boolean()
        .check(
          z.describe(
            'The group is not there any more, and is made anew. Logtail configs are not applied again.',
          ),
        ),
      members: z.int().check(z.describe('Members now.')),
      membersThen: z.int().check(z.describe('Members before the run.')),
      additions: memberList(),
      removals: memberList(),
      leftOut: z
        .object({ count: z.int(), members: z.array(z.object({ member: z.string(), says: z.string() })) })
        .check(z.describe('Members before the run that do not come back, each with the reason.')),
      notAsked: z
        .int()
        .check(z.describe('Groups that were not asked whether an address reports there by now.')),
      fingerprint: z
        .optional(z.string())
        .check(z.describe('What has to be named to go this way. None where there is nothing to do.')),
      applied: z.boolean().check(z.describe('Whether it was written.')),
      frozenUntil: z
        .optional(z.string())
        .check(z.describe('Until when runs leave the group alone. ISO 8601.')),
      next: z
        .enum(['approve', 'second-approver', 'done', 'nothing'])
        .check(
          z.describe(
            'approve: send it again with fingerprint and reason. second-approver: somebody else has to send the same. nothing: the members are those of then.',
          ),
        ),
    })
    .check(z.meta({ id: 'Restore' }));

export const documentation = (): Route => ({
  operationId: 'restore',
  method: 'POST',
  path: '/restore',
  tag: 'sync',
  summary: 'Go back to the members of a group before a run',
  description:
    'Without a fingerprint it plans: what comes, what goes, and which addresses stay out as another machine reports by them. With the fingerprint of that plan and a reason it freezes the group with an end and writes. Where two people have to approve removals (SYNC_APPROVERS=2), two have to send it.',
  operations: ['UpdateMachineGroup'],
  request,
  body: {
    name: 'RestoreRequest',
    types: JSON_TYPES,
    query: [],
    examples: {
      plan: { group: GROUP_KEY, run: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa' },
      go: {
        group: GROUP_KEY,
        run: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
        fingerprint: '0123456789abcdef0123456789abcdef',
        reason: 'the inventory was wrong',
        hours: 24,
      },
    },
  },
  answers: [{ description: 'The restore, planned or made.', schema: answer() }],
  problems: [
    problems.refused(REFUSAL, 'reason: is missing, fingerprint needs one'),
    ...problems.ofBody(JSON_TYPES),
    problemOf(unnamed()),
    problemOf(projectNotAllowed('ali-test-project')),
    ...restoreProblems(),
    problems.ownedProblem('changed'),
    problems.busyProblem(),
    ...historyProblems(),
    ...freezeProblems().freeze,
    ...configProblems(),
    ...problems.documented('GetMachineGroup'),
    ...problems.documented('UpdateMachineGroup'),
    ...problems.documented('CreateMachineGroup'),
    ...problems.fromOutside('UpdateMachineGroup'),
  ],
});
