// Takes an approval back. Whose group is no longer configured can still be revoked, so the configuration is not asked.
import * as z from 'zod/mini';
import type { StoredApproval } from '../../core/memory/approvals.ts';
import { approvalReports } from '../../core/report/approvals.ts';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { approvalAnswer } from '../approvals/shapes.ts';
import { changeApprovals, memoryProblems } from '../approvals/store.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import type { ReplyOf } from '../http/answers.ts';
import { ProblemError, problemOf } from '../http/errors.ts';
import { placed } from '../http/input.ts';
import type { HttpFunction } from '../http/stack.ts';
import type { MemoryRuntime } from '../memory-wire.ts';

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const request = z.strictObject({
  id: z
    .string()
    .check(z.regex(ID, 'must be the id of an approval'), z.describe('Id of the approval, as it is listed.')),
  group: groupKeySchema.check(z.describe('Its group, as project/name.')),
});

type RevokeRequest = z.output<typeof request>;

export const operation = (runtime: () => MemoryRuntime): HttpFunction<RevokeRequest> => ({
  name: 'RevokeApproval',
  from: placed,
  schema: request,
  run: (asked, { terms }) => run(runtime(), asked, terms.due),
});

async function run(
  runtime: MemoryRuntime,
  { id, group }: RevokeRequest,
  due: number,
): Promise<ReplyOf<typeof approvalAnswer>> {
  let before: readonly StoredApproval[] = [];
  await changeApprovals(
    runtime,
    group,
    (approvals) => {
      if (!approvals.some((one) => one.id === id)) throw unknown(id, group);
      before = approvals;
      return approvals.filter((one) => one.id !== id);
    },
    due,
  );
  const revoked = approvalReports(group, before, runtime.now()).find((one) => one.id === id);
  // It has ended between the two looks at the clock.
  if (!revoked) throw unknown(id, group);
  const { who, removals, until } = revoked;
  return { value: revoked, note: { approval: { id, who, removals: removals.count, until } } };
}

const unknown = (id: string, group: string) =>
  new ProblemError(404, 'ApprovalNotExist', `${group} has no approval ${id}: it may have ended.`);

export const documentation = (): Route => ({
  operationId: 'revokeApproval',
  method: 'DELETE',
  path: '/approvals/{id}',
  tag: 'sync',
  summary: 'Revoke an approval',
  description:
    'The approval is gone with the answer. A run that is writing the group at this moment may have read it before.',
  operations: [],
  request,
  answers: [{ description: 'The approval as it was.', schema: approvalAnswer() }],
  problems: [
    problems.refused('invalid request.', 'id: must be the id of an approval'),
    problemOf(unknown('0b9e4f5c-6f0d-4a57-9d0a-5f7c0a9d1e2b', GROUP_KEY)),
    problems.keptNowhere('SYNC_TABLE', 'approvals'),
    ...memoryProblems(),
  ],
});
