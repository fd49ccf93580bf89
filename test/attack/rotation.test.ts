// Keys that are replaced while thousands of calls go on: written to the secret first, the old one disabled after that.
// No call fails; those that meet the old key's end are made a second time.
import pLimit from 'p-limit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gatewayEvent, lambdaContext, type Result } from '../functions/events.ts';
import { Functions, SECRET_ID } from '../functions/setup.ts';
import { PROJECT } from '../support/names.ts';
import type { StandInKey } from '../support/standin/index.ts';

const AT_A_TIME = 20;

const keyNumber = (version: number): StandInKey => ({
  accessKeyId: `test-key-id-${version}`,
  accessKeySecret: `not-a-real-secret-${version}`,
  ...(version % 2 === 1 && { securityToken: `not-a-real-token-${version}` }),
});

let functions: Functions;
beforeEach(async () => {
  functions = await Functions.start();
});
afterEach(() => functions[Symbol.asyncDispose]());

test.each([
  ['v1', 2_000, 4],
  ['v4', 400, 2],
])('calls signed with %s all succeed: %i calls over %i rotations', async (signature, calls, rotations) => {
  const { standIn, secrets, lines } = functions;
  standIn.setKeys([keyNumber(0)]);
  secrets.put(SECRET_ID, JSON.stringify(keyNumber(0)));
  standIn.groups(PROJECT).set('web', {
    groupName: 'web',
    groupType: '',
    machineIdentifyType: 'ip',
    groupAttribute: { groupTopic: '', externalName: '' },
    machineList: [],
    createTime: 0,
    lastModifyTime: 0,
  });
  const handler = await functions.load('get-group', { SLS_SIGNATURE: signature, SLS_ATTEMPTS: '1' });
  const event = gatewayEvent('2.0', {
    method: 'GET',
    path: '/machinegroups/web',
    parameters: { groupName: 'web' },
    query: { projectName: PROJECT },
  });

  const between = Math.floor(calls / (rotations + 1));
  const statuses = new Map<number, number>();
  await pLimit(AT_A_TIME).map(
    Array.from({ length: calls }, (_, index) => index),
    async (index) => {
      const version = Math.floor(index / between);
      const step = index % between;
      if (version > 0 && version <= rotations) {
        if (step === 0) {
          secrets.put(SECRET_ID, JSON.stringify(keyNumber(version)));
          standIn.setKeys([keyNumber(version - 1), keyNumber(version)]);
        }
        // Some calls later, in the middle of others.
        if (step === 30) standIn.setKeys([keyNumber(version)]);
      }
      const { statusCode } = (await handler(event, lambdaContext)) as Result;
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    },
  );

  expect([...statuses]).toEqual([[200, calls]]);
  // The old key did come to its end under calls, and each of those was made once more.
  const refused = standIn.requests.filter(({ status }) => status === 401).length;
  expect(refused).toBeGreaterThanOrEqual(rotations);
  expect(refused).toBeLessThanOrEqual(rotations * AT_A_TIME);
  expect(standIn.requests).toHaveLength(calls + refused);
  const attempts = lines
    .filter(({ event }) => event === 'request')
    .map(({ slsRequests }) => (slsRequests as []).length);
  expect(Math.max(...attempts)).toBe(2);
  // One reading serves all that wait for it.
  expect(secrets.requests).toBeLessThanOrEqual(1 + rotations * 2);
});
