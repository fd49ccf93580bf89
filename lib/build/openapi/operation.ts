// A route as an OpenAPI operation: parameters, body, answers, and every error with its example.
import {
  type GatewayRefusal,
  gatewayRefusalAnswer,
  gatewayRefusals,
  problemAnswer,
} from '../../runtime/documentation/problems.ts';
import type { Route, RouteAnswer } from '../../runtime/documentation/route.ts';
import { REQUEST_ID } from '../../runtime/documentation/samples.ts';
import type { Problem } from '../../runtime/http/errors.ts';
import { OPERATIONS, type Operation } from '../../sls/operations.ts';
import { type JsonSchema, type NamedSchemas, requestSchema, without } from './schemas.ts';
import type { SharedParts } from './shared.ts';

export interface Shared {
  readonly schemas: NamedSchemas;
  readonly examples: SharedParts<object>;
  readonly responses: SharedParts<object>;
}

interface Response {
  readonly description: string;
  readonly headers: object;
  readonly content?: Record<string, { schema?: unknown; example?: unknown; examples?: object }>;
}

const JSON_TYPE = 'application/json';
const REQUEST_ID_HEADER = { 'x-log-requestid': { $ref: '#/components/headers/RequestId' } };

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
    ...(route.body && { requestBody: bodyOf(route, route.body, request, shared) }),
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

/** Of the types that are taken the first: of two, every generator sends one that it likes, or none. */
function bodyOf(
  route: Route,
  { name, types: [type = JSON_TYPE], ...body }: NonNullable<Route['body']>,
  request: JsonSchema,
  { schemas }: Shared,
): object {
  const elsewhere = pathNames(route).filter((name) => !body.repeats?.includes(name));
  const whole = body.field ? request.properties?.[body.field] : without(request, elsewhere);
  const schema = name && whole ? schemas.refTo(name, whole) : whole;
  const examples = Object.fromEntries(
    Object.entries(body.examples).map(([example, value]) => [example, { value }]),
  );
  return { required: true, content: { [type]: { schema, examples } } };
}

function responsesOf(route: Route, shared: Shared): Record<string, unknown> {
  const { answers, problems } = route;
  const responses = new Map<number, Response>();
  for (const answer of answers) {
    const { status = 200 } = answer;
    responses.set(status, besides(answerResponse(answer, shared), responses.get(status)));
  }
  const ofGateway = gatewayRefusals({ iam: route.iam !== false, body: route.body !== undefined });
  const statuses = new Set([...problems, ...ofGateway].map(({ status }) => status));
  const refusals = [...statuses].map((status) => {
    const response = problemResponse(
      problems.filter((problem) => problem.status === status),
      ofGateway.filter((refusal) => refusal.status === status),
      shared,
    );
    const answer = responses.get(status);
    const name = `Error${status}`;
    return [status, answer ? besides(answer, response) : shared.responses.refTo(name, response)] as const;
  });
  return Object.fromEntries([...responses, ...refusals]);
}

function answerResponse(
  { description, schema, type = JSON_TYPE, example }: RouteAnswer,
  { schemas }: Shared,
): Response {
  if (!schema) return { description, headers: REQUEST_ID_HEADER };
  return {
    description,
    headers: REQUEST_ID_HEADER,
    content: { [type]: { schema: schemas.ofAnswer(schema), ...(example !== undefined && { example }) } },
  };
}

/** One example a code: that of a page of SLS comes before our own, and the gateway's words come last. */
function problemResponse(
  problems: readonly Problem[],
  ofGateway: readonly GatewayRefusal[],
  shared: Shared,
): Response {
  const examples: Record<string, object> = {};
  for (const { code, message } of problems) {
    examples[code] ??= shared.examples.refTo(code, {
      value: { errorCode: code, errorMessage: message, requestId: REQUEST_ID },
    });
  }
  for (const { name, message } of ofGateway)
    examples[name] = shared.examples.refTo(name, { value: { message } });
  const bodies = [
    ...(problems.length > 0 ? [shared.schemas.ofAnswer(problemAnswer())] : []),
    ...(ofGateway.length > 0 ? [shared.schemas.ofAnswer(gatewayRefusalAnswer())] : []),
  ];
  const isLater = problems.some(({ retryAfterSeconds }) => retryAfterSeconds !== undefined);
  return {
    description: Object.keys(examples).join(', '),
    headers: {
      ...REQUEST_ID_HEADER,
      ...(isLater && { 'retry-after': { $ref: '#/components/headers/RetryAfter' } }),
    },
    content: { [JSON_TYPE]: { schema: oneOf(bodies), examples } },
  };
}

function oneOf(bodies: readonly unknown[]): unknown {
  return bodies.length > 1 ? { anyOf: bodies } : bodies[0];
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
