// Answers that Secrets Manager does not give, from something that stands in its way: nothing of them is told.
import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { createSecretReader, SecretError } from '../../../lib/aws/secrets.ts';
import { loggedError } from '../../../lib/runtime/log.ts';
import { serve } from '../inventory/served.ts';

afterEach(() => vi.unstubAllEnvs());

const SECRET = 'not-a-real-secret-of-many-characters';

const BODIES = [
  `{"SecretString":${SECRET}}`,
  SECRET,
  `<html>${SECRET}</html>`,
  `{"SecretString":"${SECRET}`,
  `{"SecretString":"${SECRET}"${SECRET}}`,
  `{"SecretString":{"accessKeySecret":"${SECRET}"}}`,
  `{"SecretString":["${SECRET}"]}`,
  `{"__type":"InternalServiceError","SecretString":"${SECRET}"}`,
  '{"SecretString":5}',
  '[]',
];

test.each([200, 400, 500].flatMap((status) => BODIES.map((body) => ({ status, body }))))(
  'an answer with $status $body has its code',
  async ({ status, body }) => {
    await using server = await serve((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
    });
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', server.origin);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test-aws-key');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-real-aws-key');
    const answer = await createSecretReader()('access-key').catch((error: unknown) => error);
    if (status === 200 && body.startsWith('{"__type"')) return expect(answer).toBe(SECRET);
    expect(answer).toBeInstanceOf(SecretError);
    for (let at = 0; at + 8 <= SECRET.length; at += 1) {
      const piece = SECRET.slice(at, at + 8);
      expect(JSON.stringify(loggedError(answer))).not.toContain(piece);
      expect(inspect(answer, { depth: 10 })).not.toContain(piece);
    }
  },
);
