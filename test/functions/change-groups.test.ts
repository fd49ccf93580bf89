// Replacing, patching and deleting machine groups, and the way of a group from GET back to PUT and POST.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROJECT } from '../support/names.ts';
import { CONFIG, callOf, codeOf, GROUP, jsonOf, messageOf, storedGroup } from './api-calls.ts';
import { Functions } from './setup.ts';

let functions: Functions;
beforeEach(async () => {
  functions = await Functions.start();
  functions.standIn.groups(PROJECT).set(GROUP, storedGroup());
  functions.standIn.configs(PROJECT).add(CONFIG);
});
afterEach(() => functions[Symbol.asyncDispose]());

const stored = (name = GROUP) => functions.standIn.groups(PROJECT).get(name);
const store = (changes: object) => functions.standIn.groups(PROJECT).set(GROUP, storedGroup(changes));
const operations = () => functions.standIn.requests.map(({ operation, status }) => `${operation} ${status}`);
const lastBody = () => JSON.parse(functions.standIn.requests.at(-1)?.body ?? '');

async function run(name: string, parts: Parameters<typeof callOf>[1]) {
  return functions.http(await functions.load(name), callOf(name, parts));
}

/** The group as GET shows it. */
const read = async (groupName = GROUP) => jsonOf(await run('get-group', { parameters: { groupName } }));

/** An answer of GetMachineGroup with fields that nobody knows today. */
function tomorrow(changes: object = {}) {
  const { groupAttribute, ...group } = storedGroup(changes);
  const body = JSON.stringify({
    ...group,
    novel: { a: [1] },
    groupAttribute: { ...groupAttribute, novel: 2 },
  });
  const answer = { kind: 'raw', status: 200, contentType: 'application/json', body } as const;
  functions.standIn.faults.add({ ...answer, operation: 'GetMachineGroup' });
}

describe('PUT', () => {
  const definition = { groupName: GROUP, machineIdentifyType: 'ip', machineList: ['10.0.0.9'] };

  test('replaces the whole group: what is left out gets its default', async () => {
    expect((await run('update-group', { body: definition })).statusCode).toBe(200);
    expect(stored()).toMatchObject({
      groupAttribute: { groupTopic: '', externalName: '' },
      machineList: ['10.0.0.9'],
      createTime: 1_447_178_253,
    });
    expect(operations()).toEqual(['GetMachineGroup 200', 'UpdateMachineGroup 200']);
  });
  test('normalises addresses and drops duplicates', async () => {
    const machineList = ['::ffff:10.0.0.1', '10.0.0.1', '2001:DB8::0:1'];
    await run('update-group', { body: { ...definition, machineList } });
    expect(lastBody().machineList).toEqual(['10.0.0.1', '2001:db8::1']);
  });
  test.each([
    ['another group in the body', { groupName: 'other-group' }, /groupName: must be the same/],
    ['no group in the body', { groupName: undefined }, /groupName: is missing/],
    ['another project in the body', { projectName: 'other-project' }, /projectName: must be the same/],
    ['unknown fields', { machinelist: [] }, /machinelist: is not a known field/],
    ['unreadable addresses', { machineList: ['010.0.0.1'] }, /machineList\[0\]: .*leading zeros/],
    ['times that are text', { createTime: 'now' }, /createTime: must be a number/],
  ])('answers 400 InvalidParameter: %s', async (_, changes, says) => {
    const body = { ...definition, ...changes };
    const result = await run('update-group', { body });
    expect([result.statusCode, codeOf(result)]).toEqual([400, 'InvalidParameter']);
    expect(messageOf(result)).toMatch(says);
    expect(operations()).toEqual([]);
  });
  test('writes groups that have names of older days', async () => {
    functions.standIn.groups(PROJECT).set('Web', storedGroup({ groupName: 'Web' }));
    const body = { ...definition, groupName: 'Web' };
    const result = await run('update-group', { parameters: { groupName: 'Web' }, body });
    expect(result.statusCode, result.body).toBe(200);
    expect(stored('Web')?.machineList).toEqual(['10.0.0.9']);
  });
});

describe('a round trip', () => {
  const groups = fc.record({
    groupType: fc.constantFrom('', 'Armory', 'test'),
    groupAttribute: fc.record({
      groupTopic: fc.stringMatching(/^[ -~äß漢]{0,20}$/),
      externalName: fc.stringMatching(/^[ -~äß漢]{0,20}$/),
    }),
    kind: fc.oneof(
      fc.record({
        machineIdentifyType: fc.constant('ip'),
        machineList: fc.uniqueArray(fc.ipV4(), { maxLength: 5 }),
      }),
      fc.record({
        machineIdentifyType: fc.constant('userdefined'),
        machineList: fc.uniqueArray(fc.stringMatching(/^[!-~][ -~ü]{0,10}$/), { maxLength: 5 }),
      }),
    ),
  });

  test('of what GET answers through PUT and POST is accepted as it stands, and changes nothing', async () => {
    const [get, put, post] = [
      await functions.load('get-group'),
      await functions.load('update-group'),
      await functions.load('create-group'),
    ];
    const parameters = { groupName: GROUP };
    await fc.assert(
      fc.asyncProperty(groups, async ({ kind, ...rest }) => {
        store({ ...rest, ...kind });
        const before = stored();
        const { body } = await functions.http(get, callOf('get-group', { parameters }));
        const replaced = await functions.http(put, callOf('update-group', { parameters, body }));
        expect(replaced.statusCode, replaced.body).toBe(200);
        const isSame = (group: typeof before) => {
          expect(group).toMatchObject({
            ...before,
            machineList: expect.anything(),
            lastModifyTime: expect.anything(),
          });
          expect(group?.machineList.toSorted()).toEqual(before?.machineList.toSorted());
        };
        isSame(stored());
        functions.standIn.groups(PROJECT).delete(GROUP);
        const created = await functions.http(post, callOf('create-group', { body }));
        expect(created.statusCode, created.body).toBe(200);
        isSame({ ...(stored() as NonNullable<typeof before>), createTime: before?.createTime as number });
      }),
      { numRuns: 60 },
    );
  });

  test('shows no fields of tomorrow, so that they are not refused', async () => {
    tomorrow();
    const group = await read();
    expect(group).toEqual(storedGroup());
    expect((await run('update-group', { body: group })).statusCode).toBe(200);
  });

  test('writes nothing by a patch with all that GET answers', async () => {
    expect((await run('patch-group', { body: await read() })).statusCode).toBe(200);
    expect(operations()).toEqual(['GetMachineGroup 200', 'GetMachineGroup 200']);
  });
});

describe('PATCH', () => {
  const OTHERS = {
    groupName: GROUP,
    groupType: '',
    machineIdentifyType: 'ip',
    machineList: ['10.0.0.1', '10.0.0.2'],
    groupAttribute: { groupTopic: 'testtopic', externalName: '' },
  };
  test.each([
    [{ groupAttribute: { groupTopic: 'new' } }, { groupAttribute: { groupTopic: 'new', externalName: '' } }],
    [
      { groupAttribute: { externalName: 'x' } },
      { groupAttribute: { groupTopic: 'testtopic', externalName: 'x' } },
    ],
    [{ groupAttribute: { groupTopic: null } }, { groupAttribute: { groupTopic: '', externalName: '' } }],
    [{ groupAttribute: null }, { groupAttribute: { groupTopic: '', externalName: '' } }],
    [{ groupType: 'Armory' }, { groupType: 'Armory' }],
    [{ machineList: ['::ffff:10.0.0.3'] }, { machineList: ['10.0.0.3'] }],
    [{ machineList: [] }, { machineList: [] }],
    [{ machineIdentifyType: 'userdefined' }, { machineIdentifyType: 'userdefined' }],
    [
      { machineIdentifyType: 'userdefined', machineList: ['web'] },
      { machineIdentifyType: 'userdefined', machineList: ['web'] },
    ],
  ])('applies %j', async (patch, change) => {
    const result = await run('patch-group', { body: patch });
    expect([result.statusCode, result.body]).toEqual([200, '']);
    expect(operations()).toEqual(['GetMachineGroup 200', 'UpdateMachineGroup 200']);
    expect(lastBody()).toEqual({ ...OTHERS, ...change });
  });
  test('keeps every field that it does not name, those of tomorrow included, and sends no times', async () => {
    tomorrow();
    await run('patch-group', { body: { groupType: 'Armory' } });
    expect(lastBody()).toEqual({
      ...OTHERS,
      groupType: 'Armory',
      groupAttribute: { ...OTHERS.groupAttribute, novel: 2 },
      novel: { a: [1] },
    });
  });
  test('leaves a list that it does not name to the letter, whatever stands in it', async () => {
    const machineList = ['not an address', '2001:DB8::1', '10.0.0.1'];
    store({ machineList });
    await run('patch-group', { body: { groupType: 'Armory' } });
    expect(lastBody().machineList).toEqual(machineList);
  });
  test.each([
    'application/merge-patch+json',
    'application/json',
    'Application/Merge-Patch+JSON; charset=utf-8',
    'application/merge-patch+json;charset=utf8;',
  ])('takes %s', async (type) => {
    const result = await run('patch-group', {
      body: { groupType: 'Armory' },
      headers: { 'content-type': type },
    });
    expect(result.statusCode).toBe(200);
  });
  test('refuses every other type', async () => {
    const headers = { 'content-type': 'application/json-patch+json' };
    const result = await run('patch-group', { body: [{ op: 'remove', path: '/groupType' }], headers });
    expect([result.statusCode, codeOf(result)]).toEqual([415, 'InvalidContentType']);
    expect(messageOf(result)).toMatch(/application\/merge-patch\+json or application\/json/);
  });
  test('is not taken for a group by PUT and POST', async () => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    for (const name of ['update-group', 'create-group']) {
      expect((await run(name, { body: OTHERS, headers })).statusCode).toBe(415);
    }
  });
  test.each([
    [{ machineList: null }, /machineList: must be a list, is null/],
    [{ machineIdentifyType: null }, /machineIdentifyType: must be one of/],
    [{ groupName: 'other-group' }, /groupName: must be the same/],
    [{ groupName: null }, /groupName: must be the same/],
    [{ novel: 1 }, /novel: is not a known field/],
    [{ groupAttribute: { topic: '' } }, /groupAttribute\.topic: is not a known field/],
    [{ machineList: ['10.0.0.0/8'] }, /machineList\[0\]: .*mask/],
    [[], /document: must be an object/],
    ['"text"', /document: must be an object/],
  ])('answers 400 InvalidParameter for the patch %j', async (body, says) => {
    const result = await run('patch-group', { body });
    expect([result.statusCode, codeOf(result)]).toEqual([400, 'InvalidParameter']);
    expect(messageOf(result)).toMatch(says);
    expect(operations().filter((one) => one.startsWith('Update'))).toEqual([]);
  });
  test('takes a change of kind only where it fits the members that stay', async () => {
    store({ machineIdentifyType: 'userdefined', machineList: ['web-1', '10.0.0.1'] });
    const result = await run('patch-group', { body: { machineIdentifyType: 'ip' } });
    expect([result.statusCode, codeOf(result)]).toEqual([400, 'InvalidParameter']);
    expect(messageOf(result)).toMatch(/machineList\[[01]\]: .*IPv4/);
    expect(stored()?.machineIdentifyType).toBe('userdefined');
  });
  test('gives a group its kind back together with an empty list, as operations.md says', async () => {
    store({ machineIdentifyType: 'userdefined', machineList: ['web-1'] });
    const body = { machineIdentifyType: 'ip', machineList: [] };
    expect((await run('patch-group', { body })).statusCode).toBe(200);
    expect(stored()).toMatchObject(body);
  });
  test('refuses a list of unreadable members in a few lines', async () => {
    const body = {
      machineIdentifyType: 'ip',
      machineList: Array.from({ length: 200 }, (_, n) => `web-${n}`),
    };
    const message = messageOf(await run('patch-group', { body }));
    expect(message).toMatch(/machineList\[24\]: .*; and 175 more$/);
  });
});

describe('DELETE', () => {
  const del = (query: Record<string, string> = {}) =>
    run('delete-group', { query: { projectName: PROJECT, ...query } });

  test('deletes a group that nobody keeps, once', async () => {
    const first = await del();
    expect([first.statusCode, first.body]).toEqual([200, '']);
    expect(first.headers['x-log-requestid']).toBe(functions.standIn.requests.at(-1)?.requestId);
    expect(stored()).toBeUndefined();
    const second = await del();
    expect(second.statusCode).toBe(404);
    expect(jsonOf(second)).toMatchObject({
      errorCode: 'GroupNotExist',
      errorMessage: `group ${GROUP} does not exist.`,
    });
  });

  test('answers 409 while Logtail configs are applied', async () => {
    await run('apply-config', {});
    const result = await del();
    expect([result.statusCode, codeOf(result)]).toEqual([409, 'MachineGroupInUse']);
    expect(messageOf(result)).toBe(
      `group ${GROUP} is not deleted: Logtail configs are applied to it: "${CONFIG}".`,
    );
    expect(stored()).toBeDefined();
    await run('remove-config', {});
    expect((await del()).statusCode).toBe(200);
  });

  test.each([
    ['sls-machine-groups/prod-eu', {}, /it belongs to the sync of the owner "prod-eu"/],
    ['sls-machine-groups/prod-eu', { owner: 'prod' }, /"prod-eu"/],
    ['sls-machine-groups/prod-eu', { owner: 'PROD-EU' }, /"prod-eu"/],
  ])('answers 409 when it belongs to %s and the caller says %j', async (externalName, query, says) => {
    store({ groupAttribute: { groupTopic: '', externalName } });
    const result = await del(query);
    expect([result.statusCode, codeOf(result)]).toEqual([409, 'MachineGroupOwned']);
    expect(messageOf(result)).toMatch(says);
    expect(operations().filter((one) => one.startsWith('Delete'))).toEqual([]);
  });

  test.each([
    ['sls-machine-groups/prod-eu', 'prod-eu'],
    ['sls-machine-groups/prod-eu', 'sls-machine-groups/prod-eu'],
    ['armory-17', 'anybody'],
    ['', 'anybody'],
  ])('is allowed to whoever acts for the owner: %s, %s', async (externalName, owner) => {
    store({ groupAttribute: { groupTopic: '', externalName } });
    expect((await del({ owner })).statusCode).toBe(200);
  });

  test('says everything that stands against it at once', async () => {
    store({ groupAttribute: { groupTopic: '', externalName: 'sls-machine-groups/prod' } });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) functions.standIn.configs(PROJECT).add(name);
    for (const configName of ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
      await run('apply-config', { parameters: { configName } });
    const message = messageOf(await del());
    expect(message).toMatch(/"a", "b", "c", "d", "e" and 2 more; it belongs to the sync of the owner "prod"/);
  });

  test('deletes all the same by force with a reason, and logs what was overruled and why', async () => {
    store({ groupAttribute: { groupTopic: '', externalName: 'sls-machine-groups/prod' } });
    await run('apply-config', {});
    const result = await del({ force: 'true', reason: 'moved to another project' });
    expect(result.statusCode).toBe(200);
    expect(stored()).toBeUndefined();
    expect(functions.lines.filter(({ function: name }) => name === 'DeleteMachineGroup')).toMatchObject([
      {
        status: 200,
        group: GROUP,
        force: true,
        reason: 'moved to another project',
        overruled: expect.stringMatching(
          /^Logtail configs.*"access-log"; it belongs to the sync of the owner "prod"/,
        ),
      },
    ]);
  });

  test('overrules nothing by force where nothing stands against it', async () => {
    await del({ force: 'true', reason: 'tidy up' });
    const line = functions.lines.find(({ function: name }) => name === 'DeleteMachineGroup');
    expect(line).not.toHaveProperty('overruled');
  });

  test.each([
    [{ force: 'true' }, /reason: is missing: force needs a reason/],
    [{ force: 'true', reason: ' ' }, /reason: is missing: force needs a reason/],
    [{ force: 'true', reason: '' }, /reason: must be at least 1 character/],
    [{ reason: 'because' }, /reason: means nothing without force=true/],
    [{ force: 'false', reason: 'because' }, /reason: means nothing/],
    [{ force: 'yes' }, /force: must be true or false/],
    [{ force: '1' }, /force: must be true or false/],
    [{ owner: '' }, /owner: must be at least 1 character/],
    [{ groupName: 'other' }, /groupName: is part of the path/],
  ])('answers 400 InvalidParameter for %j', async (query, says) => {
    const result = await del(query);
    expect([result.statusCode, codeOf(result)]).toEqual([400, 'InvalidParameter']);
    expect(messageOf(result)).toMatch(says);
    expect(operations()).toEqual([]);
  });

  test('is done when its answer is lost and the group is gone', async () => {
    functions.standIn.faults.add({ kind: 'reset', moment: 'after', operation: 'DeleteMachineGroup' });
    expect((await del()).statusCode).toBe(200);
    expect(operations().slice(-2)).toEqual(['DeleteMachineGroup undefined', 'DeleteMachineGroup 404']);
  });
});
