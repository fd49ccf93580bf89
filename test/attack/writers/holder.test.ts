// A process that holds the lease is killed, or sleeps for longer than a lease lasts, at each of its requests: before it is sent,
// and before its answer comes.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { expect, test } from 'vitest';
import { type GroupItem, groupChange, NO_GROUP, readGroup } from '../../../lib/core/memory/group.ts';
import { groupId } from '../../../lib/core/memory/known.ts';
import { LEASE_GRACE_MS, LEASE_MS } from '../../../lib/core/time/timeouts.ts';
import { readCurrent } from '../../../lib/runtime/sync/group-access.ts';
import { applying } from '../../../lib/runtime/sync/writers.ts';
import { startDynamo, TABLE } from '../../support/memory/dynalite.ts';
import { PROJECT } from '../../support/names.ts';
import { type StandIn, startStandIn } from '../../support/standin/index.ts';
import { share } from '../../support/whole.ts';
import {
  decideAgainOn,
  decideOn,
  definitionOf,
  groupConfig,
  machines,
  patientMemory,
  present,
  wanted,
} from '../../unit/core/values.ts';
import { environmentOf, slsAt, tableAt } from './edges.ts';
import { openGate } from './gate.ts';
import type { Holding } from './holder.ts';

const HOLDER = fileURLToPath(new URL('./holder.ts', import.meta.url));
const LATER = LEASE_MS + LEASE_GRACE_MS + 10_000;
const all = machines(40);

/** Stops whoever asks for the `at`-th time. */
function stopper(at: number) {
  const stopped = Promise.withResolvers<'stopped'>();
  const goesOn = Promise.withResolvers<boolean>();
  let asked = 0;
  const stop = async () => {
    asked += 1;
    if (asked !== at) return true;
    stopped.resolve('stopped');
    return goesOn.promise;
  };
  return { stop, stopped: stopped.promise, goOn: goesOn.resolve };
}

const writesOf = (sls: StandIn) => sls.requests.filter(({ method }) => method !== 'GET').length;

/** @returns undefined if the process has ended before it asked so often */
async function stoppedAt(at: number, isApi: boolean, isKilled: boolean) {
  await using sls = await startStandIn({ projects: [PROJECT] });
  await using dynamo = await startDynamo();
  sls.groups(PROJECT).set('web', { ...definitionOf(all), machineList: all });
  const { stop, stopped, goOn } = stopper(at);
  const { hostname, port } = new URL(dynamo.url);
  await using slsGate = await openGate(sls, stop);
  await using tableGate = await openGate({ host: hostname, port: Number(port) }, stop);
  using table = disposable(tableAt({ name: TABLE, endpoint: dynamo.url }));
  const item = async (): Promise<GroupItem> => {
    const id = groupId(`${PROJECT}/web`);
    const read = readGroup((await table.read([id], Date.now() + 5_000)).get(id) ?? { version: 1 });
    return read.readable ? read.item : NO_GROUP;
  };

  // All that goes has been missing for long, so that the lease alone is between the two.
  const seeded = Date.now();
  const removal = patientMemory(present(all), wanted([]), seeded);
  const change = groupChange(undefined, { ...NO_GROUP, removal });
  if (change) await table.write(groupId(`${PROJECT}/web`), change, 0, Date.now() + 5_000);

  const through = { name: TABLE, endpoint: `http://${tableGate.address}` };
  const place = { endpoint: sls.endpoint, host: '127.0.0.1', port: slsGate.port };
  const child = started({ isApi, seeded, sls: place, table: through });
  const ended = endOf(child);
  if ((await Promise.race([stopped, ended])) !== 'stopped') return undefined;
  const { lease } = await item();
  const wrote = writesOf(sls);
  if (isKilled) {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    goOn(false);
  } else {
    const set = once(child, 'message');
    child.send(LATER);
    await set;
  }

  /** A run of another process, at some time from now. */
  const come = async (offset: number) => {
    const group = groupConfig();
    const client = slsAt({ endpoint: sls.endpoint, host: sls.host, port: sls.port });
    const now = () => Date.now() + offset;
    const leases = {
      table,
      clock: () => ({ now: now(), elapsed: performance.now() }),
      newHolder: () => 'second',
      onKept: (error: unknown) => expect.unreachable(String(error)),
      onDown: (error: unknown) => expect.unreachable(String(error)),
      due: now() + 600_000,
    };
    // The table and the client go by the real time; only the lease is judged by the other.
    leases.table = { ...table, ...untimed(table) };
    const current = await readCurrent(group, client);
    const at = now();
    const decision = decideOn({
      group,
      current,
      wanted: wanted(all.slice(1, 39), { takenAt: at }),
      now: at,
    });
    return applying(async () => {}, leases).writers.apply.write(decision, client, {
      looksAgain: true,
      again: decideAgainOn,
    });
  };
  const soon = lease ? await come(0) : undefined;
  const later = await come(LATER);
  const counted = [...(await item()).removed.values()].reduce((sum, one) => sum + one, 0);
  const before = writesOf(sls);
  if (!isKilled) {
    // A write that is under way at the service cannot be called back; here the network has lost it.
    goOn(!(lease && wrote === 0 && isWriteUnderWay(at, isApi)));
    await ended;
  }
  return { lease, wrote, soon, later, counted, late: writesOf(sls) - before };
}

/** Whether the stop is the one before the write is sent to the service: the look, the lease, the freezes and the look under it come first. */
const isWriteUnderWay = (at: number, isApi: boolean) => at === (isApi ? 11 : 7);

function untimed(table: ReturnType<typeof tableAt>): Pick<typeof table, 'read' | 'write'> {
  return {
    read: (ids) => table.read(ids, Date.now() + 5_000),
    write: (id, change, revision) => table.write(id, change, revision, Date.now() + 5_000),
  };
}

function disposable(table: ReturnType<typeof tableAt>) {
  return { ...table, [Symbol.dispose]: () => table.close() };
}

function started(holding: Holding): ChildProcess {
  const env = environmentOf(holding.table);
  return fork(HOLDER, [JSON.stringify(holding)], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

async function endOf(child: ChildProcess): Promise<string> {
  const said: unknown[] = [];
  child.on('message', (message) => said.push(message));
  await once(child, 'exit');
  return JSON.stringify(said);
}

/** Every stop of a process that has so many, a few of them at a time. */
async function stoppedAtEach(points: number, isApi: boolean, isKilled: boolean) {
  const all = Array.from({ length: points + 1 }, (_, index) => index + 1);
  const seen = await pLimit(4).map(all, (at) => stoppedAt(at, isApi, isKilled));
  expect(seen.map((one) => one !== undefined)).toEqual(all.map((at) => at <= points));
  return seen.flatMap((one, index) => (one ? [{ ...one, at: index + 1 }] : []));
}

// Requests: take, read freezes, look, write, read back, give back; one of the API looks and reads the item before that. Two stops each. A run that
// sleeps is in test/unit/runtime/lease.test.ts.
const HOLDERS = [
  ['a run that is killed', 12, false, true],
  ['a request of the API that is killed', 16, true, true],
  ['a request of the API that sleeps', 16, true, false],
] as const;
// A process for each stop: those of one holder take as long as most files.
test.each(share<(typeof HOLDERS)[number][]>([HOLDERS[0]], [...HOLDERS]))(
  '%s at any of its requests',
  { timeout: 170_000 },
  async (_, points, isApi, isKilled) => {
    let heldAt = 0;
    for (const seen of await stoppedAtEach(points, isApi, isKilled)) {
      const { at, lease, wrote, soon, later, counted, late } = seen;
      if (lease) heldAt += 1;
      if (lease) expect(soon?.busy, `stop ${at}: in its time`).toMatchObject({ holder: lease.holder });
      expect([later.error, later.busy], `stop ${at}: after it`).toEqual([undefined, undefined]);
      // Two removals of the first, if it had the lease or had written. Of the second's two one counts as removed already, so
      // its time of being missing begins anew; and so does that of the other where a run has given back what it had read.
      const both = lease !== undefined || (isApi && wrote > 0);
      expect(counted, `stop ${at}: counted`).toBe(both ? 3 : 2);
      if (lease || wrote > 0) expect(late, `stop ${at}: late`).toBe(0);
    }
    expect(heldAt).toBe(10);
  },
);
