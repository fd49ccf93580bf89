import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import type { Decision } from '../../../../lib/core/plan/decide.ts';
import { explain } from '../../../../lib/core/report/explain.ts';
import { row } from '../removal/drive.ts';
import {
  canonical,
  decideOn,
  groupConfig,
  machines,
  marked,
  NOW,
  PARTIAL,
  present,
  wanted,
} from '../values.ts';

const why = (decision: Decision, text: string) => explain(decision, text, canonical);

const ten = machines(10);
const dropped = [
  { origin: { source: 'sources[0] ec2', id: 'i-stopped' }, reason: 'state is stopped', value: '10.0.0.77' },
  { origin: { source: 'sources[0] ec2', id: 'i-bare' }, reason: 'no private address' },
];
const inventory = wanted([...ten.slice(1), '10.9.9.9'], { source: 'sources[0] ec2', dropped });
const decision = decideOn({ current: present(['::ffff:10.0.0.1', ...ten.slice(1)]), wanted: inventory });

test('tells of a member in any spelling what asks for it, how it is spelt, what comes next', () => {
  expect(why(decision, ' 10.0.0.2')).toEqual({
    group: 'ali-test-project/web',
    machine: '10.0.0.2',
    inGroup: true,
    spellings: ['10.0.0.2'],
    wanted: true,
    origins: [{ source: 'sources[0] ec2', id: 'id of 10.0.0.2' }],
    dropped: [],
    knownAs: [],
    owner: { configured: 'prod-eu', marked: 'sls-machine-groups/prod-eu' },
    next: 'stays-in',
    says: [
      '"10.0.0.2" is in ali-test-project/web.',
      'sources[0] ec2 asks for it as "id of 10.0.0.2".',
      'The group belongs to owner "prod-eu".',
      'The next sync changes nothing about it.',
    ],
  });
});

describe('says what comes next', () => {
  const cases: [string, Decision, string, string, string][] = [
    ['added', decision, '10.9.9.9', 'added', 'The next sync adds it.'],
    [
      'removed',
      decision,
      '10.0.0.1',
      'removed',
      'The next sync removes it, as unheard: ListMachines was denied.',
    ],
    ['neither', decision, '10.5.5.5', 'stays-out', 'The next sync changes nothing about it.'],
    [
      'under observe: would be',
      decideOn({ current: decision.current, wanted: inventory, group: groupConfig({ policy: 'observe' }) }),
      '10.9.9.9',
      'added',
      'It would be added, but the policy is observe: nothing is written.',
    ],
    [
      'withheld by policy',
      decideOn({
        current: decision.current,
        wanted: inventory,
        group: groupConfig({ policy: 'upsert-only' }),
      }),
      '10.0.0.1',
      'withheld',
      'The next sync would change that, but it waits (policy): policy upsert-only lets only create, adopt, topic, add through; set a policy that allows it.',
    ],
    [
      'withheld for an incomplete reading',
      decideOn({ current: present(ten), wanted: wanted([], { completeness: PARTIAL }) }),
      '10.0.0.1',
      'withheld',
      'The next sync would change that, but it waits (incomplete): the inventory was not read completely, so the member may be in the rest; correct the source: an approval does not help.',
    ],
    [
      'over the limit',
      decideOn({ current: present(ten), wanted: wanted(ten.slice(4)) }),
      '10.0.0.1',
      'withheld',
      'The next sync would change that, but it waits (limit): 4 of 10 members are missing, and nothing proves that their machines are gone; without proof at most 3 may go in 24 hours (maxRemovalShare 30 % of the 10 that are older than a day, maxSmallRemovals 2); approve the removals if the machines are gone, or set maxRemovalShare or maxSmallRemovals.',
    ],
    [
      'silent, as one of several that wait for the same',
      decideOn({
        current: present(ten),
        wanted: wanted(ten.slice(2)),
        listing: {
          state: 'read',
          machines: ten.map((member, index) => row(member, index < 2 ? NOW - index * 60_000 : NOW)),
          answeredAt: NOW,
          cut: false,
        },
      }),
      ten[1] as string,
      'withheld',
      'The next sync would change that, but it waits (alive): it still sends heartbeats, the last 60 s ago; stop the machine, put it back into the inventory, or approve the removal.',
    ],
    [
      'of a refused group, but not concerned',
      decideOn({ current: present(ten), wanted: wanted(ten.slice(4)) }),
      '10.0.0.9',
      'stays-in',
      'The next sync changes nothing about it.',
    ],
    [
      'refused whole',
      decideOn({ current: present(ten, { machineIdentifyType: 'userdefined' }), wanted: wanted(ten) }),
      '10.0.0.1',
      'refused',
      'The next sync changes nothing, its plan is refused: the group identifies machines by "userdefined", the configuration by "ip": a sync cannot change that; if somebody changed the group, change it back, since its machines are out of it now; if the configuration is wrong, set identify to the kind that the group has.',
    ],
    [
      'left alone',
      decideOn({ current: marked(ten, 'testgroup'), wanted: wanted([]) }),
      '10.0.0.1',
      'left-alone',
      'The next sync leaves the group alone: the group carries another system’s mark "testgroup"; set adopt: true to take it over.',
    ],
    [
      'created with its group',
      decideOn({ current: ABSENT, wanted: wanted(['10.0.0.1']) }),
      '10.0.0.1',
      'added',
      'The next sync adds it.',
    ],
  ];
  test.each(cases)('for a machine that is %s', (_name, of, machine, next, sentence) => {
    const explanation = why(of, machine);
    expect(explanation.next).toBe(next);
    expect(explanation.says.at(-1)).toBe(sentence);
  });
});

describe('says why a machine is out', () => {
  test('when a rule dropped it and it is asked for by address', () => {
    const { dropped: found, says } = why(decision, '10.0.0.77');
    expect(found).toEqual([dropped[0]]);
    expect(says).toContain('sources[0] ec2 has it as "i-stopped", left out: state is stopped.');
  });

  test('when a rule dropped it and it is asked for by the id of its source', () => {
    expect(why(decision, 'i-bare').says).toContain(
      'sources[0] ec2 has it as "i-bare", left out: no private address.',
    );
  });

  test('when no source has it', () => {
    expect(why(decision, '10.5.5.5').says.slice(0, 2)).toEqual([
      '"10.5.5.5" is not in ali-test-project/web.',
      'No source has it.',
    ]);
  });

  test('when it may be among what was not read', () => {
    const partial = decideOn({ wanted: wanted([], { completeness: PARTIAL }) });
    expect(why(partial, '10.5.5.5').says).toContain(
      'The inventory was not read completely: sources[0] static: page 2 is missing.',
    );
  });
});

test('tells of a machine that is asked for by its id under its member', () => {
  const explanation = why(decision, 'id of 10.0.0.3');
  expect(explanation.knownAs).toEqual(['10.0.0.3']);
  expect(explanation.says).toContain('The inventory knows "10.0.0.3" by that id.');
});

test('shows another spelling that the group has', () => {
  expect(why(decision, '10.0.0.1')).toMatchObject({
    spellings: ['::ffff:10.0.0.1'],
    says: [
      '"10.0.0.1" is in ali-test-project/web, spelt "::ffff:10.0.0.1".',
      'No source has it.',
      expect.anything(),
      expect.anything(),
    ],
  });
});

test.each([
  ['absent', ABSENT, 'The group does not exist; owner "prod-eu" would make it.'],
  ['unmarked', marked([], ''), 'The group carries no owner mark.'],
  ['foreign', marked([], 'x'), 'The group carries another system’s mark "x".'],
  ['another owner’s', marked([], 'sls-machine-groups/staging'), 'The group belongs to owner "staging".'],
])('says whose the group is: %s', (_name, current, sentence) => {
  expect(why(decideOn({ current }), '10.0.0.1').says).toContain(sentence);
});

test('takes text that is no address as it is', () => {
  const odd = decideOn({ current: present(['host?']), wanted: wanted(ten) });
  expect(why(odd, 'host?')).toMatchObject({ machine: 'host?', inGroup: true });
});
