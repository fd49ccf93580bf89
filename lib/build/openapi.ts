// Writes the OpenAPI document of the HTTP API: `node lib/build/openapi.ts`. It is made from what the
// operations say of themselves and from the table of SLS's operations, and committed; a test keeps the two equal.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Route } from '../runtime/documentation/route.ts';
import { REQUEST_ID } from '../runtime/documentation/samples.ts';
import { HTTP_OPERATIONS } from './openapi/http-operations.ts';
import { operationOf } from './openapi/operation.ts';
import { NamedSchemas } from './openapi/schemas.ts';
import { SharedParts } from './openapi/shared.ts';

export const OPENAPI_FILE = new URL('../openapi.json', import.meta.url);

/** Each with the file in functions/ that serves it. */
export const ROUTES = Object.entries(HTTP_OPERATIONS).map(
  ([name, { documentation }]): Route & { readonly function: string } => ({
    function: name,
    ...documentation(),
  }),
);

const { version, license } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string; license: string };

export function openApiDocument(): object {
  const shared = {
    schemas: new NamedSchemas(),
    examples: new SharedParts('examples'),
    responses: new SharedParts('responses'),
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    paths[route.path] ??= {};
    Object.assign(paths[route.path] as object, { [route.method.toLowerCase()]: operationOf(route, shared) });
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'sls-machine-groups',
      version,
      description:
        'Machine groups of Alibaba Cloud Log Service over HTTP, in the shapes of its own API: what that API documents under a path is here under the same path, with projectName beside it.',
      license: { name: license, identifier: license },
    },
    servers: [
      {
        url: 'https://{api}.execute-api.{region}.amazonaws.com',
        description: 'A deployment; its address is an output of the deployment.',
        variables: { api: { default: 'api-id' }, region: { default: 'eu-central-1' } },
      },
      { url: 'http://127.0.0.1:3000', description: 'npm start.' },
    ],
    security: [{ iam: [] }],
    tags: [
      { name: 'groups', description: 'Machine groups.' },
      { name: 'machines', description: 'Their members, and the machines that report.' },
      { name: 'configs', description: 'Logtail configs that are applied to them.' },
      { name: 'sync', description: 'Keeping groups equal to an inventory.' },
      { name: 'about', description: 'The API itself.' },
    ],
    paths,
    components: {
      schemas: shared.schemas.schemas,
      examples: shared.examples.parts,
      responses: shared.responses.parts,
      headers: {
        RequestId: {
          description: 'Id under which SLS logged the request, or that of the gateway.',
          schema: { type: 'string', examples: [REQUEST_ID] },
        },
        RetryAfter: {
          description: 'Seconds after which another try is worth it.',
          schema: { type: 'integer', minimum: 1 },
        },
      },
      securitySchemes: {
        iam: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description:
            'AWS Signature Version 4 for the service execute-api, by a principal that may execute-api:Invoke. Without it the gateway answers 403 by itself.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
}

if (import.meta.main) {
  const file = fileURLToPath(OPENAPI_FILE);
  writeFileSync(file, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
  const biome = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url));
  execFileSync(biome, ['format', '--write', file], { stdio: 'inherit' });
}
