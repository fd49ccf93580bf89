// A route as an OpenAPI operation: parameters, body, answers, and every error with its example.
import { problemAnswer } from '../../runtime/documentation/problems.ts';
import type { Route, RouteAnswer } from '../../runtime/documentation/route.ts';
import { REQUEST_ID } from '../../runtime/documentation/samples.ts';
import type { Problem } from '../../runtime/http/errors.ts';
import { OPERATIONS, type Operation } from '../../sls/operations.ts';
import { answerSchema, type JsonSchema, requestSchema, without } from './schemas.ts';
import type { SharedParts } from './shared.ts';

export interface Shared {
  readonly examples: SharedParts<object>;
  readonly responses: SharedParts<object>;
}

interface Response {
  readonly description: string;
  readonly headers: object;
  readonly content?: Record<string, { schema?: unknown; example?: unknown; examples?: object }>;
}

const JSON_TYPE = 'application/json';
const PROBLEM = { $ref: '#/components/schemas/Problem' };
const REQUEST_ID_HEADER = { 'x-log-requestid': { $ref: '#/components/headers/RequestId' } };

export const problemSchema = (): JsonSchema => answerSchema(problemAnswer());

export function operationOf(route: Route, shared: Shared): Record<string, unknown> {
  const request = requestSchema(route.request);
  const facts = route.operations.map((name) => OPERATIONS[name] as Operation);
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: route.description,
    ...(route.iam === false && { security: [] }),
    ...(facts.length > 0 && {
      'x-sls-operations': route.operations,
      'x-ram-actions': facts.map(({ ramAction }) => ramAction),
      'x-repeat': facts.at(-1)?.repeat,
    }),
    parameters: parametersOf(route, request),
    ...(route.body && { requestBody: bodyOf(route, route.body, request) }),
    responses: responsesOf(route, shared),
  };
}

const pathNames = ({ path }: Route): string[] =>
  Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name as string);

function parametersOf(route: Route, request: JsonSchema): object[] {
  const { properties = {}, required = [] } = request;
  const inPath = pathNames(route);
  const inQuery = route.body?.query ?? Object.keys(properties).filter((name) => !inPath.includes(name));
  const parameter = (name: string, place: 'path' | 'query') => {
    const { description, ...schema } = properties[name] ?? { type: 'string' };
    const isNeeded = place === 'path' || required.includes(name);
    return { name, in: place, required: isNeeded, ...(description !== undefined && { description }), schema };
  };
  return [
    ...inPath.map((name) => parameter(name, 'path')),
    ...inQuery.map((name) => parameter(name, 'query')),
  ];
}

function bodyOf(route: Route, body: NonNullable<Route['body']>, request: JsonSchema): object {
  const elsewhere = pathNames(route).filter((name) => !body.repeats?.includes(name));
  const schema = body.field ? request.properties?.[body.field] : without(request, elsewhere);
  const examples = Object.fromEntries(
    Object.entries(body.examples).map(([name, value]) => [name, { value }]),
  );
  return {
    required: true,
    content: Object.fromEntries(body.types.map((type) => [type, { schema, examples }])),
  };
}

function responsesOf({ answers, problems }: Route, shared: Shared): Record<string, unknown> {
  const responses = new Map<number, Response>();
  for (const answer of answers) {
    const { status = 200 } = answer;
    responses.set(status, besides(answerResponse(answer), responses.get(status)));
  }
  const statuses = new Set(problems.map(({ status }) => status));
  const refusals = [...statuses].map((status) => {
    const response = problemResponse(
      problems.filter((problem) => problem.status === status),
      shared,
    );
    const answer = responses.get(status);
    const name = `Error${status}`;
    return [status, answer ? besides(answer, response) : shared.responses.refTo(name, response)] as const;
  });
  return Object.fromEntries([...responses, ...refusals]);
}

function answerResponse({ description, schema, type = JSON_TYPE, example }: RouteAnswer): Response {
  if (!schema) return { description, headers: REQUEST_ID_HEADER };
  return {
    description,
    headers: REQUEST_ID_HEADER,
    content: { [type]: { schema: answerSchema(schema), ...(example !== undefined && { example }) } },
  };
}

/** One example a code: that of a page of SLS comes before our own. */
function problemResponse(problems: readonly Problem[], shared: Shared): Response {
  const examples: Record<string, object> = {};
  for (const { code, message } of problems) {
    examples[code] ??= shared.examples.refTo(code, {
      value: { errorCode: code, errorMessage: message, requestId: REQUEST_ID },
    });
  }
  const isLater = problems.some(({ retryAfterSeconds }) => retryAfterSeconds !== undefined);
  return {
    description: Object.keys(examples).join(', '),
    headers: {
      ...REQUEST_ID_HEADER,
      ...(isLater && { 'retry-after': { $ref: '#/components/headers/RetryAfter' } }),
    },
    content: { [JSON_TYPE]: { schema: PROBLEM, examples } },
  };
}

/** A status with two bodies: of one type either of them, of two types each. */
function besides(answer: Response, other: Response | undefined): Response {
  if (!other) return answer;
  const [one, two] = [answer.content?.[JSON_TYPE], other.content?.[JSON_TYPE]];
  const content = { ...other.content, ...answer.content };
  if (one && two)
    content[JSON_TYPE] = { schema: { anyOf: [one.schema, two.schema] }, examples: { ...two.examples } };
  return { ...answer, content };
}
