// Answers with the OpenAPI document of this version. It is no secret, and yet behind IAM like the rest: an open
// route could be called by anybody at the deployment's cost.
import * as z from 'zod/mini';
import document from '../../openapi.json' with { type: 'json' };
import { httpFunction } from './function.ts';
import { placed } from './input.ts';

export function openApiFunction() {
  return httpFunction({
    name: 'OpenApi',
    from: placed,
    schema: z.strictObject({}),
    run: async () => ({ value: document }),
  });
}
