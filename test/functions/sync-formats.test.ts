// Inventories as they are, end to end: the sync as Lambda loads it, an inventory over a real socket or in a real file,
// the stand-in of SLS. Each group starts with the machines that are alive; a reading that goes wrong removes them.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fixture } from '../support/fixture.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { serve } from '../unit/inventory/served.ts';
import { SyncFunctions } from './sync-setup.ts';

let sync: SyncFunctions;
let folder: TemporaryFolder;
beforeEach(async () => {
  sync = await SyncFunctions.start();
  folder = temporaryFolder('sync-formats');
});
afterEach(async () => {
  await sync[Symbol.asyncDispose]();
  folder.remove();
});

const recorded = (name: string) => fixture<{ body: unknown }>(`inventory/${name}`).body;

/** Limits that would let a wrong reading through. */
const safety = { maxRemovalShare: 1, maxSmallRemovals: 100 };

async function run(identify: 'ip' | 'userdefined', live: readonly string[], source: object, changes = {}) {
  sync.functions.standIn.groups(PROJECT).set('web', {
    groupName: 'web',
    groupType: '',
    machineIdentifyType: identify,
    groupAttribute: { groupTopic: '', externalName: MARK },
    machineList: [...live],
    createTime: 1_700_000_000,
    lastModifyTime: 1_700_000_000,
  });
  await sync.configure({ groups: [sync.group('web', { identify, sources: [source], safety, ...changes })] });
  await sync.remember('web', live);
  const { report } = await sync.sync(await sync.load('sync'), { mode: 'apply' });
  return { status: report.groups[0]?.status, members: sync.members('web') };
}

const CASES = [
  [
    'prometheus-labels',
    'application/json',
    'userdefined',
    ['web-1', 'web-2', 'web-3'],
    { format: 'prometheus', id: { field: 'agent' } },
  ],
  ['list-as-text', 'text/plain; charset=utf-8', 'userdefined', ['web-1', 'web-2'], { format: 'list' }],
  ['ansible-unsafe', 'application/json', 'ip', ['10.0.0.7', '10.0.0.8'], { format: 'ansible' }],
] as const;

test.each(CASES)(
  '%s keeps the live machines, over HTTP and from a file',
  async (name, type, identify, live, settings) => {
    const body = recorded(name);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    await using server = await serve(
      (_request, response) => void response.writeHead(200, { 'content-type': type }).end(text),
    );
    const http = { type: 'http', url: server.origin, allowHttp: true, allowLoopback: true, ...settings };
    expect(await run(identify, live, http)).toEqual({ status: 'in-sync', members: live });
    const path = join(folder.path, 'inventory');
    await writeFile(path, text);
    const file = { type: 'file', url: pathToFileURL(path).href, ...settings };
    expect(await run(identify, live, file)).toEqual({ status: 'in-sync', members: live });
  },
);

test.each([
  'Access denied\n',
  'machines:\n- web-1\n- web-2\n',
  'id,state\nweb-1,running\n',
  '<html><body>Sorry</body></html>',
  'null\nnull\n',
])('a text that is no list removes nothing and adds nothing: %j', async (text) => {
  await using server = await serve(
    (_request, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end(text),
  );
  const http = { type: 'http', url: server.origin, format: 'list', allowHttp: true, allowLoopback: true };
  const { members } = await run('userdefined', ['web-1', 'web-2'], http);
  expect(members).toEqual(['web-1', 'web-2']);
});

test('a group of Ansible that is empty empties the group, where that is allowed', async () => {
  const path = join(folder.path, 'inventory.json');
  await writeFile(path, JSON.stringify({ _meta: { hostvars: {} }, all: { children: ['ungrouped', 'web'] } }));
  const source = {
    type: 'file',
    url: pathToFileURL(path).href,
    format: 'ansible',
    ansible: { group: 'web' },
  };
  const refused = await run('ip', ['10.0.0.1'], source);
  expect(refused).toEqual({ status: 'refused', members: ['10.0.0.1'] });
  expect(await run('ip', ['10.0.0.1'], source, { allowEmpty: true })).toEqual({
    status: 'written',
    members: [],
  });
});
