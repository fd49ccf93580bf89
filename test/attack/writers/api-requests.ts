// Requests of the machine-group API to the group of these tests, as its functions carry them out. The environment says where
// the table is.
import { SLS_CALL_MS } from '../../../lib/core/time/timeouts.ts';
import type { Config } from '../../../lib/runtime/environment.ts';
import { operation as patchGroup } from '../../../lib/runtime/operations/patch-group.ts';
import { operation as updateMachines } from '../../../lib/runtime/operations/update-machines.ts';
import type { Runtime } from '../../../lib/runtime/wire.ts';
import type { SlsClient } from '../../../lib/sls/client.ts';
import { OWNER } from '../../unit/core/values.ts';

const TARGET = { projectName: undefined, project: 'ali-test-project', groupName: 'web', owner: OWNER };

interface Terms extends Pick<Runtime, 'sleep'> {
  /** Milliseconds since the epoch; the real ones where absent. */
  readonly now?: () => number;
}

export function apiRequests(sls: SlsClient, table: string | undefined, { sleep, now = Date.now }: Terms) {
  const log = () => {};
  const runtime = { config: { table } as Config, now, sleep, log } as unknown as Runtime;
  const due = () => now() + SLS_CALL_MS[0];
  return {
    patch: (machineList: readonly string[]) =>
      patchGroup.run({ ...TARGET, patch: { machineList: [...machineList] } }, sls, runtime, due()),
    add: (machines: readonly string[]) =>
      updateMachines.run({ ...TARGET, action: 'add', machines: [...machines] }, sls, runtime, due()),
  };
}
