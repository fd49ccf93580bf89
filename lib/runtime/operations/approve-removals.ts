// Approves removals of a group: those of its plan at this moment, named one by one or all of them by their fingerprint.
// Nothing is removed here; the next run carries it out, and is asked for.
import * as z from 'zod/mini';
import { freezeText } from '../../core/freeze/freeze.ts';
import { approvalsFit, approvedIn, type StoredApproval, withApproval } from '../../core/memory/approvals.ts';
import { approvable, UNAPPROVABLE } from '../../core/plan/approvable.ts';
import { FINGERPRINT } from '../../core/plan/fingerprint.ts';
import { HOUR } from '../../core/removal/settings.ts';
import { approvalReports } from '../../core/report/approvals.ts';
import { listed } from '../../core/report/group.ts';
import { listOf } from '../../core/text/bounded.ts';
import { text, wholeNumber } from '../../core/text/fields.ts';
import { fault } from '../../core/text/issues.ts';
import { MEMBER_MAX_CHARACTERS } from '../../core/text/rule.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { messageGroupId } from '../../core/trigger/work.ts';
import { canonical } from '../../inventory/members.ts';
import { approvalWith } from '../approvals/shapes.ts';
import { changeApprovals, memoryProblems } from '../approvals/store.ts';
import { unnamed, whoOf } from '../approvals/who.ts';
import { memberList } from '../documentation/member-list.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import { groupFrozen } from '../groups/owned.ts';
import type { ReplyOf } from '../http/answers.ts';
import { JSON_TYPES } from '../http/body.ts';
import { ProblemError, problemOf } from '../http/errors.ts';
import { bodyInput } from '../http/input.ts';
import type { HttpFunction } from '../http/stack.ts';
import { loggedError } from '../log.ts';
import type { MemoryRuntime } from '../memory-wire.ts';
import { decisionOf, decisionProblems } from '../sync/decision.ts';
import { remember } from '../sync/memory.ts';
import type { SyncRuntime } from '../sync/wire.ts';
import { enqueueWork, queues } from '../sync/work-queue.ts';

const REFUSAL = 'invalid approval.';
/** More than an item has room for, whatever their names. */
const REMOVALS_MAX = 20_000;
const HOURS = 4;

const request = z
  .strictObject({
    group: groupKeySchema.check(z.describe('The group, as project/name.')),
    fingerprint: z.exactOptional(
      z
        .string()
        .check(
          z.regex(FINGERPRINT, 'the fingerprint of removals: 32 hexadecimal digits'),
          z.describe('Approves all that is missing now, if that is what the fingerprint names.'),
        ),
    ),
    removals: z.exactOptional(
      listOf(text(MEMBER_MAX_CHARACTERS), REMOVALS_MAX).check(
        z.minLength(1),
        z.describe('Approves these members, as far as they are missing now.'),
      ),
    ),
    reason: text(500).check(
      z.refine((words) => words.trim() !== '', 'must say something'),
      z.describe('Why; it is kept with the approval.'),
    ),
    emptyInventory: z
      .exactOptional(z.boolean())
      .check(z.describe('Approve it although the inventory has no machine for the group.')),
    throughFreeze: z
      .exactOptional(z.boolean())
      .check(z.describe('Carry it out although the group is frozen; other groups need none.')),
    hours: z.exactOptional(wholeNumber(1, 24)).check(z.describe(`For how long; ${HOURS} if not given.`)),
  })
  .check(checkWhat, z.describe('An approval of removals.'));

type ApprovalRequest = z.output<typeof request>;

function checkWhat(context: z.core.ParsePayload<ApprovalRequest>): void {
  const { fingerprint, removals } = context.value;
  if (fingerprint === undefined && removals === undefined)
    fault(context, ['removals'], 'is missing, and so is fingerprint: give one of the two');
  if (fingerprint !== undefined && removals !== undefined)
    fault(context, ['removals'], 'cannot be given together with fingerprint: give one of the two');
}

export const operation = (
  sync: () => SyncRuntime,
  approvals: () => MemoryRuntime,
): HttpFunction<ApprovalRequest> => ({
  name: 'ApproveRemovals',
  refusal: REFUSAL,
  from: bodyInput,
  schema: request,
  async run(asked, request) {
    const runtime = approvals();
    const who = whoOf(request, runtime.environment.approvers);
    await sync().ready();
    return run(sync(), runtime, asked, who, request.terms.due);
  },
});

async function run(
  sync: SyncRuntime,
  runtime: MemoryRuntime,
  {
    group,
    fingerprint,
    removals: named,
    emptyInventory = false,
    reason,
    throughFreeze,
    hours = HOURS,
  }: ApprovalRequest,
  who: string,
  due: number,
): Promise<ReplyOf<typeof answer>> {
  const { environment, now, newId } = runtime;
  const decision = await decisionOf(sync, group, due);
  const { freeze } = decision;
  // A word that nobody meant for a freeze passes none, and one that was given before a freeze passes none that comes later.
  if (freeze && !throughFreeze) throw groupFrozen(group, freeze, 'throughFreeze: true');
  const asked = named ? { removals: named } : { fingerprint: fingerprint ?? '' };
  const found = approvable(decision, { ...asked, emptyInventory }, canonical);
  if ('code' in found) throw new ProblemError(409, found.code, `${found.says}.`);
  const { removals, notMissing } = found;
  // This look counts: otherwise the next run would see for the first time that they are missing, and leave them to the one after.
  await remember(decision, due, runtime);

  const id = newId();
  let stored: StoredApproval | undefined;
  const approvals = await changeApprovals(
    runtime,
    group,
    (before) => {
      const at = now();
      const given: StoredApproval = {
        ...{ id, removals, who, reason, at, until: at + hours * HOUR },
        ...(environment.approvers === 2 && { approvers: 2 as const }),
        ...(freeze && { throughFreeze: true as const }),
        ...(emptyInventory && { emptyInventory: true as const }),
      };
      const after = withApproval(before, given);
      if (!approvalsFit(after.approvals)) throw tooLarge(removals.length, after.approvals.length - 1);
      stored = after.stored;
      return after.approvals;
    },
    due,
  );
  const made = approvalReports(group, approvals, now()).find((one) => one.id === stored?.id);
  // Its clock has jumped over the end of it.
  if (!made) throw new ProblemError(409, 'ApprovalEnded', 'the approval has ended while it was stored.');
  const next = counts(approvals, removals, now()) ? await setOff(runtime, group) : 'second-approver';
  return {
    value: { ...made, notMissing: listed(notMissing), next },
    note: {
      approval: {
        id: made.id,
        removals: removals.length,
        until: made.until,
        waiting: made.waiting,
        next,
        ...(freeze && { throughFreeze: freezeText(freeze) }),
      },
    },
  };
}

/** Whether any of these is approved, and not waiting for a second person. */
function counts(approvals: readonly StoredApproval[], removals: readonly string[], now: number): boolean {
  const approved = approvedIn(approvals, now);
  return removals.some((member) => approved.has(member));
}

/** Asks the ordinary writer for a look. Where that cannot be handed over, the next run carries it out. */
async function setOff(runtime: MemoryRuntime, group: string): Promise<'enqueued' | 'next-run'> {
  const { environment, log, newId } = runtime;
  if (environment.workQueueUrl === undefined) return 'next-run';
  const runId = newId();
  try {
    const batch = { id: messageGroupId(group), groups: [group], asked: 'recheck' } as const;
    await enqueueWork(await queues(), environment.workQueueUrl, runId, [batch]);
    log('info', 'sync.enqueued', { runId, trigger: 'an approval', groups: 1 });
    return 'enqueued';
  } catch (error) {
    log('warn', 'work.failed', { runId, group, error: loggedError(error) });
    return 'next-run';
  }
}

const tooLarge = (removals: number, others: number) =>
  new ProblemError(
    413,
    'ApprovalTooLarge',
    `there is no room for ${removals} removals beside ${others} other approvals of the group: approve in parts, with fewer removals, and the rest when these are gone.`,
  );

const answer = () =>
  approvalWith('GivenApproval', {
    notMissing: memberList(),
    next: z
      .enum(['enqueued', 'next-run', 'second-approver'])
      .check(
        z.describe(
          'enqueued: a worker looks at the group now. next-run: the next run does. second-approver: nothing happens before somebody else approves.',
        ),
      ),
  });

export const documentation = (): Route => ({
  operationId: 'approveRemovals',
  method: 'POST',
  path: '/approvals',
  tag: 'sync',
  summary: 'Approve removals of a group',
  description:
    'Plans the group and stores, for a few hours, that these members may be removed. It covers any part of them and nothing else, and is carried out by the next run. In a frozen group it takes throughFreeze: true, and exactly these removals are then made in spite of the freeze. Where two people have to approve (SYNC_APPROVERS=2), a removal counts once two different callers have approved it.',
  operations: [],
  request,
  body: {
    name: 'ApprovalRequest',
    types: JSON_TYPES,
    query: [],
    examples: {
      all: { group: GROUP_KEY, fingerprint: '0123456789abcdef0123456789abcdef', reason: 'rack B is gone' },
      some: { group: GROUP_KEY, removals: ['10.0.1.20'], reason: 'rack B is gone', hours: 1 },
    },
  },
  answers: [{ description: 'The approval as it is stored.', schema: answer() }],
  problems: [
    problems.refused(REFUSAL, 'reason: is missing, must be text'),
    ...problems.ofBody(JSON_TYPES),
    problemOf(unnamed()),
    problems.frozenProblem(),
    problemOf(tooLarge(5_000, 1)),
    ...[...UNAPPROVABLE, 'ApprovalEnded'].map((code) => problemOf(new ProblemError(409, code, SAYS))),
    ...memoryProblems(),
    ...decisionProblems(),
  ],
});

const SAYS = 'why nothing is stored.';
