// The committed OpenAPI document as tests look into it, references followed.
import { readFileSync } from 'node:fs';
import { OPENAPI_FILE } from '../../lib/build/openapi.ts';

interface Reference {
  readonly $ref?: string;
}

interface Response extends Reference {
  readonly content?: Readonly<
    Record<string, { readonly schema?: object; readonly examples?: Readonly<Record<string, unknown>> }>
  >;
}

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly schema: { readonly maximum?: number } }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, Response>>;
}

const document = JSON.parse(readFileSync(OPENAPI_FILE, 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** Statuses that an operation may answer with. */
export function documentedStatuses(method: string, path: string): number[] {
  return Object.keys(operation(method, path).responses).map(Number);
}

/** Error codes that have an example under a status of an operation. */
export function documentedCodes(method: string, path: string, status: number): string[] {
  const response = followed(operation(method, path).responses[status] ?? {});
  return Object.values(response.content ?? {}).flatMap(({ examples }) => Object.keys(examples ?? {}));
}

/** JSON Schema of the JSON that an operation answers with under a status, as text. */
export function documentedSchema(method: string, path: string, status: number): string {
  const { content } = followed(operation(method, path).responses[status] ?? {});
  return JSON.stringify(content?.['application/json']?.schema ?? {});
}

/** Media types of an operation's body; none for an operation without one. */
export function documentedBodyTypes(method: string, path: string): string[] {
  return Object.keys(operation(method, path).requestBody?.content ?? {});
}

/** Greatest value of a parameter. */
export function documentedMaximum(method: string, path: string, name: string): number | undefined {
  return operation(method, path).parameters.find((parameter) => parameter.name === name)?.schema.maximum;
}

function operation(method: string, path: string): Operation {
  const found = document.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`the document has no ${method} ${path}`);
  return found;
}

function followed(response: Response): Response {
  if (!response.$ref) return response;
  const parts = response.$ref.slice(2).split('/');
  return parts.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], document) as Response;
}
