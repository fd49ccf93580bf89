import { describe, expect, test } from 'vitest';
import type { Origin } from '../../../../lib/core/reading/snapshot.ts';
import { listed, mergeWanted } from '../../../../lib/core/reading/wanted.ts';
import { PARTIAL, sourceWanted } from '../values.ts';

const ec2 = { source: 'sources[0] ec2', takenAt: 2_000 };
const file = { source: 'sources[1] file', takenAt: 1_000 };

describe('mergeWanted', () => {
  test('unites members and keeps every origin', () => {
    const merged = mergeWanted([sourceWanted(['a', 'b'], ec2), sourceWanted(['b', 'c'], file)]);
    expect([...merged.members.keys()]).toEqual(['a', 'b', 'c']);
    expect(merged.members.get('b')).toEqual([
      { source: ec2.source, id: 'id of b' },
      { source: file.source, id: 'id of b' },
    ]);
  });

  test('is as old as its oldest reading and tells of each', () => {
    const revision = '"etag"';
    const merged = mergeWanted([sourceWanted(['a'], ec2), sourceWanted(['b', 'c'], { ...file, revision })]);
    expect(merged.takenAt).toBe(1_000);
    expect(merged.sources).toEqual([
      {
        source: ec2.source,
        members: 1,
        dropped: 0,
        completeness: { complete: true, proof: '1 page' },
        takenAt: 2_000,
      },
      {
        source: file.source,
        members: 2,
        dropped: 0,
        completeness: { complete: true, proof: '1 page' },
        takenAt: 1_000,
        revision,
      },
    ]);
    expect(merged.completeness).toEqual({
      complete: true,
      proof: 'sources[0] ec2: 1 page; sources[1] file: 1 page',
    });
  });

  test('is incomplete if one source is, with every reason under its label', () => {
    const twice = { complete: false, reasons: ['cut off', 'wrong total'] } as const;
    const merged = mergeWanted([
      sourceWanted(['a'], ec2),
      sourceWanted(['b'], { ...file, completeness: twice }),
      sourceWanted([], { source: 'sources[2] http', completeness: PARTIAL }),
    ]);
    expect(merged.completeness).toEqual({
      complete: false,
      reasons: [
        'sources[1] file: cut off',
        'sources[1] file: wrong total',
        'sources[2] http: page 2 is missing',
      ],
    });
  });

  test('collects what was dropped', () => {
    const skip = (id: string) => ({ origin: { source: 's', id }, reason: 'stopped' });
    const merged = mergeWanted([
      sourceWanted([], { ...ec2, dropped: [skip('1')] }),
      sourceWanted([], { ...file, dropped: [skip('2'), skip('3')] }),
    ]);
    expect(merged.dropped.map(({ origin }) => origin.id)).toEqual(['1', '2', '3']);
    expect(merged.sources.map(({ dropped }) => dropped)).toEqual([1, 2]);
  });

  test('of nothing is incomplete: nothing was read, which is not the same as nothing being there', () => {
    expect(mergeWanted([])).toMatchObject({
      completeness: { complete: false, reasons: ['no source was read'] },
      takenAt: 0,
    });
  });

  test('lists every origin of a member, in their order, and changes nothing of the parts', () => {
    const [one, two, three, four] = ['1', '2', '3', '4'].map((id) => ({ source: ec2.source, id }));
    const first = sourceWanted([], { ...ec2, members: new Map([['a', [one, two] as Origin[]]]) });
    const second = sourceWanted([], { ...file, members: new Map([['a', three as Origin]]) });
    const third = sourceWanted([], { ...file, members: new Map([['a', [four] as Origin[]]]) });
    for (let again = 0; again < 2; again += 1) {
      const merged = mergeWanted([first, second, third]);
      expect(listed(merged.members.get('a'))).toEqual([one, two, three, four]);
      expect(listed(merged.members.get('b'))).toEqual([]);
    }
    const crowded = Array.from({ length: 300_000 }, (_, index) => ({ source: 'many', id: `i-${index}` }));
    const many = sourceWanted([], { ...file, members: new Map([['a', crowded as Origin[]]]) });
    expect(listed(mergeWanted([first, many]).members.get('a'))).toHaveLength(300_002);
    const reversed = mergeWanted([second, third, first]);
    expect(listed(reversed.members.get('a'))).toEqual([three, four, one, two]);
  });
  test('does not copy the members of a single source: they may be a million', () => {
    const only = sourceWanted(['a']);
    expect(mergeWanted([only]).members).toBe(only.members);
  });

  test('names an address that several machines of one source share, not one that two sources know', () => {
    const origin = (source: string, id: string) => ({ source, id });
    const shared = new Map([
      ['a', [origin('ec2', 'i-1'), origin('ec2', 'i-2')]],
      ['b', [origin('ec2', 'i-3'), origin('ec2', 'i-3')]],
      ['c', [origin('ec2', 'i-4')]],
    ]);
    const merged = mergeWanted([
      sourceWanted([], { source: 'ec2', members: shared }),
      sourceWanted(['c'], file),
    ]);
    expect(merged.collisions).toEqual([{ member: 'a', source: 'ec2', ids: ['i-1', 'i-2'] }]);
  });
});
