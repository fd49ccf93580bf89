// The ECS source against a stand-in of ECS, Auto Scaling and STS that verifies signatures by itself, over real sockets.
// Time is the test's: waits move the clock that both sides have.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type * as z from 'zod/mini';
import type { IdentifyType } from '../../../lib/core/group/machine-group.ts';
import type { Snapshot } from '../../../lib/core/reading/snapshot.ts';
import { openReadings } from '../../../lib/inventory/readings.ts';
import type { AccessKey, AlibabaApis } from '../../../lib/inventory/sources/alibaba-ecs/api.ts';
import { open as openEcs } from '../../../lib/inventory/sources/alibaba-ecs/read.ts';
import { alibabaEcsSource } from '../../../lib/inventory/sources/alibaba-ecs/settings.ts';
import { createTransport } from '../../../lib/sls/transport.ts';
import {
  ACCOUNT,
  ECS_KEY,
  type EcsStandIn,
  refuse,
  type ShownInstance,
  shownInstance,
  startEcs,
} from '../../support/stand-in-ecs/index.ts';

type Settings = Partial<z.input<typeof alibabaEcsSource>>;
type Id = NonNullable<Settings['id']>;

const R1 = 'cn-hangzhou';
const R2 = 'cn-shanghai';
/** Ten seconds into a minute. */
const START = Date.UTC(2026, 0, 1, 12, 0, 10);

let ecs: EcsStandIn;
/** What the source takes for now; the service's clock may be another. */
let now: number;
let skew: number;
let waits: number[];
let apis: AlibabaApis;
let key: AccessKey;

beforeEach(async () => {
  [now, skew, waits] = [START, 0, []];
  ecs = await startEcs(() => now + skew);
  key = { get: async () => ECS_KEY, refresh: async () => undefined };
  apis = {
    send: createTransport(),
    accessKey: () => key,
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
    random: () => 0.5,
    newNonce: randomUUID,
  };
});
afterEach(() => ecs[Symbol.asyncDispose]());

function settingsOf(more: Settings = {}) {
  const { origin } = ecs;
  return alibabaEcsSource.parse({
    type: 'alibaba-ecs',
    regions: [R1],
    all: !more.tags && !more.resourceGroupId,
    endpoints: { ecs: origin, ess: origin, sts: origin },
    ...more,
  });
}

function source(more: Settings = {}, identify: IdentifyType = 'ip') {
  const deps = { now: () => now, alibaba: apis };
  return openEcs(settingsOf(more), 'sources[0] alibaba-ecs', identify, deps);
}

async function read(more: Settings = {}, identify: IdentifyType = 'ip') {
  const snapshot = await source(more, identify).snapshot();
  return {
    snapshot,
    values: snapshot.machines.map(({ value }) => value),
    skipped: snapshot.skipped.map(({ reason }) => reason),
    reasons: snapshot.completeness.complete ? [] : snapshot.completeness.reasons,
  };
}

function has(instances: readonly ShownInstance[], region = R1, account = ACCOUNT): void {
  ecs.cloud.instances.set(`${account} ${region}`, [...instances]);
}

const many = (count: number, words: Parameters<typeof shownInstance>[1] = {}) =>
  Array.from({ length: count }, (_, index) => shownInstance(index + 1, words));
const pagesAsked = () =>
  ecs.asked.filter(({ action, query }) => action === 'DescribeInstances' && !query.DryRun);
const failure = (more: Settings = {}) =>
  source(more)
    .snapshot()
    .then(
      () => expect.fail('it was read'),
      (error: unknown) => error,
    );

describe('3 000 instances', () => {
  beforeEach(() => has(many(3_000)));

  it('are read in pages of 100, each signed for itself, and proved to be all', async () => {
    const { snapshot, values } = await read();
    expect(new Set(values).size).toBe(3_000);
    expect(pagesAsked()).toHaveLength(30);
    expect(ecs.refused).toEqual([]);
    expect(snapshot).toMatchObject({
      takenAt: START,
      completeness: {
        complete: true,
        proof: '3000 of 3000 instances, 30 pages, 1 regions, each with its right to read proved by a dry run',
      },
    });
  });

  test('denied: the empty list is not believed', async () => {
    ecs.cloud.denied.add(`${ACCOUNT} DescribeInstances`);
    expect(await failure()).toMatchObject({
      name: 'SourceError',
      code: 'forbidden',
      message: 'sources[0] alibaba-ecs: DescribeInstances in cn-hangzhou: Forbidden.RAM',
    });
  });

  test.each([
    ['comes while it is read', 2, 'add'],
    ['goes while it is read', 7, 'delete'],
  ] as const)('a permission that %s', async (_what, at, change) => {
    const { denied: list } = ecs.cloud;
    if (change === 'add') list.add(`${ACCOUNT} DescribeInstances`);
    ecs.meddle = (_asked, count) => {
      if (count === at) list[change === 'add' ? 'delete' : 'add'](`${ACCOUNT} DescribeInstances`);
      return undefined;
    };
    expect(await failure()).toMatchObject({ code: 'forbidden' });
  });

  test('a dry run that is answered proves nothing', async () => {
    ecs.meddle = ({ query }) =>
      query.DryRun ? { status: 200, body: { RequestId: 'R', Instances: { Instance: [] } } } : undefined;
    expect(await failure()).toMatchObject({ code: 'forbidden' });
  });

  test('throttled: HTTP 400, tried again in the next minute', async () => {
    ecs.meddle = (_asked, count) => (count === 4 ? refuse(400, 'Throttling.User') : undefined);
    expect((await read()).values).toHaveLength(3_000);
    // From 10 s to the minute, and half of the spread.
    expect(waits).toEqual([51_000]);
  });

  test('throttled for longer than the minute, as the answer says', async () => {
    const throttled = { ...refuse(400, 'Throttling'), headers: { 'x-acs-retry-after': '70000' } };
    ecs.meddle = (_asked, count) => (count === 4 ? throttled : undefined);
    expect((await read()).values).toHaveLength(3_000);
    expect(waits).toEqual([71_000]);
  });

  test('throttled for longer than the reading may take: it fails at once and says why', async () => {
    ecs.meddle = (_asked, count) => (count >= 4 ? refuse(400, 'Throttling.User') : undefined);
    expect(await failure({ timeoutMs: 20_000 })).toMatchObject({
      code: 'throttled',
      status: 400,
      message: 'sources[0] alibaba-ecs: DescribeInstances in cn-hangzhou: Throttling.User',
    });
    expect(waits).toEqual([]);
  });

  test('throttled minute after minute: until the time is over', async () => {
    ecs.meddle = (_asked, count) => (count >= 4 ? refuse(400, 'Throttling.User') : undefined);
    expect(await failure()).toMatchObject({ code: 'throttled' });
    expect(waits).toEqual([51_000]);
  });

  test('cut in the middle of a page: the page is asked for again, and never half of it taken', async () => {
    ecs.meddle = (_asked, count) => (count === 9 ? 'cut' : undefined);
    expect((await read()).values).toHaveLength(3_000);
    expect(waits).toHaveLength(1);
    ecs.meddle = (_asked, count) => (count > 50 ? 'cut' : undefined);
    expect(await failure()).toMatchObject({ code: 'unreachable' });
  });

  test('changing while it is read: a token that is not taken any more', async () => {
    ecs.meddle = (_asked, count) => {
      if (count === 9) ecs.cloud.changes += 1;
      return undefined;
    };
    expect(await failure()).toMatchObject({ code: 'changed', cause: { status: 400 } });
  });

  test('a page that names itself as the next', async () => {
    const page = { RequestId: 'R', NextToken: 'again', Instances: { Instance: [shownInstance(1)] } };
    ecs.meddle = ({ query }) => (query.DryRun ? undefined : { status: 200, body: page });
    expect(await failure()).toMatchObject({ code: 'malformed' });
  });

  test('an instance that moved between pages counts once, an empty page is not the end', async () => {
    const pages = [[shownInstance(1)], [], [shownInstance(1), shownInstance(2)]];
    ecs.meddle = ({ query }) =>
      query.DryRun
        ? undefined
        : {
            status: 200,
            body: {
              NextToken: ['b', 'c', null]['abc'.indexOf(query.NextToken ?? 'a')],
              Instances: { Instance: pages['abc'.indexOf(query.NextToken ?? 'a')] },
            },
          };
    expect((await read()).values).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  test.each([
    ['no list', {}],
    ['a list that is none', { Instances: { Instance: 'none' } }],
    ['an instance without an id', { Instances: { Instance: [{ Status: 'Running' }] } }],
    ['addresses that are none', { Instances: { Instance: [{ InstanceId: 'i-1', PublicIpAddress: 'x' }] } }],
  ])('%s is no answer', async (_what, body) => {
    ecs.meddle = ({ query }) => (query.DryRun ? undefined : { status: 200, body });
    expect(await failure()).toMatchObject({ code: 'malformed' });
  });
});

describe('filters', () => {
  const tags = { role: 'web' };

  it('selects by tags and resource group at the service, several values and empty ones here', async () => {
    has([
      shownInstance(1, { tags: { ...tags, site: 'a', spare: '' } }),
      shownInstance(2, { tags: { ...tags, site: 'c', spare: '' } }),
      shownInstance(3, { tags: { ...tags, site: 'b', spare: 'yes' } }),
      shownInstance(4, { tags: { site: 'a', spare: '' } }),
      shownInstance(5, { tags: { ...tags, site: 'b', spare: '' }, more: { ResourceGroupId: 'rg-other' } }),
    ]);
    const wanted = { tags: { ...tags, site: ['a', 'b'], spare: '' }, resourceGroupId: 'rg-acfmweb' };
    const { values, reasons, skipped } = await read(wanted);
    expect([values, reasons, skipped]).toEqual([['10.0.0.1'], [], []]);
    expect(pagesAsked()[0]?.query).toEqual({
      RegionId: R1,
      MaxResults: '100',
      'Tag.1.Key': 'role',
      'Tag.1.Value': 'web',
      'Tag.2.Key': 'site',
      'Tag.3.Key': 'spare',
      ResourceGroupId: 'rg-acfmweb',
    });
  });

  test.each([999, 1_000, 1_001, 2_500])('%i that fit a filter are all found', async (count) => {
    has([...many(count, { tags }), shownInstance(9_000), shownInstance(9_001, { tags: { role: 'db' } })]);
    const { values, reasons } = await read({ tags, resourceGroupId: 'rg-acfmweb' });
    expect(values).toHaveLength(count);
    expect(reasons).toEqual([]);
    // Everything is read where the filter may have hidden something.
    const whole = pagesAsked().filter(({ query }) => query['Tag.1.Key'] === undefined);
    expect(whole).toHaveLength(count < 1_000 ? 0 : Math.ceil((count + 2) / 100));
  });

  it('doubts what is answered though it was not asked for, and a resource group that is not told', async () => {
    ecs.meddle = ({ query }) =>
      query.DryRun ? undefined : { status: 200, body: { Instances: { Instance: [shownInstance(1)] } } };
    expect((await read({ tags })).reasons).toEqual([
      'tags or a resource group that were not asked for: i-bp10000000001',
    ]);
    ecs.meddle = () => undefined;
    has([...many(1_000, { tags }), shownInstance(2_000, { tags, more: { ResourceGroupId: '' } })]);
    const { values, reasons } = await read({ tags, resourceGroupId: 'rg-acfmweb' });
    expect(values).toHaveLength(1_000);
    expect(reasons).toEqual(['a resource group that the answer does not name: i-bp10000002000']);
  });

  it('takes running instances, others where the settings say so, and leaves out the rest with its state', async () => {
    has(
      ['Pending', 'Starting', 'Running', 'Stopping', 'Stopped', 'Odd'].map((Status, at) =>
        shownInstance(at, { more: { Status } }),
      ),
    );
    const { values, skipped, reasons } = await read();
    expect(values).toEqual(['10.0.0.2']);
    expect(skipped).toEqual(
      ['Pending', 'Starting', 'Stopping', 'Stopped', 'Odd'].map((state) => `state ${state}`),
    );
    expect(reasons).toEqual([]);
    expect((await read({ states: ['Running', 'Stopped'] })).values).toEqual(['10.0.0.2', '10.0.0.4']);
  });

  it('takes one operating system, and doubts a mix of two', async () => {
    has([shownInstance(1), shownInstance(2, { more: { OSType: 'windows' } })]);
    const mixed = await read();
    expect(mixed.values).toHaveLength(2);
    expect(mixed.reasons).toEqual([expect.stringMatching(/^1 Windows and 1 Linux instances/)]);
    const windows = await read({ osType: 'windows' });
    expect([windows.values, windows.skipped, windows.reasons]).toEqual([
      ['10.0.0.2'],
      ['operating system linux'],
      [],
    ]);
    has([shownInstance(3, { more: { OSType: null } })]);
    expect((await read({ osType: 'linux' })).reasons).toHaveLength(1);
  });
});

describe('the chosen address', () => {
  const sets = (...addresses: string[]) => ({ Ipv6Set: addresses.map((Ipv6Address) => ({ Ipv6Address })) });
  const eni = (Type: string, PrimaryIpAddress: string, ...ipv6: string[]) => ({
    Type,
    PrimaryIpAddress,
    Ipv6Sets: sets(...ipv6),
  });
  const interfaces = (...NetworkInterface: object[]) => ({ NetworkInterfaces: { NetworkInterface } });
  const full = {
    PublicIpAddress: { IpAddress: ['198.51.100.7'] },
    EipAddress: { IpAddress: '203.0.113.7' },
    ...interfaces(eni('Primary', '10.0.0.1', '2001:db8::1'), eni('Secondary', '10.1.0.1', '2001:db8:1::1')),
  };
  const classic = {
    VpcAttributes: { PrivateIpAddress: { IpAddress: [] } },
    InnerIpAddress: { IpAddress: ['10.9.9.9'] },
  };

  test.each<[Settings['address'], object, string]>([
    ['private', full, '10.0.0.1'],
    ['private', classic, '10.9.9.9'],
    ['public', full, '198.51.100.7'],
    ['eip', full, '203.0.113.7'],
    ['ipv6', full, '2001:db8::1'],
    [{ interface: 'primary' }, full, '10.0.0.1'],
    [{ interface: 'secondary' }, full, '10.1.0.1'],
    [{ interface: 'secondary', family: 'ipv6' }, full, '2001:db8:1::1'],
    [
      { interface: 'primary' },
      interfaces({
        Type: 'Primary',
        PrivateIpSets: {
          PrivateIpSet: [
            { PrivateIpAddress: '10.0.0.5', Primary: false },
            { PrivateIpAddress: '10.0.0.6', Primary: true },
          ],
        },
      }),
      '10.0.0.6',
    ],
  ])('%j is found', async (address, more, expected) => {
    has([shownInstance(1, { more: { ...more } })]);
    const { values, reasons } = await read({ address });
    expect([values, reasons]).toEqual([[expected], []]);
  });

  test.each<[Settings['address'], object, string]>([
    ['private', { VpcAttributes: null }, 'no private address'],
    [
      'private',
      { VpcAttributes: { PrivateIpAddress: { IpAddress: ['10.0.0.1', '10.0.0.2'] } } },
      'more than one private address',
    ],
    ['public', { PublicIpAddress: { IpAddress: [''] } }, 'no public address'],
    ['eip', {}, 'no elastic address'],
    ['ipv6', interfaces(eni('Primary', '10.0.0.1')), 'no IPv6 address on the primary network interface'],
    [
      'ipv6',
      interfaces(eni('Primary', '', '2001:db8::1', '2001:db8::2')),
      'more than one IPv6 address on the primary network interface',
    ],
    ['ipv6', { NetworkInterfaces: null }, 'no primary network interface'],
    [{ interface: 'secondary' }, {}, 'no secondary network interface'],
    [
      { interface: 'secondary' },
      interfaces(eni('Secondary', 'a'), eni('Secondary', 'b')),
      'several secondary network interfaces',
    ],
  ])('%j is missing: the reading is incomplete', async (address, more, reason) => {
    has([shownInstance(1, { more: { ...more } }), shownInstance(2, { more: full })]);
    const { values, reasons } = await read({ address });
    expect(values).toHaveLength(1);
    expect(reasons).toEqual([`${reason}: i-bp10000000001`]);
  });

  it('is named with both places where two machines have it', async () => {
    has([shownInstance(1)]);
    has([shownInstance(2, { ip: '10.0.0.1' })], R2);
    expect((await read({ regions: [R1, R2] })).reasons).toEqual([
      'several instances have the address 10.0.0.1, which an ip group cannot tell apart: i-bp10000000001 in vpc-bp1, cn-hangzhou, i-bp10000000002 in vpc-bp1, cn-shanghai',
    ]);
  });
});

describe('a userdefined group', () => {
  test.each<[Id, string]>([
    ['instanceId', 'i-bp10000000001'],
    ['instanceName', 'name-1'],
    ['hostName', 'host-1'],
    [{ tag: 'log-id' }, 'web-a'],
  ])('takes %j', async (id, expected) => {
    has([shownInstance(1, { tags: { 'log-id': 'web-a' } })]);
    expect((await read({ id }, 'userdefined')).values).toEqual([expected]);
  });

  it('takes the instance id where nothing is said, and doubts what has none', async () => {
    has([shownInstance(1, { tags: { empty: '' }, more: { HostName: '' } })]);
    expect((await read({}, 'userdefined')).values).toEqual(['i-bp10000000001']);
    const reasons = async (id: Id) => (await read({ id }, 'userdefined')).reasons;
    expect(await reasons('hostName')).toEqual(['an empty host name: i-bp10000000001']);
    expect(await reasons({ tag: 'empty' })).toEqual(['an empty tag empty: i-bp10000000001']);
    expect(await reasons({ tag: 'none' })).toEqual(['no tag none: i-bp10000000001']);
  });
});

describe('Auto Scaling', () => {
  const at = `${ACCOUNT} ${R1}`;
  const states = [
    'InService',
    'Protected',
    'Pending',
    'Pending:Wait',
    'Standby',
    'Stopped',
    'Removing',
    'Removing:Wait',
  ];
  const inState = (LifecycleState: string, index: number) => ({
    InstanceId: shownInstance(index + 1).InstanceId,
    LifecycleState,
  });

  it('is not asked unless the settings say so', async () => {
    has(many(8));
    ecs.cloud.scaling.set(at, states.map(inState));
    expect((await read()).values).toHaveLength(8);
    expect(ecs.asked.some(({ action }) => action === 'DescribeScalingInstances')).toBe(false);
  });

  it('leaves out what is not in service, and takes what it does not manage', async () => {
    has(many(9));
    ecs.cloud.scaling.set(at, states.map(inState));
    const { values, skipped, reasons } = await read({ inServiceOnly: true });
    expect(values).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.9']);
    expect(skipped).toEqual(states.slice(2).map((state) => `Auto Scaling state ${state}`));
    expect(reasons).toEqual([]);
  });

  it('doubts a state that is not documented, and a member of a group that Auto Scaling does not know', async () => {
    has([shownInstance(1), shownInstance(2, { tags: { 'acs:autoscaling:scalingGroupId': 'asg-1' } })]);
    ecs.cloud.scaling.set(at, [inState('Dancing', 0)]);
    const { values, reasons } = await read({ inServiceOnly: true });
    expect(values).toEqual([]);
    expect(reasons).toEqual([
      'Auto Scaling state Dancing, which is not a documented one: i-bp10000000001',
      'in scaling group asg-1 by its tag, but Auto Scaling does not know it: i-bp10000000002',
    ]);
  });

  it('is read in pages, again when it changes meanwhile, and fails where it keeps changing', async () => {
    has(many(250));
    const all = Array.from({ length: 250 }, (_, index) => inState('InService', index));
    ecs.cloud.scaling.set(at, all);
    const loseOneAt = (turn: (count: number) => boolean) => {
      ecs.meddle = ({ action }, count) => {
        if (action === 'DescribeScalingInstances' && turn(count)) ecs.cloud.scaling.set(at, all.slice(count));
        return undefined;
      };
    };
    loseOneAt((count) => count === 2);
    expect((await read({ inServiceOnly: true })).values).toHaveLength(250);
    expect(ecs.asked.filter(({ action }) => action === 'DescribeScalingInstances').length).toBeGreaterThan(3);
    loseOneAt(() => true);
    expect(await failure({ inServiceOnly: true })).toMatchObject({ code: 'changed' });
  });

  it('fails the reading where it may not be read', async () => {
    has(many(1));
    ecs.cloud.denied.add(`${ACCOUNT} DescribeScalingInstances`);
    expect(await failure({ inServiceOnly: true })).toMatchObject({ code: 'forbidden', status: 403 });
  });
});

describe('accounts and regions', () => {
  const [A, B] = ['acs:ram::2222222222222222:role/inventory', 'acs:ram::3333333333333333:role/inventory'];
  const externalId = 'sls-1';
  beforeEach(() => {
    ecs.cloud.roles.set(A, { account: '2222222222222222', externalId });
    ecs.cloud.roles.set(B, { account: '3333333333333333', externalId });
    has([shownInstance(1)], R1, '2222222222222222');
    has([shownInstance(2)], R2, '2222222222222222');
    has([shownInstance(3)], R2, '3333333333333333');
    has([shownInstance(4)]);
  });
  const roles = { regions: [R1, R2], roleArns: [A, B], externalId };
  const assumed = () => ecs.asked.filter(({ action }) => action === 'AssumeRole');

  it('reads every region of every role with its own key', async () => {
    const { values, snapshot } = await read(roles);
    expect(values).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    expect(snapshot.completeness).toMatchObject({ proof: expect.stringContaining('4 pages, 4 regions') });
    expect(assumed().map(({ query }) => query)).toEqual(
      [A, B].map((RoleArn) => ({
        RoleArn,
        ExternalId: externalId,
        RoleSessionName: 'sls-machine-groups',
        DurationSeconds: '900',
      })),
    );
    expect(pagesAsked().filter(({ account }) => account === ACCOUNT)).toEqual([]);
  });

  it('another run assumes the role anew, and what failed in one is no answer to the next', async () => {
    ecs.cloud.denied.add(`${ACCOUNT} AssumeRole`);
    expect(await failure(roles)).toMatchObject({ code: 'forbidden' });
    ecs.cloud.denied.clear();
    expect((await read(roles)).values).toHaveLength(3);
    expect(await failure({ ...roles, externalId: 'another' })).toMatchObject({ code: 'forbidden' });
  });

  it('one region that may not be read fails the whole reading', async () => {
    ecs.cloud.denied.add('3333333333333333 DescribeInstances');
    expect(await failure(roles)).toMatchObject({ code: 'forbidden' });
  });

  it('an answer without credentials shows nothing of what it holds', async () => {
    const Credentials = { AccessKeyId: 'STS.marked', AccessKeySecret: 'marked-secret' };
    ecs.meddle = ({ action }) =>
      action === 'AssumeRole' ? { status: 200, body: { Credentials } } : undefined;
    const error = (await failure(roles)) as Error;
    expect(error).toMatchObject({ code: 'malformed' });
    expect(JSON.stringify([error.message, error.cause ?? ''])).not.toContain('marked');
  });
});

describe('the key', () => {
  beforeEach(() => has(many(1)));

  it('is replaced once where the service does not know it any more', async () => {
    const old = { accessKeyId: 'test-old-key', accessKeySecret: 'not-a-real-old-secret' };
    key = { get: async () => old, refresh: async () => ECS_KEY };
    expect((await read()).values).toEqual(['10.0.0.1']);
    key = { get: async () => old, refresh: async () => old };
    expect(await failure()).toMatchObject({ code: 'forbidden', status: 404 });
  });

  test.each([-3_600_000, 3_600_000])('signs by the clock of the service, %i ms away', async (away) => {
    skew = away;
    expect((await read()).values).toEqual(['10.0.0.1']);
    expect(new Set(ecs.refused)).toEqual(new Set(['InvalidTimeStamp.Expired']));
  });

  it('signs anew where the service knows the nonce', async () => {
    const nonces = ['once', 'once', ...Array.from({ length: 9 }, () => randomUUID())];
    apis = { ...apis, newNonce: () => nonces.shift() ?? '' };
    expect((await read()).values).toEqual(['10.0.0.1']);
    expect(ecs.refused).toEqual(['SignatureNonceUsed']);
  });

  it('is in no error, whatever a service answers', async () => {
    const { accessKeyId, accessKeySecret } = ECS_KEY;
    for (const Code of [accessKeyId, `Bad.${accessKeySecret}`, accessKeySecret]) {
      ecs.meddle = () => ({
        status: 400,
        body: { Code, Message: accessKeySecret, RequestId: accessKeySecret },
      });
      const error = (await failure()) as Error & { readonly requestId?: string };
      expect(error).toMatchObject({ code: 'status', status: 400 });
      const told = JSON.stringify([error.message, error.requestId, error.cause]);
      expect(told).not.toContain(accessKeySecret);
      expect(told).not.toContain(accessKeyId);
    }
  });

  it('stops when it is told to', async () => {
    const given = new AbortController();
    ecs.meddle = () => {
      given.abort();
      return undefined;
    };
    await expect(source().snapshot(given.signal)).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('one reading for the groups of a run', () => {
  const roles = ['web', 'api', 'db', ''];
  const fleet = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const tags = { role: roles[index % 4] as string, ...(index % 3 === 0 && { site: `s-${index % 2}` }) };
      return shownInstance(index + 1, { tags, more: { ResourceGroupId: index % 5 ? 'rg-acfmweb' : '' } });
    });

  /** As one run reads them, each as a group of its own. */
  async function readTogether(all: readonly Settings[], large = new Map<string, number>()) {
    const settings = all.map(settingsOf);
    const label = 'sources[0] alibaba-ecs';
    const readings = openReadings(
      settings.map((one) => ({ settings: one, label, identify: 'ip' })),
      large,
    );
    const deps = { now: () => now, alibaba: apis, readings };
    const snapshots = settings.map((one) => openEcs(one, label, 'ip', deps).snapshot());
    return Promise.allSettled(snapshots);
  }
  const valuesOf = (outcome: PromiseSettledResult<Snapshot> | undefined) =>
    outcome?.status === 'fulfilled'
      ? outcome.value.machines.map(({ value }) => value).sort()
      : outcome?.reason;
  const dryRuns = () => ecs.asked.filter(({ query }) => query.DryRun);

  const filters: readonly Settings[] = [
    { tags: { role: 'web' } },
    { tags: { role: 'api' } },
    { tags: { role: ['web', 'db'] } },
    { tags: { role: '' } },
    { tags: { role: 'web', site: ['s-0', 's-1'] } },
    { tags: { site: 's-1' }, states: ['Running', 'Stopped'] },
    { tags: { role: 'none' } },
    { tags: { role: 'Web' } },
    { tags: { role: 'w*' } },
    { tags: { role: 'web' }, resourceGroupId: 'rg-acfmweb' },
    { tags: { role: 'db' }, osType: 'linux', address: 'ipv6' },
  ];

  it('selects what each filter selects by itself, from the pages of one', async () => {
    has(fleet(950));
    const alone = await Promise.all(filters.map((one) => readTogether([one])));
    const callsAlone = ecs.asked.length;
    const together = await readTogether(filters);
    expect(together.map(valuesOf)).toEqual(alone.map(([one]) => valuesOf(one)));
    expect(together.map((one) => one.status === 'fulfilled' && one.value.completeness.complete)).toEqual(
      alone.map(([one]) => one?.status === 'fulfilled' && one.value.completeness.complete),
    );
    // Ten pages of everything, and the resource group, which the service alone tells; each with its proof.
    const calls = ecs.asked.slice(callsAlone);
    const isFiltered = ({ query }: (typeof calls)[number]) =>
      Object.keys(query).some((name) => /^Tag/.test(name));
    expect(calls.filter((call) => !isFiltered(call))).toHaveLength(10 + 2);
    expect(calls.filter(isFiltered).every(({ query }) => query.ResourceGroupId)).toBe(true);
  });

  it('reads 500 groups from the pages of a region', async () => {
    has(many(3_000, { tags: { role: 'web' } }));
    await readTogether(Array.from({ length: 500 }, (_, index) => ({ tags: { role: `team-${index}` } })));
    expect(pagesAsked()).toHaveLength(30);
    expect(dryRuns()).toHaveLength(2);
  });

  it('goes by the filters where everything is more, and knows that the next time', async () => {
    has([...many(3_000), ...fleet(40).map((one, index) => ({ ...one, InstanceId: `i-small-${index}` }))]);
    const large = new Map<string, number>();
    const two: readonly Settings[] = [{ tags: { role: 'web' } }, { tags: { role: 'api' } }];
    const read = await readTogether(two, large);
    expect(read.map(valuesOf)).toMatchObject([{ length: 10 }, { length: 10 }]);
    // Four pages in vain after a dry run, and two filters of three calls.
    expect(ecs.asked).toHaveLength(5 + 6);
    await readTogether(two, large);
    expect(ecs.asked).toHaveLength(11 + 6);
  });

  it('reads everything once where filters would not show all', async () => {
    has(many(2_500, { tags: { role: 'web', site: 'a' } }));
    const read = await readTogether([{ tags: { role: 'web' } }, { tags: { site: 'a' } }]);
    expect(read.map(valuesOf)).toMatchObject([{ length: 2_500 }, { length: 2_500 }]);
    // Given up after four pages; ten of each filter; then all, for both.
    expect(pagesAsked()).toHaveLength(4 + 2 * 10 + 25);
  });

  test('a key that may read by its filters alone reads by them, and who may not read at all fails', async () => {
    has(fleet(40));
    ecs.meddle = ({ action, query }) => {
      if (action !== 'DescribeInstances' || !query.DryRun) return undefined;
      return query['Tag.1.Value'] === 'web' ? undefined : refuse(403, 'Forbidden.RAM');
    };
    const [web, api] = await readTogether([{ tags: { role: 'web' } }, { tags: { role: 'api' } }]);
    expect(valuesOf(web)).toHaveLength(10);
    expect(valuesOf(api)).toMatchObject({ code: 'forbidden' });
  });

  it('assumes a role once, and reads the AccessKey of a secret once', async () => {
    const role = 'acs:ram::2222222222222222:role/inventory';
    ecs.cloud.roles.set(role, { account: '2222222222222222' });
    let keys = 0;
    apis = {
      ...apis,
      accessKey: () => {
        keys += 1;
        return key;
      },
    };
    has(fleet(40), R1, '2222222222222222');
    const read = await readTogether(
      ['web', 'api', 'db'].map((name) => ({
        tags: { role: name },
        roleArns: [role],
        secretId: 'inventory/key',
      })),
    );
    expect(read.map(valuesOf)).toMatchObject([{ length: 10 }, { length: 10 }, { length: 10 }]);
    expect(ecs.asked.filter(({ action }) => action === 'AssumeRole')).toHaveLength(1);
    expect(keys).toBe(1);
    expect(pagesAsked()).toHaveLength(1);
  });

  it('asks Auto Scaling once for all, and those who do not ask are not kept by its failure', async () => {
    has(fleet(40));
    ecs.cloud.denied.add(`${ACCOUNT} DescribeScalingInstances`);
    const inServiceOnly = true;
    const [web, api, db] = await readTogether([
      { tags: { role: 'web' }, inServiceOnly },
      { tags: { role: 'api' }, inServiceOnly },
      { tags: { role: 'db' } },
    ]);
    expect([web, api].map(valuesOf)).toMatchObject([{ code: 'forbidden' }, { code: 'forbidden' }]);
    expect(valuesOf(db)).toHaveLength(10);
    expect(ecs.asked.filter(({ action }) => action === 'DescribeScalingInstances')).toHaveLength(1);
  });

  it('keeps doubts with the group that they concern', async () => {
    const noAddress = { VpcAttributes: { VpcId: 'vpc-bp1', PrivateIpAddress: { IpAddress: [] } } };
    has([
      ...fleet(40),
      shownInstance(101, { tags: { role: 'api' }, more: noAddress }),
      shownInstance(102, { tags: { role: 'nobody' }, more: noAddress }),
    ]);
    const read = await readTogether([{ tags: { role: 'web' } }, { tags: { role: 'api' } }]);
    expect(read).toMatchObject([
      { value: { completeness: { complete: true } } },
      { value: { completeness: { complete: false, reasons: ['no private address: i-bp10000000101'] } } },
    ]);
  });
});
