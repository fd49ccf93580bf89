// What the history says of one run in lines: what became of a group, and by whose word.
import { describe, expect, test } from 'vitest';
import { entryLines } from '../../../lib/cli/commands/history.ts';

const list = (...members: readonly string[]) => ({ count: members.length, members });
const entry = (change: object) => ({
  ...{ run: 'r', at: '2026-11-26T02:14:09.512Z', what: 'PatchMachineGroup', more: 0 },
  changes: [{ group: 'p/web', outcome: 'written', came: list(), went: list(), says: [], ...change }],
});

describe('a change of a group', () => {
  test.each<[string, object, readonly string[]]>([
    ['of members alone says no more', {}, []],
    ['removed its mark', { mark: '' }, ['the owner mark was removed']],
    ['gave it another', { mark: 'sls-machine-groups/x' }, ['the owner mark is now sls-machine-groups/x']],
    ['made it, with a mark and no topic', { was: 'made', mark: 'm', topic: '' }, ['the owner mark is now m']],
    ['made it without a mark', { was: 'made', mark: '', topic: '' }, []],
    ['removed its topic', { topic: '' }, ['the topic was removed']],
    ['gave it another topic', { topic: 'web' }, ['the topic is now web']],
    [
      'changed its kind',
      { kind: 'userdefined', kindBefore: 'ip' },
      ['the kind was changed from ip to userdefined'],
    ],
    [
      'went by approvals',
      {
        approvals: [
          { who: 'ann', reason: 'rack B is gone' },
          { who: 'bob', reason: 'so it is' },
        ],
      },
      ['approved by ann: rack B is gone', 'approved by bob: so it is'],
    ],
  ])('that %s', (_, change, says) => {
    expect(entryLines(entry(change)).slice(2)).toEqual(says.map((text) => `    ${text}`));
  });
});
