import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import { ownerMark } from '../../../../lib/core/group/owner.ts';
import { additionsOf, planGroup, removalsOf } from '../../../../lib/core/plan/plan.ts';
import { groupConfig, marked, OWNER, PARTIAL, present, wanted } from '../values.ts';

const MARK = ownerMark(OWNER);
const types = (...input: Parameters<typeof planGroup>) => planGroup(...input).actions.map(({ type }) => type);

describe('a group that is absent', () => {
  test('is created whole: members sorted, topic, mark', () => {
    const plan = planGroup(ABSENT, wanted(['10.0.0.2', '10.0.0.1']), groupConfig({ topic: 'web' }));
    expect(plan).toEqual({
      group: 'ali-test-project/web',
      actions: [{ type: 'create', topic: 'web', mark: MARK, members: ['10.0.0.1', '10.0.0.2'] }],
      members: 0,
      wanted: 2,
    });
    expect(additionsOf(plan)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(removalsOf(plan)).toEqual([]);
  });

  test('is created empty when nothing is wanted, so that configurations can be attached to it', () => {
    expect(planGroup(ABSENT, wanted([]), groupConfig()).actions).toEqual([
      { type: 'create', topic: '', mark: MARK, members: [] },
    ]);
  });

  test.each(['We', 'web_', 'ab'])('is not created under the name %s, which no new group may have', (name) => {
    expect(planGroup(ABSENT, wanted(['10.0.0.1']), groupConfig({ name }))).toMatchObject({
      actions: [],
      obstacle: { kind: 'refused', code: 'name' },
    });
  });
});

describe('a group that is present', () => {
  test('gets what is missing, loses what is not wanted, and its topic is corrected', () => {
    const current = present(['10.0.0.1', '10.0.0.2']);
    expect(
      planGroup(current, wanted(['10.0.0.9', '10.0.0.2', '10.0.0.8']), groupConfig({ topic: 'web' })),
    ).toEqual({
      group: 'ali-test-project/web',
      actions: [
        { type: 'topic', from: '', to: 'web' },
        { type: 'add', members: ['10.0.0.8', '10.0.0.9'] },
        { type: 'remove', members: ['10.0.0.1'] },
      ],
      members: 2,
      wanted: 3,
    });
  });

  test('keeps a topic the configuration does not name, and loses one that it names as empty', () => {
    const current = present([], { groupAttribute: { groupTopic: 'old', externalName: MARK } });
    expect(types(current, wanted([]), groupConfig())).toEqual([]);
    expect(planGroup(current, wanted([]), groupConfig({ topic: '' })).actions).toEqual([
      { type: 'topic', from: 'old', to: '' },
    ]);
  });

  test.each([
    ['in another order', ['10.0.0.2', '10.0.0.1']],
    ['with duplicates', ['10.0.0.1', '10.0.0.1', '10.0.0.2']],
    ['in another spelling', [' 10.0.0.1', '::ffff:10.0.0.2']],
    ['in several spellings', ['10.0.0.1', '::ffff:10.0.0.1', '10.0.0.2 ']],
  ])('is as wanted %s', (_name, list) => {
    expect(planGroup(present(list), wanted(['10.0.0.1', '10.0.0.2']), groupConfig())).toMatchObject({
      actions: [],
      members: 2,
    });
  });

  test('loses a member that is no address like any other', () => {
    const plan = planGroup(present(['10.0.0.1', 'host?name']), wanted(['10.0.0.1']), groupConfig());
    expect(plan.actions).toEqual([{ type: 'remove', members: ['host?name'] }]);
  });

  test('is planned from an incomplete reading too: holding back is the business of safety', () => {
    expect(types(present(['10.0.0.1']), wanted([], { completeness: PARTIAL }), groupConfig())).toEqual([
      'remove',
    ]);
  });
});

describe('ownership', () => {
  const full = wanted(['10.0.0.1']);
  test.each([
    ['no mark', '', {}, 'left-alone', 'unmarked'],
    ['another system’s mark', 'testgroup', {}, 'left-alone', 'foreign'],
    ['a mark of ours in other letters', MARK.toUpperCase(), {}, 'left-alone', 'foreign'],
    ['a mark of ours with a blank behind', `${MARK} `, {}, 'left-alone', 'foreign'],
    ['the mark of an owner whose id begins like ours', `${MARK}-2`, {}, 'left-alone', 'other-owner'],
    ['another owner’s mark', ownerMark('staging'), {}, 'left-alone', 'other-owner'],
    ['another owner’s mark, and adopt', ownerMark('staging'), { adopt: true }, 'refused', 'other-owner'],
  ])('with %s nothing is planned', (_name, externalName, settings, kind, code) => {
    const plan = planGroup(marked(['10.0.0.9'], externalName), full, groupConfig(settings));
    expect(plan).toMatchObject({ actions: [], obstacle: { kind, code } });
    expect(plan.obstacle?.says).not.toBe('');
  });

  test.each(['', 'testgroup'])(
    'adopt marks a group that carries %j, then plans it like any other',
    (externalName) => {
      const plan = planGroup(marked(['10.0.0.9'], externalName), full, groupConfig({ adopt: true }));
      expect(plan.actions).toEqual([
        { type: 'adopt', from: externalName, mark: MARK },
        { type: 'add', members: ['10.0.0.1'] },
        { type: 'remove', members: ['10.0.0.9'] },
      ]);
    },
  );

  test('[2] a former owner’s group is taken over without adopt, and no other owner’s', () => {
    const group = { ...groupConfig(), formerOwners: ['before'] };
    expect(planGroup(marked(['10.0.0.1'], ownerMark('before')), full, group).actions).toEqual([
      { type: 'adopt', from: ownerMark('before'), mark: MARK },
    ]);
    for (const mark of [ownerMark('before-2'), 'before', ''])
      expect(planGroup(marked([], mark), full, group).obstacle?.kind).toBe('left-alone');
  });

  test('adopt does nothing to a group that is ours already', () => {
    expect(types(present(['10.0.0.1']), full, groupConfig({ adopt: true }))).toEqual([]);
  });

  test('an owner of its own is what a group’s mark is compared with', () => {
    expect(types(marked([], ownerMark('staging')), full, groupConfig({ owner: 'staging' }))).toEqual(['add']);
    expect(planGroup(present([]), full, groupConfig({ owner: 'staging' })).obstacle?.code).toBe(
      'other-owner',
    );
  });
});

describe('a group of another kind', () => {
  test.each(['userdefined', 'something-new'])(
    '%s is refused: a sync does not turn addresses into ids',
    (kind) => {
      const plan = planGroup(
        present(['a'], { machineIdentifyType: kind }),
        wanted(['10.0.0.1']),
        groupConfig(),
      );
      expect(plan).toMatchObject({ actions: [], obstacle: { kind: 'refused', code: 'identify-mismatch' } });
    },
  );

  test('that is not ours is left alone first of all', () => {
    const current = present(['a'], {
      machineIdentifyType: 'userdefined',
      groupAttribute: { groupTopic: '', externalName: 'x' },
    });
    expect(planGroup(current, wanted([]), groupConfig()).obstacle).toMatchObject({
      kind: 'left-alone',
      code: 'foreign',
    });
  });
});
