import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MachineGroup } from '../../../../lib/core/group/machine-group.ts';
import { mergePatch, patchedGroup } from '../../../../lib/core/group/merge-patch.ts';

describe('a patch gives what RFC 7396 has in appendix A', () => {
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('for %j patched with %j', (target, patch, result) => {
    const before = JSON.stringify([target, patch]);
    expect(mergePatch(target, patch)).toEqual(result);
    expect(JSON.stringify([target, patch])).toBe(before);
  });
});

test('a field is a field, whatever it is called', () => {
  const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
  expect(Object.keys(merged as object)).toEqual(['__proto__']);
  expect((merged as { polluted?: boolean }).polluted).toBeUndefined();
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('the same patch again changes nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
    }),
  );
});

describe('a group', () => {
  const group = {
    groupName: 'web',
    groupType: 'Armory',
    machineIdentifyType: 'ip',
    groupAttribute: { groupTopic: 'topic', externalName: 'owner', novel: 1 },
    machineList: ['10.0.0.1'],
    createTime: 1,
    lastModifyTime: 2,
    novel: { a: 1 },
  } as MachineGroup;
  const { createTime: _c, lastModifyTime: _m, ...definition } = group;

  test('keeps what is not named, and loses its times', () => {
    expect(patchedGroup(group, {})).toEqual(definition);
    expect(patchedGroup(group, { groupAttribute: { groupTopic: 'new' } })).toEqual({
      ...definition,
      groupAttribute: { ...definition.groupAttribute, groupTopic: 'new' },
    });
  });
  test('gets the default for null', () => {
    expect(patchedGroup(group, { groupType: null, groupAttribute: { externalName: null } })).toEqual({
      ...definition,
      groupType: '',
      groupAttribute: { ...definition.groupAttribute, externalName: '' },
    });
    expect(patchedGroup(group, { groupAttribute: null }).groupAttribute).toEqual({
      groupTopic: '',
      externalName: '',
    });
  });
});
