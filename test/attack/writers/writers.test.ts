// Two real processes that write one group of one service: without a memory their writes overlap, with one they never do.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startDynamo, TABLE } from '../../support/memory/dynalite.ts';
import { startStandIn } from '../../support/standin/index.ts';
import { definitionOf, machines } from '../../unit/core/values.ts';
import type { Setting, Told } from './writer.ts';

const WRITER = fileURLToPath(new URL('./writer.ts', import.meta.url));
const PROJECT = 'ali-test-project';

async function meet(meetings: number, endpoint?: string) {
  await using sls = await startStandIn({ projects: [PROJECT] });
  sls.groups(PROJECT).set('web', { ...definitionOf(machines(12)), machineList: machines(12) });
  // A write takes a moment at the service, so that two can meet there.
  const aim = { operation: 'UpdateMachineGroup', times: Number.POSITIVE_INFINITY } as const;
  sls.faults.add({ kind: 'delay', delayMs: 2, moment: 'before', ...aim });
  const { host, port } = sls;
  const children = ['one', 'other'].map((name) =>
    started({
      name,
      sls: { endpoint: sls.endpoint, host, port },
      ...(endpoint === undefined ? {} : { table: { name: TABLE, endpoint } }),
    }),
  );
  let met = 0;
  const stop = () => {
    for (const child of children) if (child.connected) child.send('stop');
  };
  for (const child of children) {
    child.on('message', (message) => {
      if (message === 'met') met += 1;
      if (met === meetings || message !== 'met') stop();
    });
  }
  const told = await Promise.all(children.map(ended));
  const sum = (of: (one: Told) => number) => told.reduce((total, one) => total + of(one), 0);
  return {
    overlapping: sls.overlappingWrites,
    written: sum(({ written }) => written),
    met,
    failed: told.flatMap(({ failed }) => failed),
  };
}

function started(setting: Setting): ChildProcess {
  return fork(WRITER, [JSON.stringify(setting)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
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

test('with a lease, no two writes overlap in a thousand meetings', { timeout: 90_000 }, async () => {
  await using dynamo = await startDynamo();
  const { overlapping, written, met, failed } = await meet(1_000, dynamo.url);
  expect(failed).toEqual([]);
  expect(overlapping).toBe(0);
  expect(met).toBeGreaterThanOrEqual(1_000);
  expect(written).toBeGreaterThan(0);
});

test('without one they do: the service would have seen it', { timeout: 90_000 }, async () => {
  const { overlapping } = await meet(20);
  expect(overlapping).toBeGreaterThan(0);
});
