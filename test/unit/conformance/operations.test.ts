// Every operation, success and each documented error, through the official client and through our own, against the
// same service: what one of them gets, the other gets, and what one of them sends, the other sends.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OPERATIONS, type OperationName } from '../../../lib/sls/operations.ts';
import { DEFAULT_KEY, type StandIn, type StandInKey, startStandIn } from '../../support/standin/index.ts';
import { resolveToLoopback } from '../../support/standin/official-client.ts';
import { findRoute } from '../../support/standin/routes.ts';
import { given, populate, REFUSALS, SUCCESSES, sentFor } from './cases.ts';
import { type Client, official, ours } from './clients.ts';

const CLIENTS: Readonly<Record<string, (standIn: StandIn, key: StandInKey) => Client>> = {
  '@alicloud/sls20201230, V1 with SHA-256': (standIn, key) => official(standIn, key, 'v1-sha256'),
  '@alicloud/sls20201230, V4': (standIn, key) => official(standIn, key, 'v4'),
  'our own, V1': (standIn, key) => ours(standIn, key, 'v1'),
  'our own, V4': (standIn, key) => ours(standIn, key, 'v4'),
};

let restoreLookup: () => void;
beforeAll(() => {
  restoreLookup = resolveToLoopback('.log.aliyuncs.com');
});
afterAll(() => restoreLookup());

/** Lists have no order; a group's comes as the service likes. */
const sorted = (value: unknown) =>
  JSON.parse(JSON.stringify(value ?? null), (_, part) =>
    Array.isArray(part) && part.every((entry) => typeof entry === 'string') ? part.toSorted() : part,
  );

describe.each(Object.entries(CLIENTS))('%s', (_, connect) => {
  let standIn: StandIn;
  beforeEach(async () => {
    standIn = await startStandIn();
    populate(standIn);
  });
  afterEach(() => standIn.close());

  test.each(SUCCESSES)(
    'answers $operation: $says',
    async ({ operation, arrange, asks, value, effect, becomes }) => {
      arrange?.(standIn);
      const result = await connect(standIn, DEFAULT_KEY)[operation]({ ...given, ...asks });
      expect(sorted(result)).toEqual(sorted(value));
      expect(effect?.(standIn)).toEqual(becomes);
      expect(standIn.requests).toMatchObject([{ operation, status: 200 }]);
    },
  );

  test('sees what is applied from both sides, and removes it once', async () => {
    const client = connect(standIn, DEFAULT_KEY);
    await client.ApplyConfigToMachineGroup(given);
    await client.ApplyConfigToMachineGroup(given);
    expect(await client.GetAppliedConfigs(given)).toEqual({ configs: ['access-log'], count: 1 });
    expect(await client.GetAppliedMachineGroups(given)).toEqual({ machinegroups: ['web-1'], count: 1 });
    await client.RemoveConfigFromMachineGroup(given);
    expect(await client.GetAppliedConfigs(given)).toEqual({ configs: [], count: 0 });
  });

  test('finds nothing to delete a second time', async () => {
    const client = connect(standIn, DEFAULT_KEY);
    await client.DeleteMachineGroup(given);
    await expect(client.DeleteMachineGroup(given)).rejects.toMatchObject({
      status: 404,
      code: 'MachineGroupNotExist',
    });
  });

  test.each(Object.keys(OPERATIONS) as OperationName[])(
    'is refused %s with a wrong key',
    async (operation) => {
      const wrong = { ...DEFAULT_KEY, accessKeySecret: 'another-unreal-secret' };
      const call = connect(standIn, wrong)[operation](given);
      await expect(call).rejects.toMatchObject({ status: 401, code: 'SignatureNotMatch' });
    },
  );

  test.each(Object.keys(OPERATIONS) as OperationName[])(
    'is throttled when it asks for %s too often',
    async (operation) => {
      standIn.faults.add({ kind: 'error', status: 403, code: 'MetaOperationQpsLimitExceeded', times: 9 });
      const call = connect(standIn, DEFAULT_KEY)[operation](given);
      await expect(call).rejects.toMatchObject({ status: 403, code: 'MetaOperationQpsLimitExceeded' });
    },
  );
});

describe.each(['MachineGroup', 'Group'] as const)('an error of the family %s…', (errorFamily) => {
  describe.each(Object.entries(CLIENTS))('%s', (_, connect) => {
    test.each(REFUSALS)('is told by $operation: $kind', async ({ operation, kind, arrange, asks }) => {
      await using standIn = await startStandIn({ errorFamily });
      populate(standIn);
      arrange?.(standIn);
      const before = sorted([...standIn.groups(given.project)]);
      const call = connect(standIn, DEFAULT_KEY)[operation]({ ...given, ...asks });
      await expect(call).rejects.toMatchObject(sentFor(kind, errorFamily));
      expect(sorted([...standIn.groups(given.project)])).toEqual(before);
    });
  });
});

test.each(SUCCESSES)('both send the same for $operation: $says', async ({ operation, arrange, asks }) => {
  const sent = await Promise.all(
    Object.values(CLIENTS).map(async (connect) => {
      await using standIn = await startStandIn();
      populate(standIn);
      arrange?.(standIn);
      await connect(standIn, DEFAULT_KEY)[operation]({ ...given, ...asks });
      const [request] = standIn.requests;
      const { method, path, query, body, headers } = request ?? {};
      return {
        method,
        path,
        query,
        body: body ? JSON.parse(body) : undefined,
        type: body ? headers?.['content-type'] : undefined,
        rawSize: headers?.['x-log-bodyrawsize'],
        version: headers?.['x-log-apiversion'],
      };
    }),
  );
  for (const one of sent) expect({ ...one, rawSize: '' }).toEqual({ ...sent[0], rawSize: '' });
  for (const { rawSize } of sent) expect(rawSize).toMatch(/^\d+$/);
});

test('each operation has a case that succeeds and one for each error it documents', () => {
  const names = Object.keys(OPERATIONS).toSorted();
  expect([...new Set(SUCCESSES.map(({ operation }) => operation))].toSorted()).toEqual(names);
  expect(REFUSALS).toHaveLength(Object.values(OPERATIONS).flatMap(({ errors }) => errors).length);
});

test('the stand-in, which has a table of its own, routes each operation as ours does', () => {
  for (const [name, { method, path }] of Object.entries(OPERATIONS)) {
    const rawPath = path.replace(/\{\w+\}/g, 'name');
    expect(findRoute({ method, rawPath } as Parameters<typeof findRoute>[0])?.operation).toBe(name);
  }
});
