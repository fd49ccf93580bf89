// One of several processes that write one group: it exchanges a member for another, again and again, tells of every meeting with
// the other process, and ends when it is told to.
import { openTable } from '../../../lib/aws/dynamodb.ts';
import { parseEndpoint } from '../../../lib/core/address/endpoint.ts';
import type { Decision } from '../../../lib/core/plan/decide.ts';
import { readCurrent } from '../../../lib/runtime/sync/group-access.ts';
import { applying } from '../../../lib/runtime/sync/writers.ts';
import { sleep } from '../../../lib/runtime/wire.ts';
import { createSlsClient } from '../../../lib/sls/client.ts';
import { createTransport } from '../../../lib/sls/transport.ts';
import { DEFAULT_KEY } from '../../support/standin/index.ts';
import { decideOn, groupConfig, machines, wanted } from '../../unit/core/values.ts';

export interface Setting {
  readonly name: string;
  readonly sls: { readonly endpoint: string; readonly host: string; readonly port: number };
  /** None: nothing keeps the processes apart. */
  readonly table?: { readonly name: string; readonly endpoint: string };
}

export interface Told {
  readonly written: number;
  readonly busy: number;
  readonly moved: number;
  readonly failed: readonly string[];
}

const setting = JSON.parse(process.argv[2] ?? '{}') as Setting;
const group = groupConfig();
const sls = createSlsClient({
  destination: {
    endpoint: parseEndpoint(`http://${setting.sls.endpoint}`),
    connectTo: { host: setting.sls.host, port: setting.sls.port },
    signature: 'v1',
    region: 'cn-hangzhou',
  },
  credentials: { get: async () => DEFAULT_KEY, refresh: async () => undefined },
  transport: createTransport(),
  limits: { attempts: 4, attemptTimeoutMs: 5_000, totalTimeoutMs: 60_000 },
  now: Date.now,
  random: Math.random,
  sleep,
  clock: { offsetMs: 0 },
});
let holders = 0;
const leases = setting.table && {
  table: openTable({
    table: setting.table.name,
    now: Date.now,
    random: Math.random,
    sleep,
    client: {
      endpoint: setting.table.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test-aws-key-id', secretAccessKey: 'not-a-real-secret' },
    },
  }),
  clock: () => ({ now: Date.now(), elapsed: performance.now() }),
  newHolder: () => `${setting.name} ${++holders}`,
  onKept: (error: unknown) => failed.push(String(error)),
  onDown: () => {},
  due: Date.now() + 600_000,
};
const failed: string[] = [];
const writer = applying(sleep, leases).writers.apply;
// Who writes when is what is tested here, so each carries out what it decided.
const again = async (decision: Decision) => decision;
const base = machines(12);

let written = 0;
let busy = 0;
let moved = 0;
let stops = false;
process.once('message', () => {
  stops = true;
});
// Ends by itself as well, whatever became of the one who started it.
const end = Date.now() + 60_000;
for (let turn = 0; !stops && failed.length === 0 && Date.now() < end; turn += 1) {
  const current = await readCurrent(group, sls);
  const own = `10.9.${turn % 250}.${setting.name.length}`;
  const decision = decideOn({
    group,
    current,
    wanted: wanted([...base, own], { takenAt: Date.now() }),
    now: Date.now(),
  });
  if (decision.outcome !== 'change') continue;
  let outcome = await writer.write(decision, sls, { looksAgain: false, again });
  // Asked again at once, which is when two get into each other's way.
  for (; outcome.busy && !stops; outcome = await writer.write(decision, sls, { looksAgain: false, again })) {
    busy += 1;
    process.send?.('met');
  }
  const { error } = outcome;
  if (error === undefined) written += 1;
  else if ((error as { code?: string }).code === 'GroupMoved') {
    moved += 1;
    process.send?.('met');
  } else failed.push(String(error));
}
process.send?.({ written, busy, moved, failed } satisfies Told);
process.disconnect?.();
process.exit();
