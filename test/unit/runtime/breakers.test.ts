// Which groups a breaker concerns: those that one reading serves, whatever each of them selects from it.
import { expect, test } from 'vitest';
import type { GroupConfig } from '../../../lib/core/config/config.ts';
import { examineGroup, prepare } from '../../../lib/core/plan/decide.ts';
import { newMemory } from '../../../lib/core/removal/memory.ts';
import { breakerFor, type Share, shareOf } from '../../../lib/runtime/sync/breakers.ts';
import { canonical, groupConfig, knownGroup, NOW, present, wanted } from '../core/values.ts';

/** A group of 20 of which so many are missing, and nobody has heard from any of them. */
function share(name: string, missing: number, readings: readonly string[], more: object = {}): Share {
  const members = Array.from({ length: 20 }, (_, index) => `10.0.0.${index}`);
  const group: GroupConfig = groupConfig({
    name,
    sources: [{ type: 'ec2', regions: ['eu-central-1'], tags: { team: name } }],
    ...more,
  });
  const read = { ...wanted(members.slice(missing)), readings };
  const input = {
    group,
    current: present(members),
    wanted: read,
    known: knownGroup(newMemory(0)),
    canonical,
    now: NOW,
  };
  return shareOf(examineGroup(prepare(input), undefined, [])) as Share;
}

const openIn = (groups: readonly Share[]) => {
  const breaker = breakerFor(groups);
  return groups.map((one) => breaker(one)?.open);
};

test('groups of one region’s reading are one, though each has another filter', () => {
  const region = ['ec2 eu-central-1'];
  const all = [share('a', 12, region), share('b', 0, region), share('c', 0, ['ec2 us-east-1'])];
  expect(openIn(all)).toEqual([true, true, false]);
  expect(breakerFor(all)(all[0] as Share)?.says).toContain('12 of 40 machines in the 2 groups');
});

test('a fifth is not more than a fifth', () => {
  const region = ['ec2 eu-central-1'];
  const rest = ['b', 'c', 'd'].map((name) => share(name, 0, region));
  expect(openIn([share('a', 16, region), ...rest])).toEqual([false, false, false, false]);
  expect(openIn([share('a', 17, region), ...rest])).toEqual([true, true, true, true]);
});

test('any of a group’s readings holds it, and identical sources are one reading also where nothing was shared', () => {
  const [a, b] = [share('a', 12, ['one', 'two']), share('b', 1, ['two', 'three'])];
  expect(openIn([a, b, share('c', 0, ['three'])])).toEqual([true, true, false]);
  const same = { sources: [{ type: 'static', members: ['10.0.0.1'] }] };
  const apart = [share('a', 12, [], same), share('b', 0, [], same), share('c', 12, [])];
  expect(openIn(apart)).toEqual([true, true, false]);
});
