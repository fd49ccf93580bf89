// A run over ports made by hand: what no fault of a real service shows.
import { expect, test } from 'vitest';
import { decide } from '../../../lib/core/plan/decide.ts';
import { NO_MEMORY } from '../../../lib/runtime/sync/memory.ts';
import type { GroupWriter, Ports } from '../../../lib/runtime/sync/ports.ts';
import { reconcile } from '../../../lib/runtime/sync/reconcile.ts';
import { PLAN_ONLY } from '../../../lib/runtime/sync/writers.ts';
import type { Outcome } from '../../../lib/sls/call.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { turn } from '../../support/until.ts';
import {
  definitionOf,
  groupConfig,
  knownGroup,
  NOW,
  patientMemory,
  present,
  wanted,
} from '../core/values.ts';

test('a run whose inventory fails at once waits for the call that it made, and reports it', async () => {
  const called = Promise.withResolvers<void>();
  const group = groupConfig();
  const sls = (observe: (outcome: Outcome) => void) =>
    ({
      getMachineGroup: async (project: string, name: string) => {
        await called.promise;
        const call = { operation: 'GetMachineGroup', project, group: name } as const;
        observe({ call, status: 200, requestId: '56E7B4D0A1B2C3D4E5F60718' });
        return { value: definitionOf([]), requestId: '56E7B4D0A1B2C3D4E5F60718' };
      },
    }) as unknown as SlsClient;
  const ports: Ports = {
    wanted: async () => {
      throw new Error('the inventory is down');
    },
    sls: (_group, observe) => sls(observe),
    decide,
    ...PLAN_ONLY,
    memory: async () => NO_MEMORY,
    due: Number.POSITIVE_INFINITY,
    now: () => 0,
  };
  const config = { concurrency: 1, groups: [] } as const;
  const run = reconcile({ runId: 'run', trigger: 'a test', mode: 'plan', config, groups: [group] }, ports);
  await turn();
  called.resolve();
  const { groups } = await run;
  expect(groups).toMatchObject([
    {
      status: 'failed',
      error: { message: 'the inventory is down' },
      requests: [
        { operation: 'GetMachineGroup', status: 200, requestId: '56E7B4D0A1B2C3D4E5F60718', attempts: 1 },
      ],
    },
  ]);
});

test.each([
  ['wrote', {}, 'wrote', 'written', 2],
  ['failed', { error: new Error('broken') }, 'wrote', 'written', 1],
  ['wrote', {}, 'failed', 'failed', 0],
])(
  'a group that is looked at again stands once in the report: it %s, and then %s',
  async (_, first, then, status, added) => {
    const readings = [wanted(['10.0.0.1']), wanted(['10.0.0.2'])];
    const ends = [
      { again: true, ...first },
      { ...(then === 'failed' && { error: new Error('broken again') }) },
    ];
    const apply: GroupWriter = { status: 'written', write: async () => ends.shift() ?? {} };
    const asked: unknown[] = [];
    const ports: Ports = {
      wanted: async (_group, anew) => {
        asked.push(anew);
        return readings.shift() ?? Promise.reject(new Error('a third reading'));
      },
      sls: (_group, observe) =>
        ({
          getMachineGroup: async () => {
            observe({
              call: { operation: 'GetMachineGroup', project: 'p', group: 'g' },
              status: 200,
              requestId: 'A',
            });
            return { value: definitionOf([]) };
          },
        }) as unknown as SlsClient,
      decide,
      writers: { apply, record: apply },
      memory: async () => NO_MEMORY,
      due: Number.POSITIVE_INFINITY,
      now: () => 0,
    };
    const config = { concurrency: 1, groups: [] } as const;
    const groups = [groupConfig()];
    const report = await reconcile({ runId: 'run', trigger: 'a test', mode: 'apply', config, groups }, ports);
    expect(report.groups).toMatchObject([{ status }]);
    // Somebody said that it has changed since: what the run has read already is no answer.
    expect(asked).toEqual([undefined, 'anew']);
    expect(report.groups[0]?.requests).toHaveLength(2);
    expect(report.counts).toMatchObject({ groups: 1, added, byStatus: { [status]: 1 } });
    expect(report.groups[0]?.warnings).toEqual(
      status === 'failed' ? ['a first look in this run wrote: 1 added, 0 removed'] : [],
    );
  },
);

test('machines that change places between two groups, or leave both, are told apart', async () => {
  // 10.0.1.1 and 10.0.2.1 change places; both groups have lost 10.0.9.9. All of them report.
  const has: Record<string, string[]> = {
    web: ['10.0.1.1', '10.0.1.2', '10.0.1.3', '10.0.9.9', '10.0.2.1'],
    api: ['10.0.2.1', '10.0.2.2', '10.0.2.3', '10.0.9.9', '10.0.1.1'],
  };
  const wants: Record<string, string[]> = {
    web: ['10.0.1.2', '10.0.1.3', '10.0.2.1'],
    api: ['10.0.2.2', '10.0.2.3', '10.0.1.1'],
  };
  const groups = ['web', 'api'].map((name) => groupConfig({ name }));
  const sls = {
    getMachineGroup: async (_: string, name: string) => ({ value: definitionOf(has[name] ?? []) }),
    listAllMachines: async (_: string, name: string) => ({
      value: (has[name] ?? []).map((ip) => ({
        ip,
        'machine-uniqueid': `UNIT-${ip}`,
        'userdefined-id': '',
        lastHeartbeatTime: NOW / 1_000 - 30,
      })),
      answeredAt: NOW,
    }),
  } as unknown as SlsClient;
  const known = (name: string) =>
    knownGroup(patientMemory(present(has[name] ?? []), wanted(wants[name] ?? [])));
  const ports: Ports = {
    wanted: async ({ name }) => wanted(wants[name] ?? []),
    sls: () => sls,
    decide,
    ...PLAN_ONLY,
    memory: async () => (key) => known(key.split('/')[1] as string),
    due: Number.POSITIVE_INFINITY,
    now: () => NOW,
  };
  const report = await reconcile(
    { runId: 'run', trigger: 'a test', mode: 'plan', config: { concurrency: 2, groups }, groups },
    ports,
  );
  const told = report.groups.map(({ leaving, withheld }) => ({
    leaving: leaving.map(({ class: found, members }) => [found, ...members]),
    withheld: withheld.map(({ by, members }) => [by, ...members]),
  }));
  expect(told).toEqual([
    { leaving: [['moved', '10.0.1.1']], withheld: [['alive', '10.0.9.9']] },
    { leaving: [['moved', '10.0.2.1']], withheld: [['alive', '10.0.9.9']] },
  ]);
});
