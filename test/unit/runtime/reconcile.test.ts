// A run over ports made by hand: what no fault of a real service shows.
import { expect, test } from 'vitest';
import { decide } from '../../../lib/core/plan/decide.ts';
import { type Ports, reconcile } from '../../../lib/runtime/sync/reconcile.ts';
import { PLAN_ONLY } from '../../../lib/runtime/sync/writers.ts';
import type { Outcome } from '../../../lib/sls/call.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { turn } from '../../support/until.ts';
import { definitionOf, groupConfig } from '../core/values.ts';

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
    now: () => 0,
  };
  const config = { onRefusal: 'continue', concurrency: 1 } as const;
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
