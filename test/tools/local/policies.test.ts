// Which routes each policy of the documentation opens: all routes of the API, so that none is opened by accident.
import { expect, test } from 'vitest';
import { ROUTES } from '../../../lib/build/openapi.ts';
import { allows, RESOURCES } from './policies.ts';

const READING = ['GET /approvals', 'GET /explain', 'POST /plan'];

test.each([
  ['Plan', READING],
  ['Apply', [...READING, 'POST /sync']],
  ['Approve', [...READING, 'DELETE /approvals/{id}', 'POST /approvals']],
])('%s opens what it says and nothing else', (sid, expected) => {
  const resources = RESOURCES.get(sid) ?? [];
  const opened = ROUTES.filter(({ method, path }) =>
    allows(resources, method, path.replace(/\{\w+\}/g, 'anything')),
  );
  expect(opened.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(expected.toSorted());
});

test('the documentation has these three policies', () => {
  expect([...RESOURCES.keys()]).toEqual(['Plan', 'Apply', 'Approve']);
});
