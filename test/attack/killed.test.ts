// A run that is killed at any of its requests to SLS, and the run after it: nothing is lost, nothing is doubled.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ricAbsent } from '../support/lambda/function.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { needs } from '../support/needs.ts';
import { type FifoQueue, startFifoQueue } from '../support/queue/served.ts';
import type { StoredGroup } from '../support/standin/index.ts';
import { turn, until } from '../support/until.ts';
import { share } from '../support/whole.ts';
import { KillableSync, machines } from './killed.ts';

/** Requests of a whole run, in their order; `#` stands where each changes something. */
const REQUESTS = ['made #POST', 'full #PUT', 'adopted #PUT'].flatMap((one) => {
  const [name, method] = one.split(' #');
  // The look, the look right before the write, and the one that shows it.
  return [`GET ${name}`, `GET ${name}`, `${method} ${name} #`, `GET ${name}`];
});
const WRITES = REQUESTS.flatMap((request, index) => (request.endsWith('#') ? [{ request, index }] : []));
/** The first plan, and the reads next to writes. */
const READS = REQUESTS.flatMap((request, index) => {
  const isNext = [index - 1, index + 1].some((other) => REQUESTS[other]?.endsWith('#'));
  return !request.endsWith('#') && (index === 0 || isNext) ? [{ request, index }] : [];
});
/** One of each operation. */
const LATE = WRITES.filter(
  ({ request }, index) => WRITES.findIndex((other) => other.request === request) === index,
);

/** Each is a process or two: one in three where time counts. */
const some = <T>(moments: readonly T[]): T[] =>
  share(
    moments.filter((_, at) => at % 3 === 0),
    [...moments],
  );

describe('a run that is killed', needs(ricAbsent), () => {
  let sync: KillableSync;
  beforeAll(async () => {
    sync = await KillableSync.start();
  });
  afterAll(() => sync?.[Symbol.asyncDispose]());

  /** Kills a run when its n-th request is at the service; resolves when the process is gone. */
  async function killAt(index: number, moment: 'before' | 'after', gate: Promise<unknown>): Promise<void> {
    sync.reset();
    sync.sls.faults.add({ kind: 'hold', moment, until: gate, skip: index });
    const run = sync.run().catch((error: Error) => error);
    await until(() => sync.sls.faults.pending() === 0);
    // The effect follows at once where it comes before the wait.
    await turn();
    await sync.kill();
    expect(String(await run)).toMatch(/SIGKILL/);
    expect(sync.harm()).toEqual([]);
  }

  /** The event again, as its source sends it: the groups are right, and once they are nothing more is written. */
  async function retry(): Promise<void> {
    expect(await sync.run()).toMatchObject({ status: 'ok' });
    expect(sync.missing()).toEqual([]);
    expect(new Set(sync.writes).size).toBeGreaterThan(0);
  }
  async function isQuiet(): Promise<void> {
    sync.sls.forgetRequests();
    expect(await sync.run()).toMatchObject({ status: 'ok' });
    expect(sync.writes).toEqual([]);
    expect(sync.missing()).toEqual([]);
  }
  const creations = () => sync.writes.filter((write) => write.startsWith('CreateMachineGroup'));
  const never = new Promise(() => {});

  test('makes the requests that are counted here when nobody kills it', async () => {
    sync.reset();
    expect(await sync.run()).toMatchObject({ status: 'ok' });
    const made = sync.sls.requests.map(({ method, path, body }) => {
      const name = /^\/machinegroups\/(\w+)/.exec(path)?.[1] ?? JSON.parse(body).groupName;
      return `${method} ${name}${method === 'GET' ? '' : ' #'}`;
    });
    expect(made).toEqual(REQUESTS);
    expect(sync.missing()).toEqual([]);
    await isQuiet();
  });
  test('is told from one that does harm', async () => {
    sync.reset();
    await sync.run();
    const groups = sync.sls.groups(PROJECT);
    const full = groups.get('full') as StoredGroup;
    const [first = '', ...others] = full.machineList;
    for (const broken of [
      { ...full, machineList: others },
      { ...full, machineList: [...full.machineList, first] },
      { ...full, machineList: [...full.machineList, '10.9.9.9'] },
      { ...full, groupType: '' },
      { ...full, groupAttribute: { groupTopic: '', externalName: MARK } },
    ]) {
      groups.set('full', broken);
      expect([...sync.harm(), ...sync.missing()]).not.toEqual([]);
    }
    groups.set('full', full);
    groups.delete('foreign');
    expect(sync.harm()).toEqual(['foreign: changed']);
  });
  test.each(some(READS))('harms nothing when killed at request $index, $request', async ({ index }) => {
    await killAt(index, 'before', never);
    await retry();
    await isQuiet();
  });
  test.each(some(WRITES))(
    'harms nothing when killed at request $index, $request, which never takes effect',
    async ({ index }) => {
      await killAt(index, 'before', never);
      await retry();
      expect(creations().length).toBeLessThanOrEqual(1);
      await isQuiet();
    },
  );
  test.each(some(WRITES))(
    'harms nothing when killed at request $index, $request, once that took effect',
    async ({ index }) => {
      await killAt(index, 'after', never);
      await retry();
      expect(creations().length).toBeLessThanOrEqual(1);
      await isQuiet();
    },
  );
  test.each(some(LATE))(
    'harms nothing when killed at request $index, $request, which takes effect after the next run',
    async ({ index }) => {
      const late = Promise.withResolvers<void>();
      await killAt(index, 'before', late.promise);
      await retry();
      const before = sync.sls.requests.length;
      late.resolve();
      await until(() => sync.sls.requests.length > before);
      expect(sync.harm()).toEqual([]);
      await isQuiet();
    },
  );
  test('harms nothing when killed at moments that a seed chooses, three times in a row', async () => {
    const seed = 6;
    for (let round = 0; round < 2; round += 1) {
      sync.reset();
      for (let life = 0; life < 3; life += 1) {
        const run = sync.run().catch((error: Error) => error);
        const at = Math.floor(fraction(seed, round * 3 + life) * REQUESTS.length * 1.2);
        const seen = sync.sls.requests.length;
        let over = false;
        run.then(() => (over = true));
        await until(() => over || sync.sls.requests.length >= seen + at);
        await sync.kill();
        await run;
        expect(sync.harm()).toEqual([]);
      }
      expect(await sync.run()).toMatchObject({ status: 'ok' });
      await isQuiet();
    }
  });
});

describe('groups on their way to workers', needs(ricAbsent), () => {
  const names = Array.from({ length: 25 }, (_, index) => `group-${index}`);
  let queue: FifoQueue;
  let sync: KillableSync;
  beforeAll(async () => {
    queue = await startFifoQueue();
    sync = await KillableSync.start({
      SYNC_WORK_QUEUE_URL: queue.url,
      AWS_ENDPOINT_URL_SQS: queue.endpoint,
    });
    const sources = [{ type: 'static', members: machines(5, 3) }];
    const groups = names.map((name) => ({ project: PROJECT, name, identify: 'ip', sources }));
    await sync.configure({ fanOutAbove: 0, groups });
    sync.sls.groups(PROJECT).clear();
  });
  afterAll(async () => {
    await sync?.[Symbol.asyncDispose]();
    await queue?.[Symbol.asyncDispose]();
  });

  test('are all in the queue after a run that was killed while it put them there, and the run after it', async () => {
    const first = Promise.withResolvers<void>();
    queue.onBatch(() => {
      first.resolve();
      return new Promise<void>(() => {});
    });
    const run = sync.run().catch((error: Error) => error);
    await first.promise;
    await sync.kill();
    expect(String(await run)).toMatch(/SIGKILL/);
    expect(queue.waiting()).toEqual([]);

    queue.onBatch(() => {});
    expect(await sync.run()).toMatchObject({ enqueued: names.length });
    // All of them in one message; the next test looks at each.
    expect(queue.waiting()).toEqual(['part-0']);
  });
  test('are all written once, although a worker is killed in the middle of a batch', async () => {
    sync.sls.faults.add({
      kind: 'hold',
      moment: 'after',
      until: new Promise(() => {}),
      method: 'POST',
      skip: 4,
    });
    const killed = (async () => {
      await until(() => sync.sls.faults.pending() === 0);
      await turn();
      await sync.kill();
    })();
    expect(await queue.drain([(event) => sync.running.invoke(event)])).toEqual([]);
    await killed;
    const groups = sync.sls.groups(PROJECT);
    expect([...groups.keys()].sort()).toEqual([...names].sort());
    for (const { machineList } of groups.values()) expect([...machineList].sort()).toEqual(machines(5, 3));
    // The fifth has had its effect, and its answer is still on its way.
    expect(sync.writes).toHaveLength(names.length - 1);
  });
});

/** The n-th of numbers in [0, 1) that follow from a seed (a linear congruence of Numerical Recipes). */
function fraction(seed: number, n: number): number {
  let state = seed;
  for (let step = 0; step <= n; step += 1) state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
