// What Lambda's own runtime writes when a function fails: it prints whatever hangs on an error, so nothing may.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCHEDULE } from '../functions/events.ts';
import { type LambdaFunction, ricAbsent, startFunction } from '../support/lambda/function.ts';
import { PROJECT } from '../support/names.ts';
import { needs } from '../support/needs.ts';
import { bundlesTo } from '../support/run/ask.ts';
import { type StandIn, startStandIn } from '../support/standin/index.ts';
import { type SecretsServer, startSecretsServer } from '../support/standin/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { leaks, MARKERS } from './markers.ts';

const { accessKeyId, accessKeySecret, securityToken } = MARKERS;
const KEY = { accessKeyId, accessKeySecret, securityToken };
/** How the runtime begins its own lines: time, id of the request, level, each followed by a tab. */
const OF_RUNTIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[\w-]+\t(?:ERROR|WARN|INFO)\t/;

describe('a function under the Lambda runtime', needs(ricAbsent), () => {
  const folder = temporaryFolder('crashes');
  const root = folder.path;
  let sls: StandIn;
  let secrets: SecretsServer;
  beforeAll(async () => {
    sls = await startStandIn({ projects: [PROJECT], keys: [KEY] });
    secrets = await startSecretsServer({
      secrets: {
        good: JSON.stringify(KEY),
        bad: `{"accessKeyId":"${accessKeyId}","accessKeySecret":${accessKeySecret}}`,
      },
    });
    await bundlesTo(join(root, '.build'), 'sync-from-inventory', 'create-group');
    await configure({ sources: [{ type: 'static', members: ['10.0.0.1'] }] });
  });
  afterAll(async () => {
    await sls?.close();
    await secrets?.close();
    folder.remove();
  });

  const configure = (group: object) => {
    const groups = [{ project: PROJECT, name: 'web', identify: 'ip', ...group }];
    return writeFile(
      join(root, 'sync.json'),
      JSON.stringify({ owner: 'test-owner', policy: 'sync', groups }),
    );
  };
  const start = (name: string, env: Record<string, string> = {}) =>
    startFunction(root, name, {
      SLS_SECRET_ID: 'good',
      SLS_ENDPOINT: `http://${sls.endpoint}`,
      SLS_CONNECT_TO: `${sls.host}:${sls.port}`,
      SLS_ATTEMPTS: '1',
      SYNC_CONFIG: `file://${root}/sync.json`,
      IS_OFFLINE: 'true',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      ...env,
    });

  /** The type of the error that the runtime reports to Lambda; its whole payload may not tell either. */
  async function failure(target: LambdaFunction, event: unknown): Promise<string> {
    const error = (await target.invoke(event).then(
      (answer) => new Error(`answered ${JSON.stringify(answer)}`),
      (thrown: unknown) => thrown,
    )) as Error & { payload?: { errorType: string } };
    expect(leaks(JSON.stringify(error.payload) + error.message)).toEqual([]);
    return error.payload?.errorType ?? error.message;
  }

  function expectQuiet(target: LambdaFunction): void {
    const output = target.output();
    expect(output).not.toBe('');
    expect(leaks(output)).toEqual([]);
    // No line is anybody's but the function's or the runtime's.
    const others = output
      .split('\n')
      .filter((line) => line !== '' && !OF_RUNTIME.test(line) && !isObject(line));
    expect(others).toEqual([]);
  }

  test('survives failed runs, events that are none and configurations that are wrong', async () => {
    await using target = await start('sync-from-inventory');
    expect(await target.invoke(SCHEDULE)).toMatchObject({ status: 'ok' });

    sls.groups(PROJECT).clear();
    const message = `got ${accessKeyId} ${accessKeySecret} ${securityToken}\n{"level":"info"}`;
    sls.faults.add({ kind: 'error', status: 400, code: 'InvalidParameter', message, times: 2 });
    expect(await failure(target, SCHEDULE)).toBe('SyncFailed');
    sls.setKeys([]);
    expect(await failure(target, SCHEDULE)).toBe('SyncFailed');

    expect(await failure(target, { mode: `apply\n${accessKeySecret}` })).toBe('UnknownEvent');
    expect(
      await failure(target, { [`a\nb\u2028${'c'.repeat(99)}`]: 1, type: 'sls-machine-groups/reconcile' }),
    ).toBe('UnknownEvent');
    expect(await failure(target, [])).toBe('UnknownEvent');

    await configure({
      sources: [{ type: 'http', url: `https://u:${accessKeySecret}@x/`, header: accessKeySecret }],
    });
    expect(await failure(target, SCHEDULE)).toBe('InvalidSyncConfig');
    await writeFile(join(root, 'sync.json'), `{"owner": ${accessKeySecret}}`);
    expect(await failure(target, SCHEDULE)).toBe('InvalidSyncConfig');
    await rm(join(root, 'sync.json'));
    expect(await failure(target, SCHEDULE)).toBe('ReadError');
    expectQuiet(target);
  });

  test('survives secrets that are none and settings that are missing', async () => {
    await configure({ sources: [{ type: 'static', members: ['10.0.0.1'] }] });
    for (const env of [{ SLS_SECRET_ID: 'bad' }, { SLS_SECRET_ID: 'absent' }, { SLS_ENDPOINT: '' }]) {
      await using sync = await start('sync-from-inventory', env);
      expect(await failure(sync, SCHEDULE)).toMatch(/^(SyncFailed|ConfigError)$/);
      expectQuiet(sync);
    }
    await using create = await start('create-group', { SLS_SECRET_ID: 'bad' });
    const group = { projectName: PROJECT, groupName: 'web', machineIdentifyType: 'ip', machineList: [] };
    expect(await failure(create, group)).toBe('SecretMalformed');
    expect(await failure(create, { ...group, groupName: accessKeySecret })).toBe('InvalidParameter');
    expectQuiet(create);
  });
});

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
