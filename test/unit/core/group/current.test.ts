import { describe, expect, test } from 'vitest';
import {
  ABSENT,
  type CurrentGroup,
  membersOf,
  movedSince,
  spellingsOf,
} from '../../../../lib/core/group/current.ts';
import { present } from '../values.ts';

describe('presentGroup', () => {
  test('holds each member once, in canonical form and in the order of the list', () => {
    const group = present(['10.0.0.2', ' 10.0.0.1', '10.0.0.2', '10.0.0.1']);
    expect([...group.members]).toEqual(['10.0.0.2', '10.0.0.1']);
    expect(group.definition.machineList).toHaveLength(4);
  });

  test.each<[string, string[], string[]]>([
    ['canonical, once', ['10.0.0.1'], ['10.0.0.1']],
    ['canonical, twice', ['10.0.0.1', '10.0.0.1'], ['10.0.0.1']],
    ['odd, once', [' 10.0.0.1'], [' 10.0.0.1']],
    ['odd, twice', [' 10.0.0.1', ' 10.0.0.1'], [' 10.0.0.1']],
    ['odd, then canonical', [' 10.0.0.1', '10.0.0.1'], [' 10.0.0.1', '10.0.0.1']],
    ['canonical, then odd', ['10.0.0.1', '::ffff:10.0.0.1'], ['10.0.0.1', '::ffff:10.0.0.1']],
    [
      'in three ways',
      [' 10.0.0.1', '::ffff:10.0.0.1', '10.0.0.1 '],
      [' 10.0.0.1', '::ffff:10.0.0.1', '10.0.0.1 '],
    ],
  ])('knows the spellings of a member listed %s', (_name, list, spellings) => {
    expect(spellingsOf(present(list), '10.0.0.1')).toEqual(spellings);
  });

  test('lets a member that cannot be read stand for itself, and names it', () => {
    const group = present(['10.0.0.1', 'host?', 'host?']);
    expect([...group.members]).toEqual(['10.0.0.1', 'host?']);
    expect(group.unreadable).toEqual(['host?']);
  });

  test('keeps the members of a kind it does not know as they are', () => {
    const group = present([' 10.0.0.1', '?'], { machineIdentifyType: 'new' });
    expect([...group.members]).toEqual([' 10.0.0.1', '?']);
    expect(group.unreadable).toEqual([]);
  });
});

test('an absent group has no members', () => {
  expect(membersOf(ABSENT).size).toBe(0);
});

describe('movedSince', () => {
  const group = present(['10.0.0.1', '10.0.0.2']);
  test.each<[string, CurrentGroup, CurrentGroup]>([
    ['the same', group, present(['10.0.0.1', '10.0.0.2'])],
    ['the same in another order and spelling', group, present([' 10.0.0.2', '10.0.0.1', '10.0.0.1'])],
    ['still absent', ABSENT, ABSENT],
  ])('says that a group has not moved: %s', (_name, before, now) => {
    expect(movedSince(before, now)).toBeUndefined();
  });

  test.each<[string, CurrentGroup, CurrentGroup, string]>([
    ['created', ABSENT, group, 'it was created'],
    ['deleted', group, ABSENT, 'it was deleted'],
    [
      'written later',
      group,
      present(['10.0.0.1', '10.0.0.2'], { lastModifyTime: 1_700_000_101 }),
      'its lastModifyTime differs',
    ],
    [
      'made anew in the same second',
      group,
      present(['10.0.0.1', '10.0.0.2'], { createTime: 1 }),
      'it was deleted and created again',
    ],
    [
      'written in the same second: one more',
      group,
      present(['10.0.0.1', '10.0.0.2', '10.0.0.3']),
      'its members differ',
    ],
    [
      'written in the same second: one exchanged',
      group,
      present(['10.0.0.1', '10.0.0.3']),
      'its members differ',
    ],
    [
      'of another type',
      group,
      present(['10.0.0.1', '10.0.0.2'], { groupType: 'Armory' }),
      'its attributes differ',
    ],
    [
      'of another kind',
      group,
      present(['10.0.0.1', '10.0.0.2'], { machineIdentifyType: 'userdefined' }),
      'its attributes differ',
    ],
    [
      'marked otherwise',
      group,
      present(['10.0.0.1', '10.0.0.2'], { groupAttribute: { groupTopic: '', externalName: 'x' } }),
      'its attributes differ',
    ],
    [
      'given a topic',
      group,
      present(['10.0.0.1', '10.0.0.2'], {
        groupAttribute: { ...group.definition.groupAttribute, groupTopic: 'x' },
      }),
      'its attributes differ',
    ],
  ])('says that a group has moved: %s', (_name, before, now, says) => {
    expect(movedSince(before, now)).toBe(says);
  });
});
