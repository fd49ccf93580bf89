import { createHash } from 'node:crypto';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { GroupConfig } from '../../../../lib/core/config/config.ts';
import type { SafetySettings } from '../../../../lib/core/config/settings.ts';
import type { CurrentGroup } from '../../../../lib/core/group/current.ts';
import { ABSENT } from '../../../../lib/core/group/current.ts';
import { FINGERPRINT, fingerprint, planText, UNBOUND } from '../../../../lib/core/plan/fingerprint.ts';
import { planGroup } from '../../../../lib/core/plan/plan.ts';
import type { Wanted } from '../../../../lib/core/reading/wanted.ts';
import { setDigest } from '../../../../lib/core/text/digest.ts';
import { groupConfig, machines, PARTIAL, present, wanted } from '../values.ts';

const print = (current: CurrentGroup, want: Wanted, group: GroupConfig) =>
  fingerprint(planGroup(current, want, group), current, want, group);

const current = present(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
const want = wanted(['10.0.0.1', '10.0.0.2', '10.0.0.4']);
const base = print(current, want, groupConfig());

test('is 32 hexadecimal digits, the same each time', () => {
  expect(base).toMatch(FINGERPRINT);
  expect(print(current, want, groupConfig())).toBe(base);
});

describe('stays the same', () => {
  test.each<[string, CurrentGroup, Wanted]>([
    ['order of the group', present(['10.0.0.3', '10.0.0.1', '10.0.0.2']), want],
    ['duplicates and spelling', present(['10.0.0.1', ' 10.0.0.1', '::ffff:10.0.0.2', '10.0.0.3']), want],
    ['order of the inventory', current, wanted(['10.0.0.4', '10.0.0.2', '10.0.0.1'])],
    ['time of the reading', current, wanted(['10.0.0.1', '10.0.0.2', '10.0.0.4'], { takenAt: 5 })],
    [
      'proof',
      current,
      wanted(['10.0.0.1', '10.0.0.2', '10.0.0.4'], { completeness: { complete: true, proof: '2 pages' } }),
    ],
  ])('whatever the %s', (_name, now, inventory) => {
    expect(print(now, inventory, groupConfig())).toBe(base);
  });

  test('with another reason for an incomplete reading', () => {
    const partial = (reason: string) =>
      wanted(['10.0.0.1'], { completeness: { complete: false, reasons: [reason] } });
    expect(print(current, partial('request 1'), groupConfig())).toBe(
      print(current, partial('request 2'), groupConfig()),
    );
  });
});

describe('changes', () => {
  test.each<[string, CurrentGroup]>([
    ['gone', ABSENT],
    ['one member more that is wanted', present(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'])],
    ['one member more that is not', present(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.5'])],
    [
      'lastModifyTime, though it looks the same',
      present(['10.0.0.1', '10.0.0.2', '10.0.0.3'], { lastModifyTime: 1 }),
    ],
    ['createTime', present(['10.0.0.1', '10.0.0.2', '10.0.0.3'], { createTime: 1 })],
    ['groupType', present(['10.0.0.1', '10.0.0.2', '10.0.0.3'], { groupType: 'Armory' })],
    [
      'topic that is not ours to set',
      present(['10.0.0.1', '10.0.0.2', '10.0.0.3'], {
        groupAttribute: { ...current.definition.groupAttribute, groupTopic: 'x' },
      }),
    ],
  ])('when the group differs: %s', (_name, now) => {
    expect(print(now, want, groupConfig())).not.toBe(base);
  });

  test('when the members that stay differ: the same removal from another group is another plan', () => {
    const one = print(present(['10.0.0.1', '10.0.0.9']), wanted(['10.0.0.1']), groupConfig());
    const other = print(present(['10.0.0.2', '10.0.0.9']), wanted(['10.0.0.2']), groupConfig());
    expect(one).not.toBe(other);
  });
});

describe('changes with the inventory', () => {
  test.each<[string, Wanted]>([
    ['one more', wanted(['10.0.0.1', '10.0.0.2', '10.0.0.4', '10.0.0.5'])],
    ['one fewer', wanted(['10.0.0.1', '10.0.0.4'])],
    ['another', wanted(['10.0.0.1', '10.0.0.2', '10.0.0.6'])],
    ['completeness', wanted(['10.0.0.1', '10.0.0.2', '10.0.0.4'], { completeness: PARTIAL })],
  ])('when its content differs: %s', (_name, inventory) => {
    expect(print(current, inventory, groupConfig())).not.toBe(base);
  });
});

describe('changes with the setting', () => {
  test.each<[string, Record<string, unknown>]>([
    ['policy', { policy: 'upsert-only' }],
    ['topic', { topic: 'x' }],
    ['adopt', { adopt: true }],
    ['allowEmpty', { allowEmpty: true }],
    ['allow', { allow: ['10.0.0.0/8'] }],
    ['deny', { deny: ['10.1.0.0/16'] }],
    ['endpoint', { endpoint: 'cn-hangzhou.log.aliyuncs.com' }],
    ['name', { name: 'web-2' }],
    ['maxRemovalShare', { safety: { maxRemovalShare: 0.31 } }],
    ['minMembersForShare', { safety: { minMembersForShare: 11 } }],
    ['maxSmallRemovals', { safety: { maxSmallRemovals: 3 } }],
    ['keepLast', { safety: { keepLast: false } }],
    ['secondLook', { safety: { secondLook: false } }],
  ])('%s', (_name, settings) => {
    expect(print(current, want, groupConfig(settings))).not.toBe(base);
  });
});

describe('a setting that nobody knows yet', () => {
  const group = groupConfig();
  test.each<[string, object, object]>([
    ['of the group', { madeUp: 1 }, { madeUp: 2 }],
    ['of safety', { safety: { ...group.safety, madeUp: 1 } }, { safety: { ...group.safety, madeUp: 2 } }],
    ['named like a method of every object', { toString: 1 }, { toString: 2 }],
  ])('%s moves it', (_name, one, other) => {
    const prints = [{}, one, other].map((settings) => print(current, want, { ...group, ...settings }));
    expect(new Set(prints).size).toBe(3);
  });

  test('does not move it by its place', () => {
    const turned = Object.fromEntries(Object.entries(group).reverse()) as unknown as GroupConfig;
    const safety = Object.fromEntries(Object.entries(group.safety).reverse()) as unknown as SafetySettings;
    expect(print(current, want, { ...turned, safety })).toBe(base);
  });
});

describe('what an approval is not bound to', () => {
  test.each(Object.entries(UNBOUND))('%s, because %s', (name) => {
    expect(Object.keys(groupConfig())).toContain(name);
  });

  test('sources do not move it where they want the same machines', () => {
    const sources = [{ type: 'static', members: ['10.0.0.1'] }];
    expect(print(current, want, groupConfig({ sources }))).toBe(base);
  });

  test('is named by fields that there are, and everything else is JSON', () => {
    expectTypeOf<keyof typeof UNBOUND>().toExtend<keyof GroupConfig>();
    expectTypeOf<Omit<GroupConfig, keyof typeof UNBOUND>>().toExtend<
      Json<Omit<GroupConfig, keyof typeof UNBOUND>>
    >();
  });
});

/** The type itself where JSON holds all of it, and less than it where a part would be lost, as in a Set. */
type Json<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer E)[]
    ? readonly Json<E>[]
    : T extends
          | ReadonlySet<unknown>
          | ReadonlyMap<unknown, unknown>
          | Date
          | RegExp
          | ((...args: never) => unknown)
      ? never
      : { readonly [K in keyof T]: Json<T[K]> };

test('allow and deny do not run into each other', () => {
  const one = print(current, want, groupConfig({ allow: ['10.0.0.0/8'] }));
  expect(one).not.toBe(print(current, want, groupConfig({ deny: ['10.0.0.0/8'] })));
});

test('does not hold the members that stay by name: the text of a large group stays small', () => {
  const many = machines(2_000);
  const group = groupConfig();
  const plan = planGroup(present(many), wanted(many.slice(1)), group);
  expect(planText(plan, present(many), wanted(many.slice(1)), group).length).toBeLessThan(500);
});

describe('setDigest', () => {
  test('does not depend on order', () => {
    const members = machines(500);
    expect(setDigest(members.toReversed())).toEqual(setDigest(members));
  });

  test('tells sets of similar texts apart', () => {
    const pairs = machines(100).flatMap((one, index, all) =>
      all.slice(index + 1).map((other) => [one, other]),
    );
    expect(new Set(pairs.map((pair) => setDigest(pair))).size).toBe(pairs.length);
    const similar = ['', 'a', 'aa', 'aaa', 'ab', 'ba', 'a\u0000', '\ud800', '\ud801'];
    expect(new Set(similar.map((text) => setDigest([text]))).size).toBe(similar.length);
  });

  test('tells one text from two that it might be made of, and none from an empty one', () => {
    const sets = [[], [''], ['a', 'b'], ['ab'], ['a,b'], ['a","b'], ['a\nb'], ['b', 'a', 'c']];
    expect(new Set(sets.map((texts) => setDigest(texts))).size).toBe(sets.length);
  });

  test('is a SHA-256 of the sorted texts, which anybody can make again', () => {
    const digest = createHash('sha256').update('["10.0.0.1","10.0.0.2","10.0.0.3"]').digest('hex');
    expect(setDigest(['10.0.0.3', '10.0.0.1', '10.0.0.2'])).toBe(digest);
    expect(planText(planGroup(current, want, groupConfig()), current, want, groupConfig())).toContain(digest);
  });
});
