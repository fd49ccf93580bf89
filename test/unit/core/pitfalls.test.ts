// Mistakes that systems of this kind have made, one test each, under the number they have in our list of them.
// Those not here concern reading inventories, signing, paging or credentials and are tested there.
import { describe, expect, test } from 'vitest';
import { parseSyncConfig } from '../../../lib/core/config/config.ts';
import { ABSENT, movedSince, presentGroup } from '../../../lib/core/group/current.ts';
import { ownerMark } from '../../../lib/core/group/owner.ts';
import { mismatches, writeFor } from '../../../lib/core/plan/apply.ts';
import { additionsOf, planGroup, removalsOf } from '../../../lib/core/plan/plan.ts';
import { mergeWanted } from '../../../lib/core/reading/wanted.ts';
import { newMemory } from '../../../lib/core/removal/memory.ts';
import { reportGroup } from '../../../lib/core/report/group.ts';
import { batchResponse } from '../../../lib/core/trigger/again.ts';
import { concernedIn, readBatch } from '../../../lib/core/trigger/batch.ts';
import { readTrigger } from '../../../lib/core/trigger/trigger.ts';
import { canonicalMember, toWanted } from '../../../lib/inventory/members.ts';
import { event } from './events.ts';
import {
  approvalOf,
  COMPLETE,
  decideOn,
  definitionOf,
  documentOf,
  groupConfig,
  knownGroup,
  machines,
  marked,
  OWNER,
  PARTIAL,
  present,
  sourceWanted,
  wanted,
} from './values.ts';

const ten = machines(10);
const real = (identify: 'ip' | 'userdefined', raw: string) => {
  const verdict = canonicalMember(identify, raw);
  return verdict.ok ? verdict.member : undefined;
};

describe('1: a list that is empty because it could not be read', () => {
  test('removes nothing when the source knows that it is incomplete', () => {
    const decision = decideOn({ current: present(ten), wanted: wanted([], { completeness: PARTIAL }) });
    expect(decision).toMatchObject({ outcome: 'nothing', withheld: [{ by: 'incomplete' }] });
  });

  test('is refused when the source believes it, at every size of group', () => {
    for (const size of [1, 2, 9, 10, 500]) {
      const decision = decideOn({ current: present(machines(size)), wanted: wanted([]) });
      expect(decision.refusals[0]?.code, `${size} members`).toBe('empty');
    }
  });

  test('removes nothing when only one of several sources is affected', () => {
    const both = mergeWanted([
      sourceWanted(ten.slice(0, 9)),
      sourceWanted([], { source: 'sources[1] http', completeness: PARTIAL }),
    ]);
    expect(removalsOf(decideOn({ current: present(ten), wanted: both }).change)).toEqual([]);
  });
});

describe('3: an update with a partial body clears what it leaves out', () => {
  test('a topic and a type set by others survive a change of members', () => {
    const current = present(['10.0.0.1'], {
      groupType: 'Armory',
      groupAttribute: { groupTopic: 'set in the console', externalName: ownerMark(OWNER) },
    });
    const group = groupConfig();
    expect(writeFor(current, planGroup(current, wanted(['10.0.0.2']), group), group)).toMatchObject({
      operation: 'update',
      definition: {
        groupType: 'Armory',
        groupAttribute: { groupTopic: 'set in the console', externalName: ownerMark(OWNER) },
      },
    });
  });

  test('a third party’s externalName survives, since the group is not ours', () => {
    const current = marked(['10.0.0.1'], 'armory-4711');
    expect(decideOn({ current, wanted: wanted(['10.0.0.2']) }).change.actions).toEqual([]);
  });

  test('when it is adopted, the name that gives way stands in the plan', () => {
    const plan = planGroup(marked([], 'armory-4711'), wanted([]), groupConfig({ adopt: true }));
    expect(plan.actions).toEqual([{ type: 'adopt', from: 'armory-4711', mark: ownerMark(OWNER) }]);
  });
});

test('4: members are never changed by deleting and making the group anew', () => {
  const group = groupConfig({ allowEmpty: true });
  for (const members of [[], machines(10, 100), ten.slice(5)]) {
    const write = writeFor(present(ten), planGroup(present(ten), wanted(members), group), group);
    expect(write.operation).toBe('update');
  }
});

describe('5: a full update races with a person in the console', () => {
  const before = present(['10.0.0.1']);
  test('an edit between read and write is seen, in the same second too', () => {
    expect(movedSince(before, present(['10.0.0.1', '10.0.0.2']))).toBeDefined();
    expect(movedSince(before, present(['10.0.0.1'], { lastModifyTime: 1_700_000_101 }))).toBeDefined();
  });

  test('an edit after the write is seen when it is read back', () => {
    const group = groupConfig();
    const plan = planGroup(before, wanted(['10.0.0.1', '10.0.0.2']), group);
    expect(mismatches(before, plan, present(['10.0.0.1']))).toEqual(['1 of the members are missing']);
  });
});

describe('7: one address in two spellings', () => {
  test('is no change, however the group spells it', () => {
    const list = ['::ffff:10.0.0.1', ' 10.0.0.2 ', '2001:DB8:0::1', '10.0.0.2'];
    const current = presentGroup(definitionOf(list), real);
    expect(
      planGroup(current, wanted(['10.0.0.1', '10.0.0.2', '2001:db8::1']), groupConfig()).actions,
    ).toEqual([]);
  });

  test('is never guessed: 010.0.0.1 may be 8.0.0.1, so it is a member of its own that nothing asks for', () => {
    const current = presentGroup(definitionOf(['010.0.0.1']), real);
    expect(current.unreadable).toEqual(['010.0.0.1']);
    expect(planGroup(current, wanted(['10.0.0.1']), groupConfig()).actions).toEqual([
      { type: 'add', members: ['10.0.0.1'] },
      { type: 'remove', members: ['010.0.0.1'] },
    ]);
  });

  test('a user-defined id is its own spelling', () => {
    const current = presentGroup(definitionOf(['Web-1'], { machineIdentifyType: 'userdefined' }), real);
    const plan = planGroup(current, wanted(['web-1']), groupConfig({ identify: 'userdefined' }));
    expect(plan.actions).toHaveLength(2);
  });
});

test('8: one address of two machines is told, with the way out', () => {
  const origin = (id: string) => ({ source: 'sources[0] ec2', id });
  const members = new Map([['10.0.0.1', [origin('i-1'), origin('i-2')]]]);
  const decision = decideOn({
    wanted: mergeWanted([sourceWanted([], { source: 'sources[0] ec2', members })]),
  });
  const { warnings } = reportGroup(decision, { status: 'planned', requests: [], durationMs: 0 });
  expect(warnings.join()).toMatch(/i-1.*i-2.*user-defined ids/);
});

describe('11: Auto Scaling events that mislead', () => {
  test('a failed launch with an empty instance id is understood, and nothing to do', () => {
    expect(readTrigger(event('asg-launch-unsuccessful'))).toMatchObject({ kind: 'ignored' });
  });

  test('a terminate action that returns to the warm pool, or a launch into it, only says where to look', () => {
    const [into, back] = ['lifecycle-launch-into-warm-pool', 'lifecycle-terminate-to-warm-pool'].map((name) =>
      readTrigger(event(name)),
    );
    expect(into).toMatchObject({ kind: 'inventory', hint: { region: 'eu-central-1' } });
    expect(back).toMatchObject({ kind: 'inventory', hint: { region: 'eu-central-1' } });
  });
});

test('12: one bad record fails none of the others, and holds every removal back', () => {
  const origin = (id: string) => ({ source: 'sources[0] http', id });
  const records = [...ten.slice(2), '10.9.9.9', 'web-1.example'].map((value, index) => ({
    value,
    origin: origin(`${index}`),
  }));
  const group = groupConfig();
  const snapshot = {
    source: 'sources[0] http',
    takenAt: 1,
    machines: records,
    skipped: [],
    completeness: COMPLETE,
  };
  const decision = decideOn({
    group,
    current: present(ten),
    wanted: toWanted([snapshot], group),
  });
  expect(additionsOf(decision.change)).toEqual(['10.9.9.9']);
  expect(removalsOf(decision.change)).toEqual([]);
  expect(decision.withheld).toMatchObject([{ by: 'incomplete', members: ten.slice(0, 2) }]);
});

test('13: a share alone would refuse one of three; small groups are counted, and still cannot be wiped', () => {
  const three = machines(3);
  expect(decideOn({ current: present(three), wanted: wanted(three.slice(1)) }).outcome).toBe('change');
  expect(decideOn({ current: present(three), wanted: wanted([]) }).outcome).toBe('refused');
});

test('14: beyond a limit there is a way on, for the removals that somebody saw', () => {
  const input = { current: present(ten), wanted: wanted(ten.slice(8)) };
  const approvals = [approvalOf(ten.slice(0, 8))];
  expect([decideOn(input).outcome, decideOn({ ...input, approvals }).outcome]).toEqual(['refused', 'change']);
  const after = present(ten.slice(8), { lastModifyTime: 1_700_000_200 });
  expect(decideOn({ current: after, wanted: wanted([]), approvals }).outcome).toBe('refused');
});

test('15: nothing is kept because it was good once: a real empty list clears the group by allowEmpty or approval', () => {
  const input = { current: present(ten), wanted: wanted([]) };
  expect(decideOn({ ...input, group: groupConfig({ allowEmpty: true }) }).outcome).toBe('change');
  expect(decideOn({ ...input, approvals: [approvalOf(ten)] }).outcome).toBe('change');
});

describe('16: events out of order, twice or late', () => {
  const config = parseSyncConfig(
    documentOf({ sources: [{ type: 'ec2', regions: ['eu-central-1'], all: true }] }),
  );
  test('ask for the same whatever their order and number', () => {
    const records = readBatch(event('sqs-batch')) ?? [];
    const once = concernedIn(records, config);
    expect(concernedIn([...records, ...records].reverse(), config)).toEqual(once);
  });

  test('cannot add or remove: the state they carry is not read', () => {
    const running = readTrigger(event('ec2-state-running'));
    const terminated = readTrigger(event('ec2-state-terminated'));
    expect(terminated).toEqual(running);
  });
});

test('23: a record that cannot be read does not take the batch with it', () => {
  const config = parseSyncConfig(
    documentOf({ sources: [{ type: 'ec2', regions: ['eu-central-1'], all: true }] }),
  );
  const records = readBatch(event('sqs-batch')) ?? [];
  expect(batchResponse(records, config, [], true).batchItemFailures).toHaveLength(1);
});

describe('and of other reconcilers', () => {
  test('a source that changed its mind overnight, without any failure: CREATE 0, DELETE nearly all', () => {
    const many = machines(8_764);
    const decision = decideOn({ current: present(many), wanted: wanted(many.slice(0, 3)) });
    expect(decision).toMatchObject({ outcome: 'refused', figures: { members: 8_764, unproven: 8_761 } });
  });

  test('a reading in the moment between old and new: what only one reading lacks stays', () => {
    const known = knownGroup(newMemory(0));
    const decision = decideOn({ current: present(ten), wanted: wanted(ten.slice(3)), known });
    expect(removalsOf(decision.change)).toEqual([]);
  });

  test('a mark wiped by another tool is said to be, and the group is left alone', () => {
    const decision = decideOn({ current: marked(ten, ''), wanted: wanted([]) });
    expect(decision).toMatchObject({ outcome: 'left-alone', refusals: [{ code: 'unmarked' }] });
    expect(decision.refusals[0]?.says).toContain('removed it');
  });

  test('a group that does not exist yet is made and marked in one write, so no run finds it unmarked', () => {
    const group = groupConfig();
    expect(writeFor(ABSENT, planGroup(ABSENT, wanted(ten), group), group)).toMatchObject({
      operation: 'create',
      definition: { groupAttribute: { externalName: ownerMark(OWNER) } },
    });
  });
});
