// What an operation says of itself to the OpenAPI document. Each file of lib/runtime/operations exports a function
// `documentation` for it: no handler calls it, so that bundles hold neither its words nor what it imports.
import type * as z from 'zod/mini';
import type { OperationName } from '../../sls/operations.ts';
import type { Problem } from '../http/errors.ts';

export interface RouteAnswer {
  /** 200 if not given. */
  readonly status?: number;
  readonly description: string;
  /** None for an empty body. With an id in its meta it is a named schema, and so are its parts. */
  readonly schema?: z.core.$ZodType;
  /** `application/json` if not given. */
  readonly type?: string;
  readonly example?: unknown;
}

export interface RouteBody {
  /** How generators name its type. */
  readonly name?: string;
  /** What is taken; the document names the first. */
  readonly types: readonly string[];
  /** Fields that may stand in the query. */
  readonly query: readonly string[];
  /** The field that is the body; without it the body holds all fields but those of the path. */
  readonly field?: string;
  /** Fields of the path that the body has to hold as well. */
  readonly repeats?: readonly string[];
  readonly examples: Readonly<Record<string, unknown>>;
}

export interface Route {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** Operations of SLS that it calls. */
  readonly operations: readonly OperationName[];
  /** Fields in path and query, or what `body` says. */
  readonly request: z.core.$ZodType;
  readonly body?: RouteBody;
  readonly answers: readonly RouteAnswer[];
  readonly problems: readonly Problem[];
  /** False for the routes that want no IAM credentials. */
  readonly iam?: boolean;
}
