// A process that writes the group once, as a run or as a request of the API. It is killed on the way, or its clock is set on.
import type { Known } from '../../../lib/core/memory/known.ts';
import { applying } from '../../../lib/runtime/sync/writers.ts';
import {
  decideAgainOn,
  decideOn,
  knownGroup,
  machines,
  patientMemory,
  present,
  wanted,
} from '../../unit/core/values.ts';
import { apiRequests } from './api-requests.ts';
import { type SlsPlace, slsAt, type TablePlace, tableAt } from './edges.ts';

export interface Holding {
  readonly isApi: boolean;
  /** When the memory that stands in the table was made, in milliseconds since the epoch. */
  readonly seeded: number;
  readonly sls: SlsPlace;
  readonly table: TablePlace;
}

const { isApi, seeded, sls: place, table } = JSON.parse(process.argv[2] ?? '{}') as Holding;
let offset = 0;
process.on('message', (ms: number) => {
  offset = ms;
  process.send?.('set on');
});
const now = () => Date.now() + offset;
const noWait = async () => {};
const sls = slsAt(place, now);
const all = machines(40);
const left = all.slice(2);

async function run(): Promise<unknown> {
  if (isApi) return apiRequests(sls, table.name, { sleep: noWait, now }).patch(left);
  const leases = {
    table: tableAt(table, now),
    clock: () => ({ now: now(), elapsed: performance.now() }),
    newHolder: () => 'first',
    onKept: () => {},
    onDown: () => {},
    due: now() + 600_000,
  };
  const memory = patientMemory(present(all), wanted([]), seeded);
  const at = now();
  const decision = decideOn({
    known: { ...knownGroup(memory), revision: 1 } as Known,
    current: present(all),
    wanted: wanted(left, { takenAt: at }),
    now: at,
  });
  const { error } = await applying(noWait, leases).writers.apply.write(decision, sls, {
    looksAgain: false,
    again: decideAgainOn,
  });
  return error;
}

const ended = await run().catch((error: unknown) => error);
process.send?.({ ended: ended instanceof Error ? ended.message : 'written' });
process.disconnect?.();
process.exit();
