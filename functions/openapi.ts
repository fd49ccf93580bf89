// GET /openapi.json: the OpenAPI document of this API.
import document from '../lib/openapi.json' with { type: 'json' };
import { httpFunction } from '../lib/runtime/http/function.ts';
import { operation } from '../lib/runtime/operations/openapi.ts';

export const handler = httpFunction(operation(document));
