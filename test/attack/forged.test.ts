// Names that come from elsewhere, out of inventories, files, groups and the words of services, forge no line of the log:
// whatever they hold, every line is one JSON object without a sign that cannot be seen.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayEvent } from '../functions/events.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { parsed } from './calls.ts';
import { type Handler, linesOf, World } from './harness.ts';
import { EVENT_SAMPLES } from './samples.ts';

/** Each would be a line of its own, a command for a terminal or another text than it looks, where it stood bare. */
const FORGERIES: readonly string[] = [
  'web\n{"level":"info","event":"sync.run","status":"ok"}',
  'web\r\n{"level":"info","event":"forged"}\r\n',
  'web"}\n{"level":"info","event":"forged","x":"',
  'web\u2028{"event":"forged"}\u2029',
  'web\u0085{"event":"forged"}',
  '\u001b[2J\u001b[1;1Hweb',
  '\u009b2Jweb',
  'web\u0000',
  '\u202ebew',
  'web\ud800',
  `web\\u000a{"event":"forged"}`,
];
const SCHEDULE = EVENT_SAMPLES['sync-from-inventory']?.[0]?.event;

let world: World;
let sync: Handler;
beforeAll(async () => {
  world = await World.start();
  sync = await world.load('sync-from-inventory');
});
afterAll(() => world[Symbol.asyncDispose]());

/** @returns names of the events that were logged */
function expectHonest(output: string): unknown[] {
  expect(output).not.toMatch(/[^\P{C}\n]/u);
  expect(output).not.toMatch(/[\u2028\u2029]/);
  const events = linesOf(output).flatMap(({ event }) => (event === undefined ? [] : [event]));
  expect(events).not.toContain('forged');
  return events;
}

describe.each(FORGERIES.map((forgery) => [JSON.stringify(forgery), forgery]))(
  'a forged line %s',
  (_, forgery) => {
    const group = (changes: object = {}) => world.sync.group('synced', changes);

    test.each(['ip', 'userdefined'])(
      'stays one line as a machine of an inventory, in a group of %s',
      async (identify) => {
        await world.sync.configure({ groups: [group({ identify })] });
        world.sync.inventory = () => [forgery, '10.0.0.1'];
        const { output } = await world.call(sync, SCHEDULE);
        expect(expectHonest(output).filter((event) => event === 'sync.run')).toHaveLength(1);
      },
    );

    test('stays one line as a member, topic and mark of a group', async () => {
      await world.sync.configure({ groups: [group()] });
      world.sync.inventory = () => ['10.0.0.1'];
      for (const externalName of [MARK, forgery]) {
        world.reset();
        const groups = world.sync.functions.standIn.groups(PROJECT);
        const before = groups.get('synced');
        if (!before) expect.fail('no group to change');
        groups.set('synced', {
          ...before,
          machineList: ['10.0.0.1', '10.0.0.2', forgery],
          groupAttribute: { groupTopic: forgery, externalName },
        });
        world.output = '';
        await sync(SCHEDULE, { getRemainingTimeInMillis: () => 300_000 } as never).catch(() => undefined);
        expect(expectHonest(world.output).filter((event) => event === 'sync.run')).toHaveLength(1);
      }
    });

    test('stays one line as what SLS says', async () => {
      await world.sync.configure({ groups: [group()] });
      const { faults } = world.sync.functions.standIn;
      for (const code of ['InvalidParameter', forgery]) {
        faults.add({ kind: 'error', status: 400, code, message: forgery });
        const { output } = await world.call(sync, SCHEDULE);
        expect(expectHonest(output)).toContain('sync.run');
        faults.clear();
      }
    });

    test('stays one line as a machine that somebody asks about', async () => {
      await world.sync.configure({ groups: [group()] });
      world.sync.inventory = () => [forgery];
      const explain = await world.load('explain');
      const query = { group: `${PROJECT}/synced`, machine: forgery };
      const { output } = await world.call(
        explain,
        parsed(gatewayEvent('2.0', { method: 'GET', path: '/explain', query })),
      );
      expect(expectHonest(output).filter((event) => event === 'request')).toHaveLength(1);
    });
  },
);

test('the check sees a line that is forged', () => {
  for (const forgery of FORGERIES.slice(0, 9)) {
    expect(() => expectHonest(`{"event":"request","name":"${forgery}"}\n`), forgery).toThrow();
  }
});
