// How a client finds what a project takes, in time that passes only when all wait for it. The service counts as it likes: by the
// second of the clock, or as tokens that come back one by one.
import { describe, expect, test } from 'vitest';
import { parseEndpoint } from '../../../lib/core/address/endpoint.ts';
import { inTurn } from '../../../lib/runtime/sync/in-turn.ts';
import { createSlsClient, type SlsClient } from '../../../lib/sls/client.ts';
import type { SlsError } from '../../../lib/sls/errors.ts';
import { openPace, type Pace } from '../../../lib/sls/pace.ts';
import type { Transport, WireRequest } from '../../../lib/sls/transport.ts';
import { Dice } from '../../attack/simulation/dice.ts';
import { VirtualTime } from '../../attack/simulation/time.ts';

const ANSWER_MS = 50;
const NOW = 1_790_000_000_000;

type Counting = 'by the second' | 'by tokens';

class World {
  readonly time = new VirtualTime(NOW);
  readonly seen: {
    readonly at: number;
    readonly project: string;
    readonly method: string;
    readonly timeoutMs: number;
    readonly refused: boolean;
  }[] = [];
  readonly pace: Pace;
  readonly client: SlsClient;
  /** Requests a second, by project; any number where there is none. */
  limits: Record<string, number> = {};
  readonly #tokens = new Map<string, { at: number; left: number }>();
  readonly #counting: Counting;

  constructor(limits: Record<string, number>, counting: Counting = 'by the second', isPaced = true) {
    this.limits = limits;
    this.#counting = counting;
    const { now, sleep } = this.time;
    const random = new Dice(7).next;
    this.pace = openPace({ now, sleep, random });
    this.client = createSlsClient({
      destination: { endpoint: parseEndpoint('https://cn-hangzhou.log.aliyuncs.com'), signature: 'v1' },
      credentials: {
        get: async () => ({ accessKeyId: 'test-key-id', accessKeySecret: 'not-a-real-secret' }),
        refresh: async () => undefined,
      },
      transport: isPaced ? this.pace.paced(this.#answer) : this.#answer,
      limits: { attempts: 4, attemptTimeoutMs: 5_000, totalTimeoutMs: 25_000 },
      now,
      random,
      sleep,
      clock: { offsetMs: 0 },
    });
  }

  readonly #answer: Transport = async ({ hostname, method, timeoutMs }: WireRequest) => {
    const [project = ''] = hostname.split('.');
    const refused = !this.#takes(project);
    this.seen.push({ at: this.time.now(), project, method, timeoutMs, refused });
    expect(timeoutMs).toBeGreaterThan(0);
    await this.time.sleep(ANSWER_MS);
    const [status, text] = refused
      ? [
          403,
          {
            errorCode: 'MetaOperationQpsLimitExceeded',
            errorMessage: 'Qps limit for the meta operation is exceeded.',
          },
        ]
      : [200, { configs: [], count: 0 }];
    return {
      status,
      headers: { 'x-log-requestid': '5B4DF7A6C2E1D0A1B2C3D4E5' },
      body: Buffer.from(JSON.stringify(text)),
    };
  };

  #takes(project: string): boolean {
    const limit = this.limits[project];
    if (limit === undefined) return true;
    const now = this.time.now();
    const known = this.#tokens.get(project) ?? { at: now, left: limit };
    this.#tokens.set(project, known);
    if (this.#counting === 'by tokens') {
      known.left = Math.min(limit, known.left + ((now - known.at) * limit) / 1_000);
      known.at = now;
    } else if (Math.floor(now / 1_000) !== Math.floor(known.at / 1_000)) {
      known.left = limit;
      known.at = now;
    }
    if (known.left < 1) return false;
    known.left -= 1;
    return true;
  }

  /** So many calls of each project, some at a time, as a run makes them. */
  async work(calls: Readonly<Record<string, number>>, atATime: number): Promise<Record<string, Worked>> {
    const began = this.time.now();
    const worked: Record<string, { seconds: number; failed: number }> = {};
    const all = Object.entries(calls).flatMap(([project, count]) =>
      Array.from({ length: count }, () => project),
    );
    const { places } = this.pace;
    const running = inTurn(
      all,
      (project) => project,
      { atATime, places },
      async (project) => {
        const isFailed = await this.client.getAppliedConfigs(project, 'web').then(
          () => false,
          () => true,
        );
        const seconds = (this.time.now() - began) / 1_000;
        worked[project] = { seconds, failed: (worked[project]?.failed ?? 0) + Number(isFailed) };
      },
    );
    let isOver = false;
    void running.then(() => {
      isOver = true;
    });
    while (!isOver) await this.time.pass(this.time.now() + 1_000);
    return worked;
  }
}

interface Worked {
  /** When the last call was over. */
  readonly seconds: number;
  readonly failed: number;
}

const shareOf = (limit: number, calls: number, { seconds }: Worked) => calls / seconds / limit;

describe.each<Counting>(['by the second', 'by tokens'])('a project that counts %s', (counting) => {
  test.each([
    [2, 8],
    [10, 8],
    [50, 8],
    [10, 64],
  ])(
    'with %i requests a second, %i at a time, loses less than a fifth and no call',
    async (limit, atATime) => {
      const calls = limit * 60;
      const { slow } = await new World({ slow: limit }, counting).work({ slow: calls }, atATime);
      expect(slow?.failed).toBe(0);
      expect(shareOf(limit, calls, slow as Worked)).toBeGreaterThan(0.8);
    },
  );

  test('without a pace calls are lost, or time', async () => {
    const { slow } = await new World({ slow: 2 }, counting, false).work({ slow: 120 }, 8);
    expect(slow?.failed === 0 && shareOf(2, 120, slow) > 0.8).toBe(false);
  });

  test('does not hold up the others', async () => {
    const calls = { slow: 100, one: 400, two: 400, three: 400 };
    const alone = await new World({}, counting).work(calls, 8);
    const beside = await new World({ slow: 2 }, counting).work(calls, 8);
    for (const project of ['one', 'two', 'three'] as const)
      expect(beside[project]?.seconds).toBeLessThan(1.5 * (alone[project]?.seconds ?? 0));
    expect(shareOf(2, 100, beside.slow as Worked)).toBeGreaterThan(0.8);
  });
});

test('a project that refuses nothing is asked without a wait', async () => {
  const { free } = await new World({}).work({ free: 800 }, 8);
  expect(free).toEqual({ seconds: (800 / 8) * (ANSWER_MS / 1_000), failed: 0 });
});

test('a project that takes more than before is asked for more', async () => {
  const world = new World({ slow: 2 }, 'by tokens');
  await world.work({ slow: 100 }, 8);
  world.limits = { slow: 40 };
  const { slow } = await world.work({ slow: 2_400 }, 8);
  expect(shareOf(40, 2_400, slow as Worked)).toBeGreaterThan(0.6);
});

describe('in a project that is slow', () => {
  async function slowed(): Promise<World> {
    const world = new World({ slow: 2 }, 'by tokens');
    await world.work({ slow: 40 }, 8);
    world.seen.splice(0);
    return world;
  }

  test('a read takes its turn, and has what is left of its time', async () => {
    const world = await slowed();
    world.limits = {};
    await world.work({ slow: 4 }, 8);
    const [first, ...more] = world.seen;
    for (const [at, one] of more.entries()) expect(one.at).toBeGreaterThan(world.seen[at]?.at ?? 0);
    expect(first?.timeoutMs).toBe(5_000);
    expect(more.at(-1)?.timeoutMs).toBeLessThan(4_900);
  });

  test('a write goes at once, and the reads after it wait for longer', async () => {
    const world = await slowed();
    world.limits = {};
    const began = world.time.now();
    const calls = [1, 2, 3].map(() => world.client.removeConfig('slow', 'web', 'access'));
    const read = world.client.getAppliedConfigs('slow', 'web');
    await world.time.pass(began + 60_000);
    await Promise.all([...calls, read]);
    expect(world.seen.map(({ at, method }) => [method, at === began])).toEqual([
      ['DELETE', true],
      ['DELETE', true],
      ['DELETE', true],
      ['GET', false],
    ]);
    expect((world.seen.at(-1)?.at ?? 0) - began).toBeGreaterThan(500);
  });

  test('a read whose turn would come too late gets no answer, and was not sent', async () => {
    const world = await slowed();
    world.limits = {};
    const began = world.time.now();
    const due = began + 1_000;
    const reads = Array.from({ length: 12 }, () =>
      world.client
        .with({ due })
        .getAppliedConfigs('slow', 'web')
        .then(
          () => 'answered',
          (error: SlsError) => error,
        ),
    );
    await world.time.pass(began + 60_000);
    const late = (await Promise.all(reads)).filter((end) => end !== 'answered');
    expect(late.length).toBeGreaterThan(6);
    for (const error of late)
      expect(error).toMatchObject({ kind: 'timeout', code: 'Timeout', ambiguous: false });
    expect(Math.max(...world.seen.map(({ at }) => at))).toBeLessThan(due);
  });
});
