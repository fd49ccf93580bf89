// Takes an acknowledgement back: people are told of the group again.
import * as z from 'zod/mini';
import { groupKeySchema } from '../../core/trigger/request.ts';
import { ackAnswer } from '../acks/shapes.ts';
import { changeAck, memoryProblems } from '../acks/store.ts';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { GROUP_KEY } from '../documentation/samples.ts';
import type { ReplyOf } from '../http/answers.ts';
import { ProblemError, problemOf } from '../http/errors.ts';
import { placed } from '../http/input.ts';
import type { HttpFunction } from '../http/stack.ts';
import type { MemoryRuntime } from '../memory-wire.ts';

const request = z.strictObject({ group: groupKeySchema.check(z.describe('The group, as project/name.')) });

type UnackRequest = z.output<typeof request>;

export const operation = (runtime: () => MemoryRuntime): HttpFunction<UnackRequest> => ({
  name: 'Unacknowledge',
  from: placed,
  schema: request,
  run: ({ group }, { terms }) => run(runtime(), group, terms.due),
});

async function run(runtime: MemoryRuntime, group: string, due: number): Promise<ReplyOf<typeof ackAnswer>> {
  const { before } = await changeAck(
    group,
    (item) => {
      if (item.ack === undefined) throw notAcknowledged(group);
      return { ...item, ack: undefined };
    },
    due,
    runtime,
  );
  if (before.ack === undefined) throw notAcknowledged(group);
  const { code, who, reason, until } = before.ack;
  const value = { group, code, who, reason, until: new Date(until).toISOString() };
  return { value, note: { ack: value } };
}

const notAcknowledged = (group: string) =>
  new ProblemError(404, 'AckNotExist', `group ${group} has no acknowledgement: it may have ended.`);

export const documentation = (): Route => ({
  operationId: 'unacknowledge',
  method: 'DELETE',
  path: '/ack',
  tag: 'sync',
  summary: 'Take an acknowledgement back',
  description: 'The next run tells of the group again if it still needs attention.',
  operations: [],
  request,
  answers: [{ description: 'The acknowledgement as it was.', schema: ackAnswer() }],
  problems: [
    problems.refused('invalid request.', 'group: is missing, must be a group as project/name'),
    problemOf(notAcknowledged(GROUP_KEY)),
    ...memoryProblems(),
  ],
});
