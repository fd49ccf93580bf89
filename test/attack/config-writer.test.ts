// Whoever may write the sync configuration, and nothing else, tries to get at what the deployment has: its signed
// requests and security token, pages that only it can reach, its disk. A real server stands where the requests would go.

import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workFor } from '../../lib/core/trigger/work.ts';
import { lambdaContext, SCHEDULE } from '../functions/events.ts';
import { genericCall } from '../functions/hook-calls.ts';
import { SyncFunctions } from '../functions/sync-setup.ts';
import { type LoopbackServer, openLoopback } from '../support/loopback.ts';
import { PROJECT } from '../support/names.ts';
import { json, serve } from '../unit/inventory/served.ts';

const OWN = 'cn-hangzhou.log.aliyuncs.com';
const OTHER = 'cn-shanghai.log.aliyuncs.com';

let sync: SyncFunctions;
/** Gets every connection to SLS, whatever its host is. */
let trap: LoopbackServer;
let connections = 0;
let sls: { readonly SLS_ENDPOINT: string; readonly SLS_CONNECT_TO: string };

beforeEach(async () => {
  sync = await SyncFunctions.start({ otherEndpoints: [OTHER] });
  connections = 0;
  trap = await openLoopback(
    createServer((socket) => {
      connections += 1;
      socket.destroy();
    }),
  );
  sls = { SLS_ENDPOINT: `http://${OWN}`, SLS_CONNECT_TO: trap.address };
});
afterEach(async () => {
  await trap.close();
  await sync[Symbol.asyncDispose]();
});

type Outcome = { readonly status: number; readonly text: string };

/** Sets a function off, and gives what it says of the configuration. */
async function run(name: (typeof NAMES)[number], env: Record<string, string>): Promise<Outcome> {
  const { functions } = sync;
  const handler = await sync.load(name, env);
  if (name === 'sync' || name === 'explain') {
    const query = { group: `${PROJECT}/web`, machine: '10.0.0.1' };
    const { result } =
      name === 'sync'
        ? await sync.sync(handler, { mode: 'apply' })
        : { result: await functions.http(handler, { method: 'GET', path: '/explain', query }) };
    return { status: result.statusCode, text: result.body };
  }
  const work = workFor(`${PROJECT}/web`, 'a-run', 'event');
  const failure = await handler(name === 'sync-group' ? work : SCHEDULE, lambdaContext).catch(
    (error: unknown) => error,
  );
  return { status: 500, text: (failure as Error).message };
}

const NAMES = ['sync', 'explain', 'sync-from-inventory', 'sync-group'] as const;

function expectUntouched(): void {
  expect(connections).toBe(0);
  expect(sync.readings).toBe(0);
  expect(sync.functions.standIn.requests).toEqual([]);
}

describe('endpoints that are not the deployment’s:', () => {
  test.each([
    'http://attacker.example',
    'attacker.example',
    'attacker.example:8443',
    `${OWN}.attacker.example`,
    // The deployment's own host in another scheme or at another port.
    `https://${OWN}`,
    OWN,
    `http://${OWN}:8080`,
    OTHER,
    'http://localhost:8080',
    'http://169.254.169.254',
  ])('%s gets no request: the run is refused before anything is read', async (endpoint) => {
    const groups = [sync.group('web'), sync.group('db'), sync.group('cache', { endpoint })];
    await sync.configure({ groups });
    const { status, text } = await run('sync', sls);
    expect(status).toBe(500);
    expect(text).toContain('groups[2].endpoint: is not an endpoint of this deployment');
    if (!endpoint.includes(OWN)) expect(text).not.toContain(endpoint);
    expectUntouched();
  });

  test.each(NAMES)('%s refuses them alike', async (name) => {
    await sync.configure({ groups: [sync.group('web', { endpoint: 'http://attacker.example' })] });
    expect((await run(name, sls)).text).toContain(
      'groups[0].endpoint: is not an endpoint of this deployment',
    );
    expectUntouched();
  });

  test('a hook that syncs by itself refuses them', async () => {
    const hooks = { cmdb: { scheme: 'generic', secretId: 'hooks/cmdb' } };
    const sources = [{ ...sync.httpSource, hook: 'cmdb' }];
    await sync.configure({ hooks, groups: [sync.group('web', { endpoint: 'attacker.example', sources })] });
    sync.functions.secrets.put('hooks/cmdb', '{"current":"not-a-real-generic-key"}');
    const handler = await sync.load('hooks', sls);
    const { statusCode } = await sync.functions.http(handler, genericCall());
    expect(statusCode).toBe(503);
    expectUntouched();
  });

  test.each([
    ['its own, spelt otherwise', `http://${OWN}:80/`, ''],
    ['one that the deployer lists', `http://${OTHER}/`, `https://elsewhere.example, http://${OTHER}:80`],
  ])('the deployment’s own works: %s', async (_what, endpoint, SLS_ENDPOINTS) => {
    await sync.configure({ groups: [sync.group('web', { endpoint })] });
    sync.inventory = () => ['10.0.0.1'];
    const { report } = await sync.sync(await sync.load('sync', { SLS_ENDPOINTS }), { mode: 'apply' });
    expect(report.status).toBe('ok');
    expect(sync.members('web')).toEqual(['10.0.0.1']);
  });
});

describe('projects that are not the deployment’s:', () => {
  test.each(NAMES)('%s refuses them by their path, before anything is read', async (name) => {
    await sync.configure({ groups: [sync.group('web'), sync.group('web', { project: 'other-project' })] });
    const { status, text } = await run(name, { ...sls, SLS_PROJECTS: PROJECT });
    expect(status).toBe(500);
    expect(text).toContain('groups[1].project: is not a project that this deployment serves');
    expectUntouched();
  });
});

test('a page that is no answer of SLS comes back in no answer, report or line', async () => {
  const page = '<pre>ASIA-marked-page</pre>';
  sync.functions.standIn.faults.add({ kind: 'raw', body: page, times: Number.POSITIVE_INFINITY });
  await sync.configure({ groups: [sync.group('web')] });
  const { result } = await sync.sync(await sync.load('sync'), { mode: 'apply' });
  expect(result.statusCode).toBe(502);
  const said = `${result.body}${JSON.stringify(sync.functions.lines)}`;
  expect(said).toContain(`502, ${page.length} bytes of text/html, not an SLS answer`);
  expect(said).not.toContain('marked-page');
});

describe('the function itself', () => {
  const ids = { identify: 'userdefined', sources: [{ type: 'file', url: 'file:///etc/passwd' }] };
  const deployed = { IS_OFFLINE: '' };

  /** What a function of a deployment says, whose configuration stands in Parameter Store. */
  async function runDeployed(name: (typeof NAMES)[number], groups: readonly object[]): Promise<Outcome> {
    const document = { owner: 'test-owner', policy: 'sync', groups };
    await using ssm = await serve(
      json({ Parameter: { Name: '/sync', Value: JSON.stringify(document), Version: 1 } }),
    );
    const env = { ...deployed, SYNC_CONFIG: 'ssm:///sync', AWS_ENDPOINT_URL_SSM: ssm.origin };
    const outcome = await run(name, env);
    expect(ssm.asked.length).toBeGreaterThan(0);
    return outcome;
  }

  test.each(NAMES)('%s of a deployment reads no file, and nothing else first', async (name) => {
    const { status, text } = await runDeployed(name, [sync.group('web'), sync.group('ids', ids)]);
    expect(status).toBe(500);
    expect(text).toContain('groups[1].sources[0].url: is file://, which only the local run reads');
    expect(text).not.toContain('passwd');
    expectUntouched();
  });

  test.each(NAMES)('%s of a deployment asks nothing that listens in it', async (name) => {
    const { status, text } = await runDeployed(name, [sync.group('web')]);
    expect(status).toBe(500);
    expect(text).toContain('groups[0].sources[0].allowLoopback: is for the local run alone');
    expectUntouched();
  });

  test.each(['sync', 'explain'] as const)(
    '%s of a deployment reads no configuration from a file either',
    async (name) => {
      await sync.configure({ groups: [sync.group('web')] });
      const { status, text } = await run(name, deployed);
      expect(status).toBe(500);
      expect(text).toContain('SYNC_CONFIG: file:// is read in the local run alone');
      expectUntouched();
    },
  );
});
