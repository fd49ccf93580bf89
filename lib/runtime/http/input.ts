// The input of a function from the places of an HTTP request. A name that stands in two places has to mean the same
// in both, and a query that nobody reads is refused: what is dropped in silence is what somebody meant.
import { few } from '../../core/text/few.ts';
import { MOST_LINES, quoted } from '../../core/text/issues.ts';
import { jsonBody, MERGE_PATCH_TYPES } from './body.ts';
import { invalidParameter } from './errors.ts';
import type { HttpInvocation } from './invocation.ts';

const REFUSAL = 'invalid request.';

/** Path and query, for functions without a body; the schema refuses what it does not know. */
export function placed({ parameters, query }: HttpInvocation): Record<string, string> {
  const twice = Object.keys(query).filter((name) => Object.hasOwn(parameters, name));
  if (twice.length > 0) {
    throw refused(twice.map((name) => `${name}: is part of the path: leave it out of the query`));
  }
  return { ...query, ...parameters };
}

/** Path and query, and the whole body under one name. */
export function placedWithBody(invocation: HttpInvocation, name: string, query: readonly string[]): unknown {
  refuseUnread(invocation, query);
  return { ...placed(invocation), [name]: jsonBody(invocation) };
}

/** What may stand beside a body that is the input, in the body or in the query. */
export const BESIDE_BODY = ['projectName', 'owner'];
/** The same where the body changes a group that may be frozen. */
export const BESIDE_CHANGE = [...BESIDE_BODY, 'throughFreeze'];

/**
 * A body that is the input, with {@link BESIDE_BODY} in it or in the query. What the path names has to be
 * what the body names.
 */
export function bodyInput(invocation: HttpInvocation): unknown {
  return inputOf(invocation, jsonBody(invocation), BESIDE_BODY);
}

/** As `bodyInput`, with {@link BESIDE_CHANGE}. */
export function changeInput(invocation: HttpInvocation): unknown {
  return inputOf(invocation, jsonBody(invocation), BESIDE_CHANGE);
}

/** As `changeInput`, for a merge patch: a name in the path need not stand in the body. */
export function patchInput(invocation: HttpInvocation): unknown {
  const input = inputOf(invocation, jsonBody(invocation, MERGE_PATCH_TYPES), BESIDE_CHANGE);
  return isObject(input) ? { ...invocation.parameters, ...input } : input;
}

function inputOf(invocation: HttpInvocation, body: unknown, beside: readonly string[]): unknown {
  refuseUnread(invocation, beside);
  if (!isObject(body)) return body;
  const place = placed(invocation);
  const differing = Object.keys(place).filter(
    (name) => Object.hasOwn(body, name) && body[name] !== place[name],
  );
  if (differing.length > 0) {
    throw refused(
      differing.map((name) => `${name}: must be the same in the body as in the path or the query`),
    );
  }
  return { ...body, ...invocation.query };
}

function refuseUnread({ query }: HttpInvocation, read: readonly string[]): void {
  const unread = Object.keys(query).filter((name) => !read.includes(name));
  if (unread.length > 0) {
    throw refused(unread.map((name) => `${quoted(name)}: is not a known field of the query`));
  }
}

function refused(lines: readonly string[]) {
  return invalidParameter(REFUSAL, few(lines, MOST_LINES));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
