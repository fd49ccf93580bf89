// Calls of a run, counted: one reading for all groups that ask the same, whatever each of them takes of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { documentReader } from '../../../lib/aws/document.ts';
import type { GroupConfig } from '../../../lib/core/config/config.ts';
import type { GroupWanted } from '../../../lib/core/reading/wanted.ts';
import { addressReadings } from '../../../lib/inventory/addresses.ts';
import { toWanted } from '../../../lib/inventory/members.ts';
import type { AwsApis, Ec2Filter, Ec2Instance } from '../../../lib/inventory/sources/ec2/api.ts';
import {
  readingsFor,
  readSource,
  type SourceDeps,
  sourceLabel,
} from '../../../lib/inventory/sources/open.ts';
import { sourceSchema } from '../../../lib/inventory/sources/settings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { groupConfig } from '../core/values.ts';
import { json, serve } from './served.ts';

const LOCAL = { type: 'http', format: 'list', allowHttp: true, allowLoopback: true };

function group(name: string, sources: readonly unknown[], changes: object = {}): GroupConfig {
  return { ...groupConfig({ name, ...changes }), sources: sources.map((one) => sourceSchema.parse(one)) };
}

/** Every group's inventory, or why it has none, as a run reads them. */
async function run(
  groups: readonly GroupConfig[],
  deps: Partial<SourceDeps> = {},
  large?: Map<string, number>,
) {
  const readings = readingsFor(groups, large);
  const { signal } = new AbortController();
  const all = { now: Date.now, secret: async () => 'not-a-real-token', resolve: async () => [], ...deps };
  const read = async ({ sources, identify, ...rest }: GroupConfig): Promise<GroupWanted> => {
    const snapshots = await Promise.all(
      sources.map((settings, index) =>
        readSource(
          { settings, label: sourceLabel(index, settings), identify },
          { ...(all as SourceDeps), readings },
          signal,
        ),
      ),
    );
    return toWanted(snapshots, { identify, ...rest });
  };
  return Promise.all(groups.map((one) => read(one).catch((error: unknown) => error as Error)));
}

const membersOf = (wanted: GroupWanted | Error) =>
  wanted instanceof Error ? wanted : [...wanted.members.keys()];

describe('one list', () => {
  test('of 40 groups is one reading', async () => {
    await using server = await serve(json(['10.0.0.1', '10.0.0.2']));
    const groups = Array.from({ length: 40 }, (_, index) =>
      group(`g-${index}`, [{ ...LOCAL, url: `${server.origin}/list` }]),
    );
    const read = await run(groups);
    expect(server.asked).toHaveLength(1);
    for (const one of read) expect(membersOf(one)).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  test('is one reading by whatever hook it is spoken for, under any label, with each group’s own lists', async () => {
    await using server = await serve(json(['10.0.0.1', '10.1.0.1', 'nonsense']));
    const source = { ...LOCAL, url: `${server.origin}/list` };
    const read = await run([
      group('a', [source]),
      group('b', [
        { type: 'static', members: ['10.9.0.1'] },
        { ...source, hook: 'cmdb' },
      ]),
      group('c', [source], { deny: ['10.1.0.0/16'] }),
      group('d', [source], { identify: 'userdefined' }),
    ]);
    expect(server.asked).toHaveLength(1);
    expect(read.map(membersOf)).toEqual([
      ['10.0.0.1', '10.1.0.1'],
      ['10.9.0.1', '10.0.0.1', '10.1.0.1'],
      ['10.0.0.1'],
      ['10.0.0.1', '10.1.0.1', 'nonsense'],
    ]);
    const [a, b, , d] = read as readonly GroupWanted[];
    expect(a?.completeness).toMatchObject({
      reasons: [expect.stringMatching(/^sources\[0\] http: needs an IPv4 address/)],
    });
    expect(b?.completeness).toMatchObject({
      reasons: [expect.stringMatching(/^sources\[1\] http: needs an IPv4 address/)],
    });
    expect(d?.completeness.complete).toBe(true);
  });

  test('that fails is asked once, and is each group’s failure by its own label', async () => {
    await using server = await serve((_request, response) => void response.writeHead(500).end());
    const source = { ...LOCAL, url: `${server.origin}/list` };
    const read = await run([
      group('a', [source]),
      group('b', [{ type: 'static', members: [] }, source]),
      group('c', [source]),
    ]);
    expect(server.asked).toHaveLength(1);
    const told = (label: string) => ({
      name: 'SourceError',
      code: 'status',
      status: 500,
      source: label,
      message: `${label}: ${server.origin}/list: HTTP 500`,
    });
    expect(read).toMatchObject([told('sources[0] http'), told('sources[1] http'), told('sources[0] http')]);
  });

  test('is as old as its reading for whoever gets it', async () => {
    await using server = await serve(json([]));
    let now = 0;
    const source = { ...LOCAL, url: `${server.origin}/list` };
    const read = await run([group('a', [source]), group('b', [{ type: 'static', members: [] }, source])], {
      now: () => ++now,
    });
    const [a, b] = read as readonly GroupWanted[];
    const taken = a?.takenAt;
    expect(taken).toBeGreaterThan(0);
    expect(b?.sources[1]?.takenAt).toBe(taken);
  });

  test('asked otherwise is another one: header, size, time', async () => {
    await using server = await serve(json([]));
    const source = { ...LOCAL, url: `${server.origin}/list` };
    await run([
      group('a', [source]),
      group('b', [{ ...source, maxBytes: 2_000 }]),
      group('c', [{ ...source, timeoutMs: 5_000 }]),
      group('d', [{ ...source, header: { name: 'X-Token', secretId: 'inventory/token' } }]),
      group('e', [{ ...source, maxAgeSeconds: 5 }]),
    ]);
    expect(server.asked.map(({ headers }) => headers['x-token']).sort()).toEqual([
      'not-a-real-token',
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test('one document of which 40 groups take a part each is read once, over HTTP and from a file', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `part-${index}`);
  const document = {
    _meta: {
      hostvars: Object.fromEntries(names.map((name, index) => [name, { ansible_host: `10.0.0.${index}` }])),
    },
    ...Object.fromEntries(names.map((name) => [name, { hosts: [name] }])),
  };
  await using server = await serve(json(document));
  using folder = temporaryFolder('shared');
  const file = join(folder.path, 'inventory.json');
  writeFileSync(file, JSON.stringify(document));
  let reads = 0;
  const fromDisk = documentReader({ files: true });
  const readText: SourceDeps['readText'] = (...asked) => {
    reads += 1;
    return fromDisk(...asked);
  };
  for (const source of [
    { ...LOCAL, url: server.origin, format: 'ansible' },
    { type: 'file', url: `file://${file}`, format: 'ansible' },
  ]) {
    const read = await run(
      names.map((name) => group(name, [{ ...source, ansible: { group: name } }])),
      { readText },
    );
    expect(read.map(membersOf)).toEqual(names.map((_, index) => [`10.0.0.${index}`]));
  }
  expect(server.asked).toHaveLength(1);
  expect(reads).toBe(1);
});

describe('EC2', () => {
  const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1', 'us-west-2'];
  const ASG = 'aws:autoscaling:groupName';

  interface Asked {
    readonly region: string;
    readonly account: string | undefined;
    readonly filters: readonly Ec2Filter[] | undefined;
  }

  const instance = (number: number, team: string, more: Ec2Instance = {}): Ec2Instance => ({
    InstanceId: `i-${number.toString(16).padStart(8, '0')}`,
    State: { Name: 'running' },
    PrivateIpAddress: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
    VpcId: 'vpc-1',
    ...more,
    Tags: [{ Key: 'team', Value: team }, ...(more.Tags ?? [])],
  });

  /** Pages of 1 000, and a filter of one tag as the service has it. */
  function cloud(
    instances: Readonly<Record<string, readonly Ec2Instance[]>>,
    refuses?: (asked: Asked) => void,
  ) {
    const asked: Asked[] = [];
    const states: string[][] = [];
    const roles: string[] = [];
    let clients = 0;
    const aws: AwsApis = {
      ec2: async ({ region, credentials }) => {
        clients += 1;
        return {
          describeInstances: async ({ Filters, NextToken }) => {
            const one = { region, account: credentials?.accessKeyId, filters: Filters };
            asked.push(one);
            refuses?.(one);
            const matching = (instances[region] ?? []).filter(({ Tags = [] }) =>
              (Filters ?? []).every(({ Name, Values }) =>
                Tags.some(({ Key, Value = '' }) => Name === `tag:${Key}` && Values.includes(Value)),
              ),
            );
            const from = Number(NextToken ?? 0);
            return {
              Reservations: [{ Instances: matching.slice(from, from + 1_000) }],
              NextToken: from + 1_000 < matching.length ? `${from + 1_000}` : undefined,
            };
          },
          close: () => undefined,
        };
      },
      autoScaling: async () => ({
        describeAutoScalingInstances: async ({ InstanceIds }) => {
          states.push(InstanceIds);
          return {
            AutoScalingInstances: InstanceIds.map((InstanceId) => ({
              InstanceId,
              LifecycleState: 'InService',
            })),
          };
        },
        close: () => undefined,
      }),
      assumeRole: async ({ roleArn }) => {
        roles.push(roleArn);
        return { accessKeyId: roleArn, secretAccessKey: 'not-a-real-secret' };
      },
    };
    return { aws, asked, states, roles, clients: () => clients };
  }

  const source = (team: string, more: object = {}) => ({
    type: 'ec2',
    regions: REGIONS,
    tags: { team },
    ...more,
  });
  const teams = (count: number) => Array.from({ length: count }, (_, index) => `team-${index}`);
  /** So many instances a region, dealt out to the teams. */
  const fleet = (count: number, of: readonly string[]) =>
    Object.fromEntries(
      REGIONS.map((region, place) => [
        region,
        Array.from({ length: count }, (_, index) =>
          instance(place * count + index, of[index % of.length] as string),
        ),
      ]),
    );

  test('500 groups over four regions are the pages of four regions, and not 2 000 calls', async () => {
    const of = teams(500);
    const { aws, asked, clients } = cloud(fleet(5_500, of));
    const read = await run(
      of.map((team) => group(team, [source(team)])),
      { aws },
    );
    expect(asked).toHaveLength(4 * 6);
    expect(asked.every(({ filters }) => filters === undefined)).toBe(true);
    expect(clients()).toBe(4);
    for (const one of read) expect(membersOf(one)).toHaveLength(44);
    expect(new Set(read.flatMap((one) => membersOf(one) as string[])).size).toBe(22_000);
    expect((read[7] as GroupWanted).completeness).toMatchObject({
      complete: true,
      proof: 'sources[0] ec2: 44 of 44 matching instances, 24 pages, 4 regions',
    });
  });

  test.each(['ip', 'userdefined'])(
    'in a group of %s each address of a machine is from the same calls',
    async (identify) => {
      const of = teams(20);
      const tagged = (number: number, team: string) =>
        instance(number, team, {
          PublicIpAddress: `192.0.2.${number}`,
          Tags: [{ Key: ASG, Value: 'some' }],
        });
      const some = {
        'eu-central-1': Array.from({ length: 200 }, (_, index) => tagged(index, of[index % 20] ?? '')),
      };
      const groups = of.map((team) =>
        group(team, [source(team, { regions: ['eu-central-1'], asgInService: true })], { identify }),
      );
      const alone = cloud(some);
      await run(groups, { aws: alone.aws });
      const twins = groups.flatMap((one) =>
        addressReadings(one).map((sources) => ({ ...one, identify: 'ip' as const, sources })),
      );
      expect(twins.length).toBeGreaterThanOrEqual(40);
      const together = cloud(some);
      const read = await run([...groups, ...twins], { aws: together.aws });
      expect(together.asked).toEqual(alone.asked);
      expect(together.states).toEqual(alone.states);
      expect(read.flatMap((one) => membersOf(one) as string[])).toContain('192.0.2.7');
    },
  );

  test('a group by itself, and groups of one filter, are one filtered reading a region', async () => {
    const { aws, asked } = cloud(fleet(5_500, teams(500)));
    await run([group('a', [source('team-1')]), group('b', [source('team-1', { states: ['stopped'] })])], {
      aws,
    });
    expect(asked.map(({ filters }) => filters)).toEqual(
      REGIONS.map(() => [{ Name: 'tag:team', Values: ['team-1'] }]),
    );
  });

  test('a place of more pages than there are filters is read by them, and the next run knows', async () => {
    const of = teams(3);
    const { aws, asked } = cloud(fleet(5_500, [...of, ...teams(5_000)]));
    const groups = of.map((team) => group(team, [source(team)]));
    const large = new Map<string, number>();
    const read = await run(groups, { aws }, large);
    // Three pages of everything, then the three filters.
    expect(asked).toHaveLength(4 * (3 + 3));
    for (const one of read) expect((one as GroupWanted).completeness.complete).toBe(true);
    await run(groups, { aws }, large);
    expect(asked).toHaveLength(4 * (3 + 3) + 4 * 3);
  });

  test('a group of all instances is read whole, and serves the others', async () => {
    const { aws, asked } = cloud(fleet(5_500, teams(500)));
    const all = { type: 'ec2', regions: REGIONS, all: true };
    const read = await run([group('all', [all]), group('one', [source('team-1')])], { aws });
    expect(asked).toHaveLength(4 * 6);
    expect(read.map((one) => (membersOf(one) as string[]).length)).toEqual([22_000, 44]);
  });

  test('mixed: roles are assumed once, and each account and region is read once', async () => {
    const [a, b] = ['arn:aws:iam::111111111111:role/read', 'arn:aws:iam::222222222222:role/read'];
    const of = teams(20);
    const { aws, asked, roles } = cloud(fleet(900, of));
    await using server = await serve(json(['192.168.0.1']));
    const groups = of.flatMap((team, index) => [
      group(`${team}-own`, [source(team, { regions: REGIONS.slice(index % 2) })]),
      group(`${team}-away`, [
        source(team, { roleArns: [a, b], regions: REGIONS.slice(0, 4 - (index % 2)) }),
        { ...LOCAL, url: server.origin },
      ]),
    ]);
    const read = await run(groups, { aws });
    expect(roles.sort()).toEqual([a, b]);
    expect(asked).toHaveLength(3 * REGIONS.length);
    expect(server.asked).toHaveLength(1);
    expect(read.every((one) => !(one instanceof Error))).toBe(true);
  });

  test('what the service alone can select is asked of it, and its failure is that group’s alone', async () => {
    const of = teams(3);
    const refused = Object.assign(new Error('InvalidParameterValue'), { code: 'status', status: 400 });
    const { aws, asked } = cloud(fleet(10, of), ({ filters }) => {
      if (filters?.some(({ Name }) => Name === 'vpc')) throw refused;
    });
    const read = await run(
      [
        ...of.map((team) => group(team, [source(team)])),
        group('wrong', [source('team-1', { filters: { vpc: 'vpc-1' } })]),
      ],
      { aws },
    );
    expect(read.slice(0, 3).map((one) => (membersOf(one) as string[]).length)).toEqual([16, 12, 12]);
    expect(read[3]).toMatchObject({ code: 'status', message: 'sources[0] ec2: InvalidParameterValue' });
    expect(asked.filter(({ filters }) => filters === undefined)).toHaveLength(4);
  });

  test('one region that cannot be read fails the groups that have it, and no other', async () => {
    const of = teams(2);
    const { aws } = cloud(fleet(10, of), ({ region }) => {
      if (region === 'us-east-1') throw Object.assign(new Error('denied'), { code: 'forbidden' });
    });
    const europe = { regions: ['eu-central-1', 'eu-west-1'] };
    const read = await run(
      [
        group('a', [source('team-0')]),
        group('b', [source('team-1')]),
        group('c', [source('team-0', europe)]),
        group('d', [source('team-1', europe)]),
      ],
      { aws },
    );
    expect(read.slice(0, 2)).toMatchObject([{ code: 'forbidden' }, { code: 'forbidden' }]);
    expect(read.slice(2).map((one) => (membersOf(one) as string[]).length)).toEqual([10, 10]);
  });

  test('doubts stay with whom they concern', async () => {
    const of = teams(3);
    const { aws } = cloud({
      'eu-central-1': [
        instance(1, 'team-0'),
        instance(2, 'team-1', { PrivateIpAddress: undefined }),
        { State: { Name: 'running' }, Tags: [{ Key: 'team', Value: 'nobody' }] },
        instance(3, 'nobody', { PrivateIpAddress: undefined }),
        instance(4, 'team-2'),
        instance(5, 'nobody', { PrivateIpAddress: '10.0.0.4' }),
      ],
    });
    const read = await run(
      of.map((team) => group(team, [source(team)])),
      { aws },
    );
    expect(read.map((one) => (one as GroupWanted).completeness.complete)).toEqual([true, false, true]);
    expect((read[1] as GroupWanted).completeness).toMatchObject({
      reasons: ['sources[0] ec2: no private address: i-00000002'],
    });
  });

  it('asks Auto Scaling for the instances of all groups at once, and for those that nobody selects not at all', async () => {
    const of = teams(20);
    const managed = { Tags: [{ Key: ASG, Value: 'web' }] };
    const { aws, states } = cloud({
      'eu-central-1': Array.from({ length: 200 }, (_, index) =>
        instance(index, index < 100 ? (of[index % 20] as string) : 'nobody', managed),
      ),
    });
    const read = await run(
      of.map((team) => group(team, [source(team, { regions: ['eu-central-1'], asgInService: true })])),
      { aws },
    );
    expect(states.map(({ length }) => length)).toEqual([50, 50]);
    expect(read.map((one) => (membersOf(one) as string[]).length)).toEqual(Array(20).fill(5));
  });
});
