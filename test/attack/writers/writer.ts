// One of several processes that write one group: it exchanges a member for another, again and again, tells of every meeting with
// the other process, and ends when it is told to.
import type { Decision } from '../../../lib/core/plan/decide.ts';
import { LEASE_WAIT_PAUSE_MS } from '../../../lib/core/time/timeouts.ts';
import { readCurrent } from '../../../lib/runtime/sync/group-access.ts';
import { applying } from '../../../lib/runtime/sync/writers.ts';
import { sleep } from '../../../lib/runtime/wire.ts';
import { decideOn, groupConfig, machines, wanted } from '../../unit/core/values.ts';
import { apiRequests } from './api-requests.ts';
import { type SlsPlace, slsAt, type TablePlace, tableAt } from './edges.ts';

export interface Setting {
  readonly name: string;
  /** Writes as requests of the API do, not as a run. */
  readonly isApi?: boolean;
  readonly sls: SlsPlace;
  /** None: nothing keeps the processes apart. */
  readonly table?: TablePlace;
}

export interface Told {
  readonly written: number;
  readonly busy: number;
  readonly moved: number;
  readonly failed: readonly string[];
}

const setting = JSON.parse(process.argv[2] ?? '{}') as Setting;
const group = groupConfig();
const sls = slsAt(setting.sls);
let holders = 0;
const leases = setting.table && {
  table: tableAt(setting.table),
  clock: () => ({ now: Date.now(), elapsed: performance.now() }),
  newHolder: () => `${setting.name} ${++holders}`,
  onKept: (error: unknown) => failed.push(String(error)),
  onDown: () => {},
  due: Date.now() + 600_000,
};
const failed: string[] = [];
const requests = setting.isApi
  ? apiRequests(sls, setting.table?.name, {
      sleep: async (ms) => {
        // Asked again at once, as below.
        if (ms === LEASE_WAIT_PAUSE_MS) process.send?.('met');
        await sleep(1);
      },
    })
  : undefined;
const writer = applying(sleep, leases).writers.apply;
// Who writes when is what is tested here, so each carries out what it decided.
const again = async (decision: Decision) => decision;
const base = machines(12);

const codeOf = (error: unknown) => (error as { code?: string }).code ?? '';

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
  const own = `10.9.${turn % 250}.${setting.name.length}`;
  if (requests) {
    try {
      await (turn % 2 === 0 ? requests.patch([...base, own]) : requests.add([own]));
      written += 1;
    } catch (error) {
      if (codeOf(error) === 'MachineGroupBusy') busy += 1;
      else failed.push(String(error));
    }
    continue;
  }
  const current = await readCurrent(group, sls);
  const at = Date.now();
  const decision = decideOn({
    group,
    current,
    wanted: wanted([...base, own], { takenAt: at }),
    now: at,
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
  // Without a lease the other may also write between a write and its reading back.
  else if (['GroupMoved', ...(leases ? [] : ['NotConfirmed'])].includes(codeOf(error))) {
    moved += 1;
    process.send?.('met');
  } else failed.push(String(error));
}
process.send?.({ written, busy, moved, failed } satisfies Told);
process.disconnect?.();
process.exit();
