// From an answer's bytes to the value that a caller gets, and the error for an answer that is none.
import * as z from 'zod/mini';
import { few } from '../core/text/few.ts';
import { SlsError } from './errors.ts';
import { type Call, parseJson, requestIdOf, targetOf } from './exchange.ts';
import type { WireAnswer } from './transport.ts';

/** A successful call: its value and the id under which the service logged it. */
export interface Answer<T> {
  readonly value: T;
  readonly requestId: string;
}

/**
 * A write's success has an empty body, which is not looked at, and like every answer of the service its request
 * id (Common response headers page). A 200 without one is somebody else's, and nothing may have been written.
 * @throws SlsError of kind `protocol` for such an answer
 */
export function nothing(call: Call, answer: WireAnswer): Answer<undefined> {
  const requestId = requestIdOf(answer);
  if (requestId !== '') return { value: undefined, requestId };
  throw protocolError(call, 'AnswerNotUnderstood', 'answer has no request id: it is not the service’s', '');
}

/** @throws SlsError of kind `protocol` when the body is not what the schema says */
export function readAs<T>(schema: z.ZodMiniType<T>, call: Call, answer: WireAnswer): Answer<T> {
  const parsed = z.safeParse(schema, parseJson(answer.body));
  const requestId = requestIdOf(answer);
  if (parsed.success) return { value: parsed.data, requestId };
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'body');
  const says = `answer is not what the API documents: ${few(fields, 5).join(', ')}`;
  throw protocolError(call, 'AnswerNotUnderstood', says, requestId);
}

/** An answer of status 200 that cannot be used. */
export function protocolError(call: Call, code: string, message: string, requestId: string): SlsError {
  return new SlsError(message, { ...targetOf(call), kind: 'protocol', code, status: 200, requestId });
}
