// What a route is to the OpenAPI document.
import type { Problem } from '../../runtime/http/errors.ts';
import type { OperationName } from '../../sls/operations.ts';
import type { ZodSchema } from './schemas.ts';

export interface RouteAnswer {
  /** 200 if not given. */
  readonly status?: number;
  readonly description: string;
  /** None for an empty body. */
  readonly schema?: ZodSchema;
  /** `application/json` if not given. */
  readonly type?: string;
  readonly example?: unknown;
}

export interface Route {
  /** The file in functions/ that serves it. */
  readonly function: string;
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** Operations of SLS that it calls. */
  readonly operations: readonly OperationName[];
  /** Fields in path and query, or what `body` says. */
  readonly request: ZodSchema;
  readonly body?: {
    readonly types: readonly string[];
    /** Fields that may stand in the query. */
    readonly query: readonly string[];
    /** The field that is the body; without it the body holds all fields but those of the path. */
    readonly field?: string;
    /** Fields of the path that the body has to hold as well. */
    readonly repeats?: readonly string[];
    readonly examples: Readonly<Record<string, unknown>>;
  };
  readonly answers: readonly RouteAnswer[];
  readonly problems: readonly Problem[];
  /** False for the routes that want no IAM credentials. */
  readonly iam?: boolean;
}
