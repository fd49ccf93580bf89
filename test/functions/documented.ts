// Holds what a function answers to the OpenAPI document: the status is documented, and the code of an error has an
// example.
import { expect } from 'vitest';
import { documentedCodes, documentedStatuses } from '../deployment/openapi-document.ts';
import type { HttpCall, Result } from './events.ts';

export function expectDocumented(call: HttpCall, { statusCode, headers, body }: Result): void {
  const path = routePath(call);
  const says = `${call.method} ${path} ${statusCode} ${body.slice(0, 200)}`;
  expect(documentedStatuses(call.method, path), says).toContain(statusCode);
  if (statusCode < 400 || headers['content-type'] !== 'application/json') return;
  const { errorCode } = JSON.parse(body) as { errorCode?: string };
  if (errorCode !== undefined)
    expect(documentedCodes(call.method, path, statusCode), says).toContain(errorCode);
}

/** The path with its parameters by name again. */
function routePath({ path, parameters = {} }: HttpCall): string {
  const left = Object.entries(parameters);
  return path
    .split('/')
    .map((segment) => {
      const index = left.findIndex(([, value]) => value === decodeURIComponent(segment));
      return index < 0 ? segment : `{${left.splice(index, 1)[0]?.[0]}}`;
    })
    .join('/');
}
