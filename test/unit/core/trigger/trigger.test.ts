import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSyncConfig } from '../../../../lib/core/config/config.ts';
import { affectedBy } from '../../../../lib/core/trigger/affected.ts';
import { readTrigger, type Trigger } from '../../../../lib/core/trigger/trigger.ts';
import { batchFor, messageGroupId, workFor } from '../../../../lib/core/trigger/work.ts';
import { event, FIXTURES } from '../events.ts';
import { documentOf, groupDocument, sha256 } from '../values.ts';

const where = { account: '123456789012', region: 'eu-central-1' };

test('every fixture says where it comes from', () => {
  expect(FIXTURES.length).toBeGreaterThan(15);
  for (const { name, origin } of FIXTURES) expect(origin, name).toMatch(/\w{3}/);
});

describe('events', () => {
  test.each<[string, Partial<Trigger>]>([
    ['schedule', { kind: 'schedule' }],
    ['scheduler', { kind: 'schedule', says: 'the schedule' }],
    ['ec2-state-running', { kind: 'inventory', hint: where }],
    ['ec2-state-terminated', { kind: 'inventory', hint: where }],
    ['ec2-state-china', { kind: 'inventory', hint: { ...where, region: 'cn-north-1' } }],
    ['ec2-state-underscore', { kind: 'inventory', hint: where }],
    ['asg-launch-successful', { kind: 'inventory', hint: where }],
    ['asg-terminate-successful', { kind: 'inventory', hint: where }],
    ['lifecycle-terminate', { kind: 'inventory', hint: where }],
    ['lifecycle-launch-into-warm-pool', { kind: 'inventory', hint: where }],
    ['lifecycle-terminate-to-warm-pool', { kind: 'inventory', hint: where }],
    ['tag-changed', { kind: 'inventory', hint: { ...where, tagKeys: ['sls-group'] } }],
    ['tag-removed', { kind: 'inventory', hint: { ...where, tagKeys: ['role'] } }],
    ['s3-object-created', { kind: 'file', url: 's3://inventory/teams/web server+1.json' }],
    [
      'asg-launch-unsuccessful',
      { kind: 'ignored', says: 'EC2 Instance Launch Unsuccessful: no instance was launched' },
    ],
    ['ec2-spot-interruption', { kind: 'ignored' }],
    ['ec2-rebalance', { kind: 'ignored' }],
    ['tag-of-volume', { kind: 'ignored', says: 'Tag Change on Resource: not the tags of an instance' }],
    ['cloudtrail-run-instances', { kind: 'ignored' }],
    ['config-item-deleted', { kind: 'ignored' }],
  ])('are read: %s', (name, expected) => {
    expect(readTrigger(event(name))).toMatchObject({
      ...expected,
      id: '7bf73129-1428-4cd3-a780-95db273d1602',
    });
  });

  test.each<[string, unknown]>([
    ['an object', {}],
    ['its context, as text', '{"execution":"<aws.scheduler.execution-id>"}'],
    ['its context', { at: '<aws.scheduler.scheduled-time>', attempt: '<aws.scheduler.attempt-number>' }],
    ['no JSON', 'nightly'],
    ['nothing', undefined],
  ])('a schedule of EventBridge Scheduler is one whatever its detail is: %s', (_what, detail) => {
    expect(readTrigger({ ...event('scheduler'), detail })).toEqual(readTrigger(event('scheduler')));
  });

  test('the input of a schedule may hold the context of EventBridge Scheduler, or be a request', () => {
    const input = {
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      id: '<aws.scheduler.execution-id>',
      resources: ['<aws.scheduler.schedule-arn>'],
    };
    expect(readTrigger(input)).toMatchObject({ kind: 'schedule', id: '<aws.scheduler.execution-id>' });
    const request = { mode: 'apply' };
    expect(readTrigger(request)).toMatchObject({ kind: 'request', request });
  });

  test('nothing of a machine is read from them: id and state may be anything or missing', () => {
    const plain = readTrigger(event('ec2-state-running'));
    for (const detail of [
      {},
      { 'instance-id': '' },
      { 'instance-id': 3, state: null },
      { state: 'new-state' },
    ]) {
      expect(readTrigger({ ...event('ec2-state-running'), detail })).toEqual(plain);
    }
  });

  test('the same detail-type from another source is another event', () => {
    expect(readTrigger({ ...event('ec2-state-running'), source: 'my.app' })).toMatchObject({
      kind: 'ignored',
    });
  });

  test('a tag whose value is empty is looked at by its key like any other', () => {
    const emptied = {
      ...event('tag-changed'),
      detail: { ...(event('tag-changed').detail as object), tags: { 'sls-group': '' } },
    };
    expect(readTrigger(emptied)).toEqual(readTrigger(event('tag-changed')));
  });

  test('a tag change without its keys concerns every source of its place', () => {
    expect(readTrigger({ ...event('tag-changed'), detail: {} })).toMatchObject({
      kind: 'inventory',
      hint: where,
    });
  });

  test('an event without account and region concerns every EC2 source', () => {
    const { account: _a, region: _r, id: _i, ...bare } = event('ec2-state-running');
    expect(readTrigger(bare)).toEqual({
      kind: 'inventory',
      says: 'EC2 Instance State-change Notification',
      hint: {},
    });
  });

  test('a kind named like a member of every object is no kind', () => {
    expect(readTrigger({ source: 'toString', 'detail-type': '', detail: {} })).toMatchObject({
      kind: 'ignored',
    });
    expect(readTrigger({ source: '__proto__', 'detail-type': '', detail: {} })).toMatchObject({
      kind: 'ignored',
    });
  });
});

describe('requests', () => {
  test.each([{ mode: 'plan' }, { mode: 'apply', groups: ['ali-test-project/web'] }])(
    '%j is accepted as it stands',
    (request) => {
      expect(readTrigger(request)).toEqual({
        kind: 'request',
        says: `a request to ${request.mode}`,
        request,
      });
    },
  );

  test.each<[string, Record<string, unknown>, string]>([
    ['another mode', { mode: 'force' }, 'mode: must be one of "plan", "apply"'],
    ['an unknown field', { mode: 'plan', force: true }, 'force: is not a known field'],
    ['no group', { mode: 'plan', groups: [] }, 'groups: must be at least 1 entry long'],
    [
      'a group without a project',
      { mode: 'plan', groups: ['web'] },
      'groups[0]: must be a group as project/name',
    ],
    ['a group twice', { mode: 'plan', groups: ['p/web', 'p/web'] }, 'groups: names a group twice'],
    [
      'an approval',
      { mode: 'apply', approve: 'a'.repeat(32) },
      'approve: is not a field any more: approvals are stored now, and outlive a run: POST /approvals',
    ],
    ['a reason', { mode: 'apply', reason: 'gone' }, 'reason: is not a field any more: approvals are stored'],
  ])('are refused with the field and rule: %s', (_name, request, says) => {
    const trigger = readTrigger(request);
    expect(trigger).toMatchObject({ kind: 'malformed' });
    expect(trigger.says).toContain(`request: ${says}`);
  });
});

describe('work messages', () => {
  const group = 'ali-test-project/web';
  const work = workFor(group, 'run-1', 'event');
  const reading = { key: '8b7d-4a4d/3', digest: 'ab'.repeat(32) };
  const groups = [group, 'ali-test-project/cache'];
  const batch = batchFor({ id: 'part-3', groups, asked: 'schedule' }, 'run-1', reading);
  const readBack = (message: object) => readTrigger(JSON.parse(JSON.stringify(message)));
  test('are read back', () => {
    expect(readBack(work)).toEqual({
      kind: 'work',
      says: 'work on ali-test-project/web for run run-1',
      work: { groups: [group], run: 'run-1', asked: 'event' },
    });
    expect(readBack(batch)).toEqual({
      kind: 'work',
      says: 'work on 2 groups for run run-1',
      work: { groups, run: 'run-1', asked: 'schedule', reading },
    });
  });

  test.each([{ version: 2 }, { version: 3 }, { group: 'web' }, { run: '' }, { extra: 1 }])(
    'are refused with %j',
    (part) => {
      expect(readTrigger({ ...work, ...part })).toMatchObject({ kind: 'malformed' });
    },
  );

  test.each([
    ['of another version', { version: 1 }, 'group: is missing'],
    ['no group', { groups: [] }, 'groups: must be at least 1 entry long'],
    ['a group twice', { groups: [group, group] }, 'groups: names a group twice'],
    ['no name of a group', { groups: ['web'] }, 'groups[0]: must be a group as project/name'],
    [
      'more than any release sends',
      { groups: Array.from({ length: 1_001 }, (_, n) => `${group}-${n}`) },
      'groups: must be at most 1000 entries long',
    ],
    ['a key of elsewhere', { reading: { ...reading, key: '../else' } }, 'reading.key: '],
    ['no digest', { reading: { ...reading, digest: 'AB' } }, 'reading.digest: '],
    ['without a digest', { reading: { key: reading.key } }, 'reading.digest: is missing'],
  ])('for a batch are refused: %s', (_name, part, says) => {
    expect(readTrigger({ ...batch, ...part })).toMatchObject({
      kind: 'malformed',
      says: expect.stringContaining(says),
    });
  });

  test('have the group as their message group, hashed where SQS would refuse its length', () => {
    expect(messageGroupId(group)).toBe(group);
    const long = `${'p'.repeat(63)}/${'g'.repeat(65)}`;
    expect(messageGroupId(long)).toBe(sha256(long));
    expect(messageGroupId(long.slice(0, 128))).toHaveLength(128);
  });
});

describe('malformed', () => {
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'an event is an object, this is missing'],
    ['null', null, 'an event is an object, this is null'],
    ['text', 'schedule', 'an event is an object, this is text of 8 characters'],
    ['a list', [], 'an event is an object, this is a list of 0 entries'],
    ['an empty object', {}, 'neither an EventBridge event'],
    [
      'an envelope without detail',
      { 'detail-type': 'Scheduled Event', source: 'aws.events' },
      'EventBridge event: detail: is missing',
    ],
    [
      'an envelope whose detail is text',
      { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: '{}' },
      'detail: must be an object',
    ],
    ['an envelope without a source', { 'detail-type': 'Scheduled Event', detail: {} }, 'source: is missing'],
    [
      'tag keys that are no list',
      { ...event('tag-changed'), detail: { 'changed-tag-keys': 'role' } },
      'tag change: changed-tag-keys: must be a list',
    ],
  ])('input is refused and its fault named: %s', (_name, input, says) => {
    const trigger = readTrigger(input);
    expect(trigger.kind).toBe('malformed');
    expect(trigger.says).toContain(says);
  });

  test('anything is read without throwing', () => {
    const envelope = fc.record(
      {
        'detail-type': fc.anything(),
        source: fc.anything(),
        detail: fc.anything(),
        mode: fc.anything(),
        type: fc.constantFrom(workFor('p/g', 'r', 'event').type, 'x'),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), envelope), (input) => void readTrigger(input)),
      { numRuns: 1_000 },
    );
  });
});

describe('the groups that a trigger concerns', () => {
  const ec2 = (rest: Record<string, unknown> = {}) => ({
    type: 'ec2',
    regions: ['eu-central-1'],
    all: !('tags' in rest || 'filters' in rest),
    ...rest,
  });
  const groups = {
    plain: [ec2()],
    role: [ec2({ tags: { role: 'web' } })],
    'sls-group': [ec2({ tags: { 'sls-group': ['web', 'api'], role: 'web' } })],
    filter: [ec2({ filters: { 'tag:sls-group': 'web' } })],
    'tag-key': [ec2({ filters: { 'tag-key': 'sls-*' } })],
    'elsewhere-tagged': [ec2({ regions: ['us-east-1'], tags: { role: 'web', 'sls-group': 'x' } })],
    account: [ec2({ roleArns: ['arn:aws:iam::123456789012:role/inventory'] })],
    'other-account': [ec2({ roleArns: ['arn:aws:iam::999999999999:role/inventory'], tags: { role: 'x' } })],
    file: [{ type: 'file', url: 'file:///machines' }],
    mixed: [
      { type: 'file', url: 'file:///machines' },
      ec2({ regions: ['us-east-1'] }),
      ec2({ regions: ['cn-north-1'] }),
    ],
  };
  const config = parseSyncConfig(
    documentOf(
      {},
      {
        groups: [
          ...Object.entries(groups).map(([name, sources]) => groupDocument({ name, sources })),
          groupDocument({
            name: 'id-by-tag',
            identify: 'userdefined',
            sources: [ec2({ id: { tag: 'sls-group' } })],
          }),
          groupDocument({
            name: 'id-by-instance',
            identify: 'userdefined',
            sources: [ec2({ id: 'instanceId' })],
          }),
        ],
      },
    ),
  );
  const all = config.groups.map(({ name }) => name);
  const concerned = (trigger: Trigger) => affectedBy(trigger, config).groups.map(({ name }) => name);

  test('are all for the schedule', () => {
    expect(concerned(readTrigger(event('schedule')))).toEqual(all);
  });

  test('are those with a source in the region and account of an instance', () => {
    const here = [
      'plain',
      'role',
      'sls-group',
      'filter',
      'tag-key',
      'account',
      'id-by-tag',
      'id-by-instance',
    ];
    for (const name of ['ec2-state-running', 'asg-terminate-successful', 'lifecycle-terminate']) {
      expect(concerned(readTrigger(event(name)))).toEqual(here);
    }
    expect(concerned(readTrigger(event('ec2-state-china')))).toEqual(['mixed']);
  });

  test('are all with an EC2 source for an instance of unknown place', () => {
    expect(concerned({ kind: 'inventory', says: '', hint: {} })).toEqual(
      all.filter((name) => name !== 'file'),
    );
  });

  test('are those that look at the key of a tag, so also the one the machine left', () => {
    expect(concerned(readTrigger(event('tag-changed')))).toEqual([
      'sls-group',
      'filter',
      'tag-key',
      'id-by-tag',
    ]);
    expect(concerned(readTrigger(event('tag-removed')))).toEqual(['role', 'sls-group', 'tag-key']);
  });

  test('are none for a tag that nobody looks at', () => {
    const noKeys = { ...event('tag-changed'), detail: { 'changed-tag-keys': [] } };
    expect(concerned(readTrigger(noKeys))).toEqual([]);
  });

  test('are those a request names, in the order of the configuration, or all', () => {
    const request = { kind: 'request', says: '', request: { mode: 'plan' } } as const;
    expect(concerned(request)).toEqual(all);
    const names = [
      'ali-test-project/role',
      'ali-test-project/gone',
      'ali-test-project/plain',
      'other-project/role',
    ];
    expect(affectedBy({ ...request, request: { mode: 'plan', groups: names } }, config)).toMatchObject({
      groups: [{ name: 'plain' }, { name: 'role' }],
      unknown: ['ali-test-project/gone', 'other-project/role'],
    });
  });

  test('are the one group of a work message', () => {
    const work = (group: string) => readTrigger(workFor(group, 'run-1', 'event'));
    expect(concerned(work('ali-test-project/file'))).toEqual(['file']);
    expect(affectedBy(work('ali-test-project/gone'), config)).toEqual({
      groups: [],
      families: [],
      unknown: ['ali-test-project/gone'],
    });
  });

  test('are none for what is ignored or malformed', () => {
    expect(concerned(readTrigger(event('ec2-rebalance')))).toEqual([]);
    expect(concerned(readTrigger(null))).toEqual([]);
  });
});
