// What a service or a proxy quotes of a request goes no further than the client's errors.
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reveals } from '../../../lib/core/text/redact.ts';
import { PROJECT } from '../../support/names.ts';
import type { Fault } from '../../support/standin/index.ts';
import { Setup } from './setup.ts';

const KEY = {
  accessKeyId: 'LTAI+test/key=id',
  accessKeySecret: 'not+a/real"secret\\4=',
  // As long as tokens are: an excerpt would cut it.
  securityToken: `CAIS+${'not/a/real/token='.repeat(40)}`,
};

let setup: Setup;
beforeEach(async () => {
  setup = await Setup.start({ keys: [KEY] });
});
afterEach(() => setup[Symbol.asyncDispose]());

const all = Object.values(KEY).join(' ');
const encoded = Object.values(KEY)
  .flatMap((secret) => [
    encodeURIComponent(secret),
    Buffer.from(secret).toString('hex'),
    Buffer.from(`x${secret}`).toString('base64'),
  ])
  .join(' ');

test.each<[string, Fault]>([
  ['in an error’s message', { kind: 'error', status: 400, code: 'InvalidParameter', message: `got ${all}` }],
  ['encoded', { kind: 'error', status: 401, code: 'SignatureNotMatch', message: `signed ${encoded}` }],
  ['in an error’s code', { kind: 'error', status: 400, code: `Bad${KEY.accessKeyId}`, message: '' }],
  [
    'on a proxy’s page',
    { kind: 'raw', status: 502, body: `<pre>x-acs-security-token: ${KEY.securityToken}</pre>` },
  ],
  [
    'where an excerpt ends',
    { kind: 'raw', status: 502, body: `${'x'.repeat(100)} ${KEY.accessKeySecret} ${all}` },
  ],
  [
    'as the id of a request',
    {
      kind: 'error',
      status: 403,
      code: 'Forbidden',
      headers: { 'x-log-requestid': KEY.accessKeyId },
    },
  ],
])('a key that comes back is taken out: %s', async (_where, fault) => {
  setup.standIn.faults.add({ ...fault, times: Number.POSITIVE_INFINITY });
  const client = setup.client({ credentials: { get: async () => KEY, refresh: async () => undefined } });
  const error = await client.getMachineGroup(PROJECT, 'web').catch((failure: unknown) => failure);
  expect(error).toMatchObject({ name: 'SlsError' });
  const shown = inspect(error, { depth: 10, maxStringLength: null });
  for (const secret of Object.values(KEY)) expect(reveals(shown, secret)).toBe(false);
  // Nor the beginning of one that was cut.
  expect(shown).not.toContain(KEY.securityToken.slice(0, 20));
  expect(shown).not.toContain(KEY.accessKeySecret.slice(0, 8));
});
