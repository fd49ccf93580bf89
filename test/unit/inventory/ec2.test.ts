// The EC2 adapter over clients that a test hands in: states, pages and answers that moto does not produce.
// Shapes are those of the SDK; the fixture says where they come from. ec2.moto.test.ts runs the real SDK.
import { describe, expect, it, test } from 'vitest';
import type * as z from 'zod/mini';
import type { IdentifyType } from '../../../lib/core/group/machine-group.ts';
import type { AutoScalingApi, AwsApis, Ec2Api, Ec2Instance } from '../../../lib/inventory/sources/ec2/api.ts';
import { open as openEc2 } from '../../../lib/inventory/sources/ec2/read.ts';
import { ec2Source } from '../../../lib/inventory/sources/ec2/settings.ts';
import { fixture } from '../../support/fixture.ts';

type Settings = z.input<typeof ec2Source>;
type Lifecycle = { InstanceId: string; LifecycleState: string };
type Page = Awaited<ReturnType<Ec2Api['describeInstances']>>;

const captured = fixture<{ instances: Ec2Instance[]; lifecycles: Lifecycle[] }>('inventory/ec2-lifecycle');

interface World {
  readonly pages: readonly Page[];
  readonly lifecycles?: readonly Lifecycle[];
}

/** One page a call, whatever the token is called; records what was asked. */
function world(places: Readonly<Record<string, World>>) {
  const asked: { instances: object[]; lifecycles: string[][]; roles: object[]; closed: number } = {
    instances: [],
    lifecycles: [],
    roles: [],
    closed: 0,
  };
  const at = ({ region, credentials }: Parameters<AwsApis['ec2']>[0]) =>
    places[credentials ? `${credentials.accessKeyId} ${region}` : region] ?? { pages: [{}] };
  const close = () => {
    asked.closed += 1;
  };
  const aws: AwsApis = {
    ec2: async (place) => {
      let next = 0;
      return {
        describeInstances: async (input) => {
          asked.instances.push(input);
          return at(place).pages[next++] ?? {};
        },
        close,
      } satisfies Ec2Api;
    },
    autoScaling: async (place) =>
      ({
        describeAutoScalingInstances: async ({ InstanceIds }) => {
          asked.lifecycles.push(InstanceIds);
          return {
            AutoScalingInstances: at(place).lifecycles?.filter(({ InstanceId }) =>
              InstanceIds.includes(InstanceId),
            ),
          };
        },
        close,
      }) satisfies AutoScalingApi,
    assumeRole: async (role, place) => {
      asked.roles.push({ ...role, ...place });
      return { accessKeyId: role.roleArn, secretAccessKey: 'not-a-real-secret' };
    },
  };
  return { aws, asked };
}

const R1 = 'eu-central-1';
const R2 = 'us-east-1';

function open(aws: AwsApis, more: Partial<Settings> = {}, identify: IdentifyType = 'ip') {
  const settings = ec2Source.parse({ type: 'ec2', regions: [R1], all: !more.tags && !more.filters, ...more });
  return openEc2(settings, 'sources[0] ec2', identify, { now: () => 5, aws });
}

async function read(
  places: Readonly<Record<string, World>>,
  more: Partial<Settings> = {},
  identify: IdentifyType = 'ip',
) {
  const { aws, asked } = world(places);
  const snapshot = await open(aws, more, identify).snapshot();
  return {
    asked,
    snapshot,
    machines: Object.fromEntries(snapshot.machines.map(({ origin, value }) => [origin.id.slice(-2), value])),
    skipped: Object.fromEntries(snapshot.skipped.map(({ origin, reason }) => [origin.id.slice(-2), reason])),
    reasons: snapshot.completeness.complete ? [] : snapshot.completeness.reasons,
  };
}

const one = (...instances: Ec2Instance[]): Record<string, World> => ({
  [R1]: { pages: [{ Reservations: [{ Instances: instances }] }] },
});
const instance = (number: number, more: Ec2Instance = {}): Ec2Instance => ({
  InstanceId: `i-${number}`.padEnd(4, '0'),
  State: { Name: 'running' },
  PrivateIpAddress: `10.0.0.${number}`,
  VpcId: 'vpc-1',
  ...more,
});

describe('pages', () => {
  it('flattens reservations and follows tokens through an empty page until none is left', async () => {
    const { machines, snapshot, asked } = await read({
      [R1]: {
        pages: [
          {
            Reservations: [{ Instances: [instance(11), instance(12)] }, { Instances: [instance(13)] }],
            NextToken: 'a',
          },
          { Reservations: [], NextToken: 'b' },
          { NextToken: 'c' },
          { Reservations: [{}, { Instances: [instance(14)] }], NextToken: undefined },
        ],
      },
    });
    expect(machines).toEqual({ 11: '10.0.0.11', 12: '10.0.0.12', 13: '10.0.0.13', 14: '10.0.0.14' });
    expect(snapshot).toMatchObject({
      takenAt: 5,
      completeness: { complete: true, proof: '4 of 4 matching instances, 4 pages, 1 regions' },
    });
    expect(asked.instances).toEqual([
      { MaxResults: 1000 },
      { MaxResults: 1000, NextToken: 'a' },
      { MaxResults: 1000, NextToken: 'b' },
      { MaxResults: 1000, NextToken: 'c' },
    ]);
    expect(asked.closed).toBe(1);
  });

  it('pitfall 24: takes an empty token for the end', async () => {
    const { machines, asked } = await read({
      [R1]: { pages: [{ Reservations: [{ Instances: [instance(11)] }], NextToken: '' }] },
    });
    expect(machines).toEqual({ 11: '10.0.0.11' });
    expect(asked.instances).toHaveLength(1);
  });

  it('does not go round in circles', async () => {
    const { aws } = world({ [R1]: { pages: Array(9).fill({ NextToken: 'a' }) } });
    await expect(open(aws).snapshot()).rejects.toMatchObject({ name: 'SourceError', code: 'malformed' });
  });

  it('counts an instance that moved between pages once', async () => {
    const page = { Reservations: [{ Instances: [instance(11)] }] };
    const { snapshot } = await read({ [R1]: { pages: [{ ...page, NextToken: 'a' }, page] } });
    expect(snapshot.machines).toHaveLength(1);
  });

  it('throws when a later page fails, and reports the service’s words', async () => {
    const { aws } = world({});
    const cause = Object.assign(new Error('DescribeInstances in eu-central-1: RequestLimitExceeded'), {
      code: 'throttled',
      status: 503,
      requestId: 'r-1',
    });
    const answers = [
      Promise.resolve({ Reservations: [{ Instances: [instance(11)] }], NextToken: 'a' }),
      Promise.reject(cause),
    ];
    const failing: AwsApis = {
      ...aws,
      ec2: async () => ({ describeInstances: () => answers.shift() ?? Promise.reject(), close: () => {} }),
    };
    await expect(open(failing).snapshot()).rejects.toMatchObject({
      name: 'SourceError',
      code: 'throttled',
      status: 503,
      requestId: 'r-1',
      source: 'sources[0] ec2',
      cause,
    });
  });
});

describe('accounts and regions', () => {
  const place = (...instances: Ec2Instance[]): World => ({
    pages: [{ Reservations: [{ Instances: instances }] }],
  });

  it('reads every region of every role, with the external id', async () => {
    const [a, b] = ['arn:aws:iam::111111111111:role/read', 'arn:aws:iam::222222222222:role/read'];
    const { machines, asked, snapshot } = await read(
      {
        [`${a} ${R1}`]: place(instance(11)),
        [`${a} ${R2}`]: place(instance(12)),
        [`${b} ${R2}`]: place(instance(13)),
      },
      { regions: [R1, R2], roleArns: [a, b], externalId: 'sls-1' },
    );
    expect(machines).toEqual({ 11: '10.0.0.11', 12: '10.0.0.12', 13: '10.0.0.13' });
    expect(asked.roles).toEqual([
      { roleArn: a, externalId: 'sls-1', region: R1 },
      { roleArn: b, externalId: 'sls-1', region: R1 },
    ]);
    expect(snapshot.completeness).toMatchObject({ proof: '3 of 3 matching instances, 4 pages, 4 regions' });
  });

  it('pitfall 1: one region that may not be read fails the whole reading, and stops the others', async () => {
    const { aws } = world({ [R1]: place(instance(11)) });
    const denied = Object.assign(new Error('DescribeInstances in us-east-1: UnauthorizedOperation'), {
      code: 'forbidden',
    });
    let stopped = false;
    const partly: AwsApis = {
      ...aws,
      ec2: async (at) => ({
        describeInstances: (_input, signal) => {
          if (at.region === R2) return Promise.reject(denied);
          return new Promise((_, reject) => {
            signal?.addEventListener('abort', () => {
              stopped = true;
              reject(signal.reason);
            });
          });
        },
        close: () => {},
      }),
    };
    await expect(open(partly, { regions: [R1, R2] }).snapshot()).rejects.toMatchObject({
      code: 'forbidden',
      cause: denied,
    });
    expect(stopped).toBe(true);
  });

  it('a role that cannot be assumed fails the whole reading', async () => {
    const { aws, asked } = world({});
    const denied = Object.assign(new Error('AssumeRole: AccessDenied'), { code: 'forbidden' });
    const source = open(
      { ...aws, assumeRole: () => Promise.reject(denied) },
      { roleArns: ['arn:aws:iam::111111111111:role/read'] },
    );
    await expect(source.snapshot()).rejects.toMatchObject({ code: 'forbidden' });
    expect(asked.instances).toEqual([]);
  });

  it('pitfall 8: one address in two networks is a collision, named with both', async () => {
    const { snapshot, reasons } = await read(
      {
        [R1]: place(instance(11)),
        [R2]: place(instance(12, { PrivateIpAddress: '10.0.0.11', VpcId: 'vpc-2' })),
      },
      { regions: [R1, R2] },
    );
    expect(snapshot.machines).toHaveLength(2);
    expect(reasons).toEqual([
      'several instances have the address 10.0.0.11, which an ip group cannot tell apart: i-11 in vpc-1, eu-central-1, i-12 in vpc-2, us-east-1',
    ]);
  });
});

describe('filters', () => {
  it('asks for tags and filters, one value or several', async () => {
    const { asked } = await read(one(instance(11)), {
      tags: { 'sls-group': 'web', stage: ['prod', 'canary'] },
      filters: { 'vpc-id': 'vpc-1', platform: ['windows'] },
    });
    expect(asked.instances).toEqual([
      {
        MaxResults: 1000,
        Filters: [
          { Name: 'tag:sls-group', Values: ['web'] },
          { Name: 'tag:stage', Values: ['prod', 'canary'] },
          { Name: 'vpc-id', Values: ['vpc-1'] },
          { Name: 'platform', Values: ['windows'] },
        ],
      },
    ]);
  });

  const states = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'].map(
    (Name, index) =>
      instance(11 + index, {
        State: { Name },
        ...(Name === 'terminated' ? { PrivateIpAddress: undefined } : {}),
      }),
  );

  it('pitfall 10: pending and running count by default; the others are left out with their state', async () => {
    const { machines, skipped, reasons } = await read(one(...states));
    expect(machines).toEqual({ 11: '10.0.0.11', 12: '10.0.0.12' });
    expect(skipped).toEqual({
      13: 'state stopping',
      14: 'state stopped',
      15: 'state shutting-down',
      16: 'state terminated',
    });
    expect(reasons).toEqual([]);
  });

  it('pitfall 10: a stopped instance keeps its address and counts where the setting says so', async () => {
    const { machines, reasons } = await read(one(...states), { states: ['running', 'stopped'] });
    expect(machines).toEqual({ 12: '10.0.0.12', 14: '10.0.0.14' });
    expect(reasons).toEqual([]);
  });
});

describe('pitfall 11: Auto Scaling', () => {
  const places: Record<string, World> = {
    [R1]: { pages: [{ Reservations: [{ Instances: captured.instances }] }], lifecycles: captured.lifecycles },
  };

  it('leaves out what is terminating or in a warm pool, although it is described as running', async () => {
    const { machines, skipped, snapshot, asked } = await read(places);
    expect(machines).toEqual({ '01': '10.0.1.1', '04': '10.0.1.4', '05': '10.0.1.5', '07': '10.0.1.7' });
    expect(skipped).toEqual({
      '02': 'Auto Scaling state Terminating:Wait',
      '03': 'Auto Scaling state Warmed:Running',
      '06': 'Auto Scaling state Terminated',
      '08': 'state terminated',
    });
    expect(snapshot.skipped[0]).toMatchObject({ value: '10.0.1.2' });
    expect(snapshot.completeness.complete).toBe(true);
    // Neither the instance outside any group nor the terminated one is asked about.
    expect(asked.lifecycles).toEqual([[1, 2, 3, 4, 5, 6].map((n) => `i-0000000000000000${n}`)]);
  });

  it('keeps only InService where the setting says so', async () => {
    const { machines, skipped } = await read(places, { asgInService: true });
    expect(machines).toEqual({ '01': '10.0.1.1', '07': '10.0.1.7' });
    expect(skipped).toMatchObject({
      '04': 'Auto Scaling state Standby',
      '05': 'Auto Scaling state Pending:Wait',
    });
  });

  test.each([
    'Terminating',
    'Terminating:Wait',
    'Terminating:Proceed',
    'Terminating:Retained',
    'Terminated',
    'Warmed:Pending',
    'Warmed:Stopped',
    'Warmed:Hibernated',
    'Warmed:Terminating:Wait',
  ])('%s is never a member', async (LifecycleState) => {
    const tagged = instance(11, { Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }] });
    const { machines, reasons } = await read({
      [R1]: {
        pages: [{ Reservations: [{ Instances: [tagged] }] }],
        lifecycles: [{ InstanceId: 'i-11', LifecycleState }],
      },
    });
    expect(machines).toEqual({});
    expect(reasons).toEqual([]);
  });

  it('neither adds nor lets go of an instance that Auto Scaling does not know: the reading is incomplete', async () => {
    const { machines, skipped, reasons } = await read({
      [R1]: { ...places[R1], lifecycles: captured.lifecycles.slice(1) } as World,
    });
    expect(machines).not.toHaveProperty('01');
    const reason = 'in Auto Scaling group web by its tag, but Auto Scaling does not know it';
    expect(skipped).toMatchObject({ '01': reason });
    expect(reasons).toEqual([`${reason}: i-00000000000000001`]);
  });

  it('asks about fifty at a time', async () => {
    const instances = Array.from({ length: 120 }, (_, index) =>
      instance(0, {
        InstanceId: `i-${index}`,
        PrivateIpAddress: `10.0.9.${index}`,
        Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }],
      }),
    );
    const lifecycles = instances.map(({ InstanceId = '' }) => ({ InstanceId, LifecycleState: 'InService' }));
    const { asked, snapshot } = await read({
      [R1]: { pages: [{ Reservations: [{ Instances: instances }] }], lifecycles },
    });
    expect(asked.lifecycles.map((ids) => ids.length)).toEqual([50, 50, 20]);
    expect(snapshot.machines).toHaveLength(120);
  });

  it('asks nothing where no instance is in a group', async () => {
    expect((await read(one(instance(11)))).asked.lifecycles).toEqual([]);
  });
});

describe('the chosen address', () => {
  const v6 = (Ipv6Address: string, IsPrimaryIpv6?: boolean) => ({ Ipv6Address, IsPrimaryIpv6 });
  const multi = instance(11, {
    PublicIpAddress: '198.51.100.7',
    Ipv6Address: '2001:db8::1',
    NetworkInterfaces: [
      {
        Description: 'agent',
        PrivateIpAddress: '10.1.0.11',
        Attachment: { DeviceIndex: 1 },
        Ipv6Addresses: [v6('2001:db8:1::1'), v6('2001:db8:1::2', true)],
      },
      {
        Description: 'primary',
        PrivateIpAddress: '10.0.0.11',
        Attachment: { DeviceIndex: 0, NetworkCardIndex: 0 },
        Ipv6Addresses: [v6('2001:db8::1')],
      },
      {
        Description: 'twin',
        PrivateIpAddress: '10.2.0.11',
        Attachment: { DeviceIndex: 1, NetworkCardIndex: 1 },
      },
      {
        Description: 'twin',
        Attachment: { DeviceIndex: 3 },
        Ipv6Addresses: [v6('2001:db8:3::1'), v6('2001:db8:3::2')],
      },
    ],
  });

  test.each<[NonNullable<Settings['address']>, string]>([
    ['privateIp', '10.0.0.11'],
    ['publicIp', '198.51.100.7'],
    ['ipv6', '2001:db8::1'],
    [{ interface: 0 }, '10.0.0.11'],
    [{ interface: 1 }, '10.1.0.11'],
    [{ interface: 1, family: 'ipv6' }, '2001:db8:1::2'],
    [{ interface: 'agent' }, '10.1.0.11'],
  ])('by %j is %s', async (address, expected) => {
    const { machines, reasons } = await read(one(multi), { address });
    expect(machines).toEqual({ 11: expected });
    expect(reasons).toEqual([]);
  });

  test.each<[NonNullable<Settings['address']>, string]>([
    [{ interface: 2 }, 'no network interface 2'],
    [{ interface: 'absent' }, 'no network interface "absent"'],
    [{ interface: 'twin' }, 'several network interfaces "twin"'],
    [{ interface: 3 }, 'no IPv4 address on network interface 3'],
    [{ interface: 3, family: 'ipv6' }, 'several IPv6 addresses, none of them primary'],
  ])(
    'by %j leads to no one address: the reading is incomplete and names the instance',
    async (address, reason) => {
      const { machines, skipped, reasons } = await read(one(multi), { address });
      expect(machines).toEqual({});
      expect(skipped).toEqual({ 11: reason });
      expect(reasons).toEqual([`${reason}: i-11`]);
    },
  );

  it('is missing from an instance: the reading names each such and keeps the others', async () => {
    const bare = (number: number, state: string) =>
      instance(number, { PrivateIpAddress: undefined, State: { Name: state } });
    const { machines, reasons } = await read(one(instance(11), bare(12, 'running'), bare(13, 'pending')));
    expect(machines).toEqual({ 11: '10.0.0.11' });
    expect(reasons).toEqual(['no private address: i-12, i-13']);
    expect((await read(one(instance(11)), { address: 'publicIp' })).reasons).toEqual([
      'no public address: i-11',
    ]);
    expect((await read(one(instance(11)), { address: 'ipv6' })).reasons).toEqual(['no IPv6 address: i-11']);
  });
});

describe('userdefined groups', () => {
  const tagged = instance(11, { Tags: [{ Key: 'sls-id', Value: 'Web One' }], PrivateIpAddress: undefined });

  it('take the instance id, or a tag', async () => {
    expect((await read(one(tagged), {}, 'userdefined')).machines).toEqual({ 11: 'i-11' });
    expect((await read(one(tagged), { id: 'instanceId' }, 'userdefined')).machines).toEqual({ 11: 'i-11' });
    const { machines, reasons } = await read(
      one(tagged, instance(12), instance(13, { Tags: [{ Key: 'sls-id', Value: '' }] })),
      { id: { tag: 'sls-id' } },
      'userdefined',
    );
    expect(machines).toEqual({ 11: 'Web One' });
    expect(reasons).toEqual(['no tag sls-id: i-12', 'an empty tag sls-id: i-13']);
  });

  it('may share one id', async () => {
    const shared = [11, 12].map((number) => instance(number, { Tags: [{ Key: 'sls-id', Value: 'web' }] }));
    expect((await read(one(...shared), { id: { tag: 'sls-id' } }, 'userdefined')).reasons).toEqual([]);
  });
});

it('pitfall 9: Windows and Linux in one selection leave the reading incomplete', async () => {
  const { machines, reasons } = await read(
    one(instance(11), instance(12, { Platform: 'windows' }), instance(13)),
  );
  expect(Object.keys(machines)).toHaveLength(3);
  expect(reasons).toEqual([
    '1 Windows and 2 Linux instances, which must not share a group; select by platform. Windows: i-12',
  ]);
  expect((await read(one(instance(12, { Platform: 'Windows' })))).reasons).toEqual([]);
});

it('pitfall 9: a stopped Windows instance is in no selection', async () => {
  const stopped = instance(12, { Platform: 'windows', State: { Name: 'stopped' } });
  expect((await read(one(instance(11), stopped))).reasons).toEqual([]);
});

it('names an instance without an id', async () => {
  expect((await read(one({ State: { Name: 'running' } }, instance(11)))).reasons).toEqual([
    'an instance without an id: eu-central-1',
  ]);
});
