// Adding and deleting members of a group over HTTP.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROJECT } from '../support/names.ts';
import { type CallParts, callOf, codeOf, GROUP, messageOf, storedGroup } from './api-calls.ts';
import { Functions } from './setup.ts';

let functions: Functions;
beforeEach(async () => {
  functions = await Functions.start();
});
afterEach(() => functions[Symbol.asyncDispose]());

const store = (changes: object = {}) => functions.standIn.groups(PROJECT).set(GROUP, storedGroup(changes));
const members = () => functions.standIn.groups(PROJECT).get(GROUP)?.machineList.toSorted();
const sent = () =>
  functions.standIn.requests
    .filter(({ operation }) => operation === 'UpdateMachineGroupMachine')
    .map(({ query, body }) => [query.action, JSON.parse(body)]);

async function put(action: string | undefined, body: unknown, parts: CallParts = {}) {
  const query = { projectName: PROJECT, ...(action !== undefined && { action }) };
  const handler = await functions.load('update-machines');
  return functions.http(handler, callOf('update-machines', { query, body, ...parts }));
}

describe('a group of addresses', () => {
  test('gets members in their one spelling, each once', async () => {
    store();
    const result = await put('add', ['10.0.0.3', '::ffff:10.0.0.3', ' 2001:DB8::0:1 ']);
    expect([result.statusCode, result.body]).toEqual([200, '']);
    expect(sent()).toEqual([['add', ['10.0.0.3', '2001:db8::1']]]);
    expect(members()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3', '2001:db8::1']);
  });
  test('loses members under every spelling the list has of them', async () => {
    store({ machineList: ['2001:DB8::1', '2001:db8:0::1', '10.0.0.1', '::ffff:10.0.0.2'] });
    await put('delete', ['2001:db8::1', '10.0.0.2']);
    expect(sent()).toEqual([['delete', ['2001:DB8::1', '2001:db8:0::1', '::ffff:10.0.0.2']]]);
    expect(members()).toEqual(['10.0.0.1']);
  });
  test('is not told of a machine again that it has in another spelling', async () => {
    store({ machineList: ['2001:DB8::1'] });
    expect((await put('add', ['2001:db8::1'])).statusCode).toBe(200);
    expect(sent()).toEqual([]);
    await put('add', ['2001:db8::1', '10.0.0.9']);
    expect(sent()).toEqual([['add', ['10.0.0.9']]]);
  });
  test('is told of members it seems to have, since the read may be old', async () => {
    store({ machineList: [] });
    const add = await put('add', ['10.0.0.1']);
    functions.standIn.faults.add({ kind: 'stale-read', operation: 'GetMachineGroup' });
    const remove = await put('delete', ['10.0.0.1']);
    expect([add.statusCode, remove.statusCode]).toEqual([200, 200]);
    expect(members()).toEqual([]);
  });
  test.each([
    ['add', ['10.0.0.1', 'web-1'], /machines\[1\]: needs .*IPv4/],
    ['add', ['010.0.0.1'], /machines\[0\]: .*leading zeros/],
    ['delete', ['10.0.0.0/24'], /machines\[0\]: .*mask/],
    ['delete', [''], /machines\[0\]: .*blank/],
  ])('answers 400 InvalidParameter to %s %j', async (action, body, says) => {
    store();
    const result = await put(action, body);
    expect([result.statusCode, codeOf(result)]).toEqual([400, 'InvalidParameter']);
    expect(messageOf(result)).toMatch(/^invalid group resource json\. /);
    expect(messageOf(result)).toMatch(says);
    expect(sent()).toEqual([]);
  });
  test('loses text that is no address, if it stands in the list', async () => {
    store({ machineList: ['web-1', '10.0.0.1'] });
    expect((await put('delete', ['web-1'])).statusCode).toBe(200);
    expect(members()).toEqual(['10.0.0.1']);
  });
});

describe('a group of ids', () => {
  test('keeps them to the letter', async () => {
    store({ machineIdentifyType: 'userdefined', machineList: ['Web'] });
    await put('add', ['web', ' web', '10.0.0.1', '::ffff:10.0.0.1', 'web']);
    expect(sent()).toEqual([['add', ['web', ' web', '10.0.0.1', '::ffff:10.0.0.1']]]);
    await put('delete', ['web']);
    expect(members()).toEqual([' web', '10.0.0.1', '::ffff:10.0.0.1', 'Web']);
  });
  test.each([[' '], ['a\nb'], ['']])('answers 400 InvalidParameter for the id %j', async (id) => {
    store({ machineIdentifyType: 'userdefined', machineList: [] });
    expect(codeOf(await put('add', [id]))).toBe('InvalidParameter');
    expect(sent()).toEqual([]);
  });
});

test('an empty list changes nothing, but the group has to be there', async () => {
  expect((await put('add', [])).statusCode).toBe(404);
  store();
  expect((await put('add', [])).statusCode).toBe(200);
  expect((await put('delete', [])).statusCode).toBe(200);
  expect(sent()).toEqual([]);
});

test('adding twice and deleting twice change nothing the second time', async () => {
  store();
  for (const action of ['add', 'add', 'delete', 'delete']) {
    expect((await put(action, ['10.0.0.7'])).statusCode).toBe(200);
    expect(members()?.includes('10.0.0.7')).toBe(action === 'add');
  }
});

describe('requests that are refused before anything is sent', () => {
  test.each([
    [undefined, ['10.0.0.1'], /^invalid request\. action: is missing, must be one of "add", "delete"/],
    ['ADD', ['10.0.0.1'], /^invalid request\. action: must be one of/],
    ['replace', ['10.0.0.1'], /action: must be one of/],
    ['add', { machines: [] }, /machines: must be a list, is an object/],
    ['add', ['10.0.0.1', 7], /machines\[1\]: must be text/],
    ['add', [['10.0.0.1']], /machines\[0\]: must be text/],
    ['add', 'null', /machines: must be a list/],
  ])('are 400 InvalidParameter: %s %j', async (action, body, says) => {
    const result = await put(action, body);
    expect([result.statusCode, codeOf(result)]).toEqual([400, 'InvalidParameter']);
    expect(messageOf(result)).toMatch(says);
    expect(functions.standIn.requests).toEqual([]);
  });
  test('are machines in the query', async () => {
    const query = { projectName: PROJECT, action: 'add', machines: '10.0.0.1' };
    const result = await put('add', ['10.0.0.2'], { query });
    expect(messageOf(result)).toMatch(/"machines": is not a known field of the query/);
    expect(functions.standIn.requests).toEqual([]);
  });
  test.each(['{', ''])('are 400 PostBodyInvalid for the body %j', async (body) => {
    expect(codeOf(await put('add', body))).toBe('PostBodyInvalid');
  });
  test('are 415 for another content type', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect(
      (await put('add', ['10.0.0.1'], { headers, query: { projectName: PROJECT, action: 'add' } }))
        .statusCode,
    ).toBe(415);
  });
});
