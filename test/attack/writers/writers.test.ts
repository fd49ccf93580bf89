// Two real processes that write one group of one service: without a memory their writes overlap, with one they never do.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startDynamo, TABLE } from '../../support/memory/dynalite.ts';
import { startStandIn } from '../../support/standin/index.ts';
import { share } from '../../support/whole.ts';
import { definitionOf, machines } from '../../unit/core/values.ts';
import { environmentOf } from './edges.ts';
import type { Setting, Told } from './writer.ts';

const WRITER = fileURLToPath(new URL('./writer.ts', import.meta.url));
const PROJECT = 'ali-test-project';
/** Of each pair. */
const MEETINGS = share(100, 500);

/** @param isEnough ends it, by the meetings so far and the writes that overlapped */
async function meet(
  isEnough: (met: number, overlapping: number) => boolean,
  endpoint?: string,
  other: Partial<Setting> = {},
) {
  await using sls = await startStandIn({ projects: [PROJECT] });
  sls.groups(PROJECT).set('web', { ...definitionOf(machines(12)), machineList: machines(12) });
  // A write takes a moment at the service, so that two can meet there.
  for (const operation of ['UpdateMachineGroup', 'UpdateMachineGroupMachine'] as const) {
    const aim = { operation, times: Number.POSITIVE_INFINITY };
    sls.faults.add({ kind: 'delay', delayMs: 2, moment: 'before', ...aim });
  }
  const { host, port } = sls;
  const children = ['one', 'other'].map((name) =>
    started({
      name,
      sls: { endpoint: sls.endpoint, host, port },
      ...(endpoint === undefined ? {} : { table: { name: TABLE, endpoint } }),
      ...(name === 'other' ? other : {}),
    }),
  );
  let met = 0;
  const stop = () => {
    for (const child of children) if (child.connected) child.send('stop');
  };
  for (const child of children) {
    child.on('message', (message) => {
      if (message === 'met') met += 1;
      if (isEnough(met, sls.overlappingWrites) || message !== 'met') stop();
    });
  }
  const told = await Promise.all(children.map(ended));
  return {
    overlapping: sls.overlappingWrites,
    least: Math.min(...told.map(({ written }) => written)),
    met,
    failed: told.flatMap(({ failed }) => failed),
  };
}

function started(setting: Setting): ChildProcess {
  const env = environmentOf(setting.table);
  return fork(WRITER, [JSON.stringify(setting)], { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
}

function ended(child: ChildProcess): Promise<Told> {
  let printed = '';
  child.stderr?.on('data', (chunk) => {
    printed += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('message', (told) => {
      if (told !== 'met') resolve(told as Told);
    });
    child.once('exit', (code) => reject(new Error(`a writer ended with ${code}: ${printed}`)));
  });
}

const PAIRS: [string, Partial<Setting>][] = [
  ['two runs', {}],
  ['a run and requests of the API', { isApi: true }],
];

// Until two writes overlap by chance takes seconds: `npm test` has the one pair.
describe.each(share(PAIRS.slice(0, 1), PAIRS))('%s', (_, other) => {
  test(`[6] with a lease, no two writes overlap in ${MEETINGS} meetings`, { timeout: 90_000 }, async () => {
    await using dynamo = await startDynamo();
    const { overlapping, least, met, failed } = await meet(
      (meetings) => meetings >= MEETINGS,
      dynamo.url,
      other,
    );
    expect(failed).toEqual([]);
    expect(overlapping).toBe(0);
    expect(met).toBeGreaterThanOrEqual(MEETINGS);
    expect(least).toBeGreaterThan(0);
  });

  test('without one they do: the service would have seen it', { timeout: 90_000 }, async () => {
    const { overlapping } = await meet((_met, overlaps) => overlaps > 0, undefined, other);
    expect(overlapping).toBeGreaterThan(0);
  });
});
