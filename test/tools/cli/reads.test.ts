// What reads: the built file as a process, against the stand-ins of SLS and Secrets Manager.
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LoopbackServer, openLoopback } from '../../support/loopback.ts';
import { MARK, OWNER, PROJECT } from '../../support/names.ts';
import { DEFAULT_KEY, type StandIn, startStandIn } from '../../support/standin/index.ts';
import { type SecretsServer, startSecretsServer } from '../../support/standin/secrets.ts';
import { builtCli, type Environment, SECRET_ID, settingsFor } from './process.ts';

const cli = builtCli();
let standIn: StandIn;
let secrets: SecretsServer;
let server: LoopbackServer;
let env: Environment;
let inventory: readonly string[] | number = [];

beforeAll(async () => {
  standIn = await startStandIn();
  secrets = await startSecretsServer({ secrets: { [SECRET_ID]: JSON.stringify(DEFAULT_KEY) } });
  server = await openLoopback(
    createServer((_, answer) => {
      if (typeof inventory === 'number') answer.writeHead(inventory).end();
      else answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(inventory));
    }),
  );
  env = settingsFor(standIn, secrets.url);
});
afterAll(async () => {
  await Promise.all([standIn?.close(), secrets?.close(), server?.close()]);
});
beforeEach(() => {
  standIn.groups(PROJECT).clear();
  standIn.forgetRequests();
  inventory = [];
});

async function fileOf(document: object | string, name = 'sync.json'): Promise<string> {
  const path = join(cli.folder, name);
  await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document, null, 2));
  return path;
}

const web = (changes: object = {}) => ({
  project: PROJECT,
  name: 'web',
  identify: 'ip',
  sources: [
    {
      type: 'http',
      url: `http://${server.address}/`,
      format: 'list',
      allowHttp: true,
      allowLoopback: true,
    },
  ],
  ...changes,
});
const document = (...groups: object[]) => ({ owner: OWNER, policy: 'upsert-only', groups });

function put(groupName: string, machineList: string[], externalName = MARK, kind = 'ip'): void {
  standIn.groups(PROJECT).set(groupName, {
    ...{ groupName, groupType: '', machineIdentifyType: kind, machineList },
    groupAttribute: { groupTopic: 'nginx', externalName },
    ...{ createTime: 1_700_000_000, lastModifyTime: 1_700_000_000 },
  });
}

const wrote = () => standIn.requests.filter(({ method }) => method !== 'GET');

describe('validate', () => {
  test('is silent of credentials, and says ok', async () => {
    const path = await fileOf(document({ ...web(), sources: [{ type: 'static', members: ['10.0.0.1'] }] }));
    expect(await cli.run(['validate', path])).toEqual({ code: 0, stdout: `${path}: ok\n`, stderr: '' });
  });

  test('names every problem with its line, path and rule', async () => {
    const path = await fileOf({ owner: OWNER, policy: 'sink', groups: [web({ name: 'a b', topik: '' })] });
    const { code, stdout } = await cli.run(['validate', path]);
    expect(code).toBe(1);
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/:3: problem: policy: must be one of "observe", /),
      expect.stringMatching(/:7: problem: groups\[0\]\.name: must be 1 to 128 characters/),
      expect.stringMatching(/:18: problem: groups\[0\]\.topik: is not a known field$/),
    ]);
  });

  test('gives the line of what is no JSON, and JSON to programs', async () => {
    const path = await fileOf('{\n  "owner": "o",\n  "policy" "sync"\n}');
    const { code, stdout } = await cli.run(['validate', path, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      file: path,
      problems: [{ kind: 'problem', line: 3, says: expect.stringMatching(/^document: must be JSON/) }],
    });
  });

  test('warns only where it is strict', async () => {
    const path = await fileOf({ ...document(web({ deny: ['10.0.0.0/8', '10.1.0.0/16'] })), policy: 'sync' });
    expect((await cli.run(['validate', path])).code).toBe(0);
    const { code, stdout } = await cli.run(['validate', '--strict', path]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/:20: warning: groups\[0\]\.deny\[1\]: lies in deny\[0\]/);
    expect(stdout).toContain('allowLoopback: is for the local run');
    const local = await cli.run(['validate', '--strict', '--local', path]);
    expect(local.stdout).not.toContain('allowLoopback');
    expect(local.stdout).toContain('lies in deny[0]');
  });

  test('of a file that is not there has failed', async () => {
    const { code, stderr } = await cli.run(['validate', join(cli.folder, 'none.json')]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/ENOENT\)\n$/) });
  });
});

describe('coverage', () => {
  const beat = (ip: string, age = 30) => ({ ip, lastHeartbeatTime: Math.floor(Date.now() / 1_000) - age });

  test('says who of those that are wanted reports, the worst group first, and writes nothing', async () => {
    put('web', []);
    put('db', []);
    standIn.setHeartbeats(PROJECT, 'web', [beat('10.0.0.1'), beat('10.0.0.2', 3_600), beat('10.0.9.9')]);
    standIn.setHeartbeats(PROJECT, 'db', [beat('10.0.1.1')]);
    const db = web({ name: 'db', sources: [{ type: 'static', members: ['10.0.1.1'] }] });
    inventory = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
    const config = await fileOf(document(db, web()));
    const { code, stdout, stderr } = await cli.run(['coverage', '--config', config, '--local'], env);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      `${PROJECT}/web: 1 of 3 report (33.3 %), 1 silent, 1 never, 1 strangers`,
      '  silent: 10.0.0.2 ([1])',
      '  never: 10.0.0.3 ([2])',
      '  strangers: 10.0.9.9',
      `${PROJECT}/db: 1 of 1 report (100 %)`,
      'all: 2 of 4 report (50 %), 1 silent, 1 never, 1 strangers',
      '',
    ]);
    expect(standIn.requests.map(({ operation }) => operation)).toEqual(['ListMachines', 'ListMachines']);
  });

  test('is JSON for programs, of the groups that are named', async () => {
    put('web', []);
    standIn.setHeartbeats(PROJECT, 'web', [beat('10.0.0.1')]);
    inventory = ['10.0.0.1'];
    const config = await fileOf(document(web(), web({ name: 'other' })));
    const args = ['coverage', `${PROJECT}/web`, '--config', config, '--local', '--json'];
    const { code, stdout } = await cli.run(args, env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      total: { groups: 1, wanted: 1, reporting: 1, share: 1 },
      groups: [{ group: `${PROJECT}/web`, reporting: 1, whole: true }],
    });
  });

  test('fails where a group cannot be measured, and says why', async () => {
    inventory = 503;
    const config = await fileOf(document(web()));
    const { code, stdout } = await cli.run(['coverage', '--config', config, '--local'], env);
    expect(code).toBe(3);
    expect(stdout).toMatch(/web: not measured: the inventory cannot be read \(/);
    expect(stdout).toContain('1 of 1 groups could not be measured');
  });
});

describe('plan', () => {
  test('of a changed configuration is Markdown, and writes nothing', async () => {
    put('web', ['10.0.0.1']);
    inventory = ['10.0.0.1', '10.0.0.2'];
    const config = await fileOf(document(web()));
    const { code, stdout, stderr } = await cli.run(['plan', '--config', config, '--local'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^## Machine groups: plan, ok\n/);
    expect(stdout).toContain('- Add 1: `10.0.0.2`');
    expect(standIn.requests.length).toBeGreaterThan(0);
    expect(wrote()).toEqual([]);
  });

  test('is JSON for programs, of the groups that are named', async () => {
    put('web', ['10.0.0.1']);
    inventory = ['10.0.0.1'];
    const config = await fileOf(document(web(), web({ name: 'other' })));
    const args = ['plan', `${PROJECT}/web`, '--config', config, '--local', '--json'];
    const { code, stdout } = await cli.run(args, env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      mode: 'plan',
      trigger: 'the command line',
      groups: [{ group: `${PROJECT}/web`, status: 'in-sync' }],
    });
  });

  test('reads the configuration of the environment where no other is given', async () => {
    put('web', []);
    inventory = ['10.0.0.2'];
    const path = await fileOf(document(web()));
    const { code, stdout } = await cli.run(['plan', '--local'], { ...env, SYNC_CONFIG: `file://${path}` });
    expect(code).toBe(0);
    expect(stdout).toContain('- Add 1: `10.0.0.2`');
  });

  test.each([
    [
      'a group that nobody can read',
      () => {
        inventory = 503;
      },
      [],
      3,
      'plan, failed',
    ],
    ['a group that is refused', () => put('web', ['a'], MARK, 'userdefined'), [], 1, 'plan, refused'],
  ] as const)('of %s says so with its exit code', async (_, arrange, args, code, says) => {
    arrange();
    const config = await fileOf(document(web()));
    const ended = await cli.run(['plan', '--config', config, '--local', ...args], env);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({
      code,
      stdout: expect.stringContaining(says),
    });
  });

  test('refuses a group that is not configured, and what only the local run may', async () => {
    const config = await fileOf(document(web()));
    const unknown = await cli.run(['plan', 'p/none', '--config', config, '--local'], env);
    expect(unknown).toMatchObject({
      code: 1,
      stderr: 'GroupNotConfigured: not in the configuration: p/none\n',
    });
    const loopback = await cli.run(['plan', '--config', config], env);
    expect(loopback).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('groups[0].sources[0].allowLoopback: is for the local run alone'),
    });
    expect(standIn.requests).toEqual([]);
  });

  test('without its variables is a usage error that names them', async () => {
    const config = await fileOf(document(web()));
    const { code, stderr } = await cli.run(['plan', '--config', config]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'environment: SLS_SECRET_ID: is required; SLS_ENDPOINT: is required\nname a deployment with --stage, or set these variables; before there is a deployment, these two do: SLS_ENDPOINT=cn-hangzhou.log.aliyuncs.com SLS_SECRET_ID=sls-machine-groups/prod/access-key npm run --silent cli -- plan --config sync.json\n',
    );
  });

  test('with a secret that cannot be read has failed', async () => {
    const config = await fileOf(document(web()));
    const other = { ...env, SLS_SECRET_ID: 'none' };
    const { code, stderr } = await cli.run(['plan', '--config', config, '--local'], other);
    expect({ code, stderr }).toEqual({ code: 3, stderr: 'SecretNotFound: the secret does not exist\n' });
  });
});

describe('explain', () => {
  test('says why a machine is in a group', async () => {
    put('web', ['10.0.0.1']);
    inventory = ['10.0.0.1'];
    const config = await fileOf(document(web()));
    const args = ['explain', `${PROJECT}/web`, '::ffff:10.0.0.1', '--config', config, '--local'];
    const text = await cli.run(args, env);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('10.0.0.1');
    const json = await cli.run([...args, '--json'], env);
    expect(JSON.parse(json.stdout)).toMatchObject({ machine: '10.0.0.1', next: 'stays-in' });
    expect(text.stdout.trimEnd().split('\n')).toEqual(JSON.parse(json.stdout).says);
  });

  test('of a group that is not configured is refused', async () => {
    const config = await fileOf(document(web()));
    const { code, stderr } = await cli.run(['explain', 'p/x', 'm', '--config', config, '--local'], env);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'GroupNotConfigured: not in the configuration: p/x\n',
    });
  });
});

describe('export', () => {
  test('comes back as a plan that changes nothing', async () => {
    put('web', ['10.0.0.2', '10.0.0.1', '::ffff:10.0.0.1']);
    put('ids', ['b', 'a'], MARK, 'userdefined');
    put('empty', []);
    put('foreign', ['10.0.0.9'], 'cmdb-7');
    put('unmarked', ['10.0.0.8'], '');
    const { code, stdout, stderr } = await cli.run(['export', '--project', PROJECT, '--owner', OWNER], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const config = await fileOf(stdout);
    expect((await cli.run(['validate', '--strict', config])).code).toBe(0);
    const plan = await cli.run(['plan', '--config', config, '--json'], env);
    expect(plan.code).toBe(0);
    const { groups, counts } = JSON.parse(plan.stdout);
    expect(counts).toMatchObject({ groups: 5, toAdd: 0, toRemove: 0, withheld: 0, refused: 0 });
    const states = groups.map(({ group, status, changes }: Record<string, unknown>) => [
      group,
      status,
      changes,
    ]);
    expect(states.sort()).toEqual([
      [`${PROJECT}/empty`, 'in-sync', []],
      [`${PROJECT}/foreign`, 'left-alone', []],
      [`${PROJECT}/ids`, 'in-sync', []],
      [`${PROJECT}/unmarked`, 'left-alone', []],
      [`${PROJECT}/web`, 'in-sync', []],
    ]);
    expect(wrote()).toEqual([]);
  });

  test('tells what it leaves out', async () => {
    put('web', ['10.0.0.1', 'no address']);
    const { code, stderr } = await cli.run(['export', '--project', PROJECT], env);
    const says = `left out: ${PROJECT}/web: has the member "no address", which no configuration can name\n`;
    expect({ code, stderr }).toEqual({ code: 1, stderr: says });
  });

  test.each([
    [['export'], 2],
    [['export', '--project', 'A_B'], 2],
    [['export', '--project', 'none'], 3],
    [['export', '--project', PROJECT], 1],
  ])('%j ends with %i', async (args, code) => {
    expect((await cli.run(args, env)).code).toBe(code);
  });
});

test('colours only where they are asked for', async () => {
  const path = await fileOf(document(web()));
  const plain = await cli.run(['validate', path], { NO_COLOR: '1' });
  expect(plain.stdout).toBe(`${path}: ok\n`);
  const forced = await cli.run(['validate', path], { FORCE_COLOR: '1' });
  expect(forced.stdout).toContain('\u001b[32mok');
});
