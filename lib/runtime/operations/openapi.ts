// Answers with the OpenAPI document of this version. It is no secret, and yet behind IAM like the rest: an open
// route could be called by anybody at the deployment's cost.
import * as z from 'zod/mini';
import * as problems from '../documentation/problems.ts';
import type { Route } from '../documentation/route.ts';
import { placed } from '../http/input.ts';
import type { HttpFunction } from '../http/stack.ts';

const request = z.strictObject({});

/** @param document the committed one: it is made from what this file says too, which so must not import it */
export const operation = (document: object): HttpFunction<z.output<typeof request>> => ({
  name: 'OpenApi',
  from: placed,
  schema: request,
  run: async () => ({ value: document }),
});

export const documentation = (): Route => ({
  operationId: 'openapi',
  method: 'GET',
  path: '/openapi.json',
  tag: 'about',
  summary: 'This document',
  description: 'The same in every deployment of a version.',
  operations: [],
  request,
  answers: [{ description: 'An OpenAPI 3.1 document.', schema: z.looseObject({ openapi: z.string() }) }],
  problems: [problems.refused('invalid request.', 'colour: is not a known field')],
});
