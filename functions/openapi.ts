// GET /openapi.json: the OpenAPI document of this API.
import { openApiFunction } from '../lib/runtime/http/openapi.ts';

export const handler = openApiFunction();
