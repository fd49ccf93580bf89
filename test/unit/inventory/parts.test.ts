// Parts of one reading: what tags an inventory shows, and the machines of each combination, for one reading and its calls.
import { describe, expect, test } from 'vitest';
import { openReadings } from '../../../lib/inventory/readings.ts';
import type { AwsApis, Ec2Instance } from '../../../lib/inventory/sources/ec2/api.ts';
import { open } from '../../../lib/inventory/sources/ec2/read.ts';
import { ec2Source } from '../../../lib/inventory/sources/ec2/settings.ts';

const settings = ec2Source.parse({ type: 'ec2', regions: ['eu-central-1'], all: true });
const ASG = 'aws:autoscaling:groupName';

function machine(id: string, tags: Record<string, string>, more: Partial<Ec2Instance> = {}): Ec2Instance {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const PrivateIpAddress = `10.0.0.${id.length + id.charCodeAt(0) - 96}`;
  return { InstanceId: `i-${id}`, State: { Name: 'running' }, PrivateIpAddress, Tags, ...more };
}

function reading(instances: readonly Ec2Instance[], lifecycles: Record<string, string> = {}) {
  const calls = { pages: 0, lifecycles: [] as string[][] };
  const pages = [instances.slice(0, 2), instances.slice(2)];
  const aws: AwsApis = {
    ec2: async () => ({
      describeInstances: async ({ NextToken }) => {
        calls.pages += 1;
        return NextToken
          ? { Reservations: [{ Instances: pages[1] ?? [] }] }
          : { Reservations: [{ Instances: pages[0] ?? [] }], NextToken: 'more' };
      },
      close: () => {},
    }),
    autoScaling: async () => ({
      describeAutoScalingInstances: async ({ InstanceIds }) => {
        calls.lifecycles.push(InstanceIds);
        return {
          AutoScalingInstances: InstanceIds.flatMap((InstanceId) => {
            const LifecycleState = lifecycles[InstanceId];
            return LifecycleState === undefined ? [] : { InstanceId, LifecycleState };
          }),
        };
      },
      close: () => {},
    }),
    assumeRole: async () => {
      throw new Error('no role is assumed');
    },
  };
  const readings = openReadings([{ settings, label: 'sources[0] ec2', identify: 'ip' }], new Map(), true);
  const deps = { now: Date.now, aws, readings };
  const source = (part?: readonly (readonly [string, string])[]) =>
    open(settings, 'sources[0] ec2', 'ip', deps, part);
  return { calls, source };
}

const web = { team: 'web', role: 'api' };

test('shows each combination of selected machines once, and how many lack a tag', async () => {
  const { source, calls } = reading([
    machine('a', web),
    machine('b', web),
    machine('c', { team: 'ops', role: '' }),
    machine('d', { team: 'ops' }),
    machine('e', { team: 'gone', role: 'db' }, { State: { Name: 'terminated' } }),
  ]);
  const shown = await source().shown?.(['team', 'role']);
  expect(shown).toEqual({
    combinations: [
      ['web', 'api'],
      ['ops', ''],
    ],
    without: 1,
  });
  const parts = await Promise.all([
    source([
      ['team', 'web'],
      ['role', 'api'],
    ]).snapshot(),
    source([
      ['team', 'ops'],
      ['role', ''],
    ]).snapshot(),
    source([
      ['team', 'web'],
      ['role', 'db'],
    ]).snapshot(),
  ]);
  expect(parts.map(({ machines }) => machines.map(({ origin }) => origin.id))).toEqual([
    ['i-a', 'i-b'],
    ['i-c'],
    [],
  ]);
  expect(calls.pages).toBe(2);
  // One reading, by which the breaker knows that these groups share it.
  expect(new Set(parts.flatMap(({ readings }) => readings)).size).toBe(1);
});

describe('doubts stay with the part that they concern', () => {
  test('Windows and Linux in two parts are no mixture', async () => {
    const { source } = reading([
      machine('a', { os: 'w' }, { Platform: 'windows' }),
      machine('b', { os: 'l' }),
    ]);
    const complete = await Promise.all(
      ['w', 'l'].map(async (os) => (await source([['os', os]]).snapshot()).completeness.complete),
    );
    expect(complete).toEqual([true, true]);
    expect((await source().snapshot()).completeness.complete).toBe(false);
  });

  test('a machine that Auto Scaling does not know shows its combination, and leaves it incomplete', async () => {
    const { source, calls } = reading(
      [machine('a', { ...web, [ASG]: 'g' }), machine('b', { team: 'ops', role: 'db', [ASG]: 'g' })],
      { 'i-b': 'InService' },
    );
    expect((await source().shown?.(['team']))?.combinations).toEqual([['web'], ['ops']]);
    const complete = async (team: string) =>
      (await source([['team', team]]).snapshot()).completeness.complete;
    expect([await complete('web'), await complete('ops')]).toEqual([false, true]);
    expect(calls.lifecycles).toEqual([['i-a', 'i-b']]);
  });
});

test('values are compared to the letter: what is a wildcard in a filter is none here', async () => {
  const { source } = reading([
    machine('a', { team: '*' }),
    machine('b', { team: 'x' }),
    machine('c', { team: '__proto__' }),
  ]);
  const of = async (team: string) =>
    (await source([['team', team]]).snapshot()).machines.map(({ origin }) => origin.id);
  expect([await of('*'), await of('?'), await of('__proto__')]).toEqual([['i-a'], [], ['i-c']]);
});
