// What is asked of a deployment: the built file as a process, a gateway that checks its signatures, and the functions.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removalsFingerprint } from '../../../lib/core/plan/fingerprint.ts';
import { SyncFunctions } from '../../functions/sync-setup.ts';
import { addresses } from '../../support/addresses.ts';
import { freePort, type LoopbackServer, openLoopback } from '../../support/loopback.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../../support/names.ts';
import { BUCKET, type LocalS3, startS3 } from '../../support/s3.ts';
import { arnOf, CALLER } from '../local/gateway-iam.ts';
import { startGateway } from './gateway.ts';
import { builtCli } from './process.ts';

const cli = builtCli();
const KEY = `${PROJECT}/web`;
const MEMBERS = addresses(12);
const GONE = MEMBERS.slice(10);
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
  AWS_REGION: 'eu-central-1',
};

let sync: SyncFunctions;
let dynamo: LocalDynamo;
let s3: LocalS3;
let gateway: LoopbackServer;

beforeAll(async () => {
  [sync, dynamo, s3] = await Promise.all([SyncFunctions.start(), startDynamo(), startS3()]);
  await sync.configure({ groups: [sync.group('web'), sync.group('made')] });
  sync.functions.standIn.groups(PROJECT).set('web', {
    ...{ groupName: 'web', groupType: '', machineIdentifyType: 'ip', machineList: [...MEMBERS] },
    groupAttribute: { groupTopic: '', externalName: MARK },
    ...{ createTime: 1_700_000_000, lastModifyTime: 1_700_000_000 },
  });
  sync.inventory = () => MEMBERS.slice(0, 10);
  const names = [
    ...(['sync', 'approve-removals', 'list-approvals', 'revoke-approval', 'ack', 'unack'] as const),
    ...(['freeze', 'status', 'unfreeze', 'plan', 'explain', 'get-coverage'] as const),
    ...(['history', 'restore', 'retire'] as const),
  ];
  gateway = await startGateway(sync, names, {
    ...{ AWS_ENDPOINT_URL_DYNAMODB: dynamo.url, SYNC_TABLE: TABLE },
    ...{ AWS_ENDPOINT_URL_S3: s3.url, HISTORY_BUCKET: BUCKET },
  });
});
afterAll(async () => {
  await gateway?.close();
  await Promise.all([
    sync?.[Symbol.asyncDispose](),
    dynamo?.[Symbol.asyncDispose](),
    s3?.[Symbol.asyncDispose](),
  ]);
});

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  cli.run([...args, '--url', `http://${gateway.address}`], { ...CREDENTIALS, ...env });

describe('a story of removals', () => {
  let id = '';

  test('nothing is approved at first', async () => {
    expect(await run(['approvals', KEY])).toEqual({ code: 0, stdout: 'none\n', stderr: '' });
  });

  test('approve stores who, what and why, and tells what is not missing', async () => {
    const [gone = '', member = ''] = [GONE[0], MEMBERS[0]];
    const args = [
      'approve',
      KEY,
      '--removal',
      gone,
      '--removal',
      member,
      '--reason',
      'rack B',
      '--hours',
      '2',
    ];
    const { code, stdout, stderr } = await run(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`by ${arnOf(CALLER)} at `);
    expect(stdout).toContain(`  removals: ${gone}\n`);
    expect(stdout).toContain(`  not missing, so not stored: ${member}\n`);
    expect(stdout).toContain('  next: the next run carries it out\n');
    id = ID.exec(stdout)?.[0] ?? '';
  });

  test('approvals lists it, as JSON for programs', async () => {
    const { code, stdout } = await run(['approvals', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      approvals: [{ id, group: KEY, reason: 'rack B' }],
      leftOut: 0,
    });
    expect((await run(['approvals'])).stdout).toContain(`${KEY} ${id}\n`);
  });

  test('revoke takes it back, once', async () => {
    expect((await run(['revoke', KEY, id])).stdout).toMatch(/^revoked:\n.* /);
    const again = await run(['revoke', KEY, id]);
    expect(again).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('ApprovalNotExist: '),
    });
    expect((await run(['approvals'])).stdout).toBe('none\n');
  });

  test('a fingerprint approves all that is missing, and apply carries it out', async () => {
    const wrong = await run(['approve', KEY, '--fingerprint', '0'.repeat(32), '--reason', 'rack B']);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('RemovalsChanged: ') });
    const fingerprint = removalsFingerprint(KEY, GONE);
    expect((await run(['approve', KEY, '--fingerprint', fingerprint, '--reason', 'rack B'])).code).toBe(0);
    const { code, stdout } = await run(['apply', KEY]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^## Machine groups: apply, ok\n/),
    });
    expect(stdout).toContain('Remove 2');
    expect(sync.members('web')).toEqual(MEMBERS.slice(0, 10).sort());
    // The other group was not named.
    expect(sync.functions.standIn.groups(PROJECT).has('made')).toBe(false);
  });

  test('apply without a group syncs all of them', async () => {
    const { code, stdout } = await run(['apply', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ mode: 'apply', caller: arnOf(CALLER), counts: { groups: 2 } });
    expect(sync.members('made')).toEqual(MEMBERS.slice(0, 10).sort());
  });
});

describe('what a deployment answers by its routes', () => {
  test('plan is what it would do, in Markdown or JSON, and writes nothing', async () => {
    const before = sync.members('web');
    const { code, stdout, stderr } = await run(['plan', KEY]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^## Machine groups: plan, ok\n/);
    const json = await run(['plan', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      mode: 'plan',
      caller: arnOf(CALLER),
      counts: { groups: 2 },
    });
    expect(sync.members('web')).toEqual(before);
    expect(await run(['plan', 'p/none'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^GroupNotConfigured: /),
    });
  });
  test('explain says why a machine is in a group', async () => {
    const { code, stdout, stderr } = await run(['explain', KEY, MEMBERS[0] ?? '']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(MEMBERS[0]);
    const json = await run(['explain', KEY, MEMBERS[0] ?? '', '--json']);
    expect(JSON.parse(json.stdout).says).toEqual(stdout.trimEnd().split('\n'));
  });
  test('coverage is what was measured last', async () => {
    const { code, stdout } = await run(['coverage', KEY]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringContaining(`${KEY}: not measured: `) });
    expect(JSON.parse((await run(['coverage', '--json'])).stdout).total).toMatchObject({ groups: 2 });
    expect((await run(['coverage', 'a/b', 'c/d'])).stderr).toContain('one GROUP at the most');
    expect(await run(['coverage', 'p/none'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Group/),
    });
  });
  test.each([
    [['plan', '--config', 'sync.json'], 'leave --config out, or --url'],
    [['plan', '--stage', 'prod'], 'leave --stage out, or --url'],
    [['explain', KEY, 'm', '--local'], 'leave --local out, or --url'],
    [['doctor'], 'say --stage S, or set the variables'],
    [['export', '--project', 'p'], 'export reads SLS by itself'],
  ])('%j is not asked of it', async (args, says) => {
    expect(await run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
  });
});

describe('a freeze', () => {
  test('stops apply for its groups, and unfreeze lifts it', async () => {
    const frozen = await run(['freeze', '--group', KEY, '--for', '2h', '--reason', 'rack B moves']);
    expect(frozen).toMatchObject({ code: 0, stderr: '' });
    expect(frozen.stdout).toMatch(
      new RegExp(`^${KEY}, by ${arnOf(CALLER)} until [0-9T:.-]+Z: rack B moves\n$`),
    );
    const [, until = ''] = /until (\S+): /.exec(frozen.stdout) ?? [];
    expect(Math.abs(Date.parse(until) - Date.now() - 7_200_000)).toBeLessThan(60_000);
    const applied = await run(['apply', KEY]);
    expect(applied.code).toBe(0);
    expect(applied.stdout).toContain(`- **Frozen** since `);
    const shorter = await run(['freeze', KEY, '--for', '30m', '--reason', 'y']);
    expect(shorter).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`  a longer freeze stands until ${until}: yours changes nothing\n`),
    });
    const approved = await run(['approve', KEY, '--removal', MEMBERS[0] ?? '', '--reason', 'x']);
    expect(approved).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^GroupFrozen: .*--through-freeze(?!.*throughFreeze)/),
    });
    // Not missing, so there is nothing to approve: the freeze is passed all the same.
    const passing = ['approve', KEY, '--removal', MEMBERS[0] ?? '', '--reason', 'x', '--through-freeze'];
    expect(await run(passing)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NothingMissing: '),
    });
    const lifted = await run(['unfreeze', KEY]);
    expect(lifted).toMatchObject({ code: 0, stdout: expect.stringContaining(`lifted: ${KEY}, by `) });
    const again = await run(['unfreeze', '--group', KEY]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('FreezeNotExist: ') });
  });
  test('of all groups names none, and what is left is told', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const all = await run(['freeze', '--until', inAnHour, '--reason', 'stop']);
    expect(all.stdout).toContain('all groups, by ');
    await run(['freeze', '--group', KEY, '--until', inAnHour, '--reason', 'stop']);
    const lifted = await run(['unfreeze']);
    expect(lifted.stdout).toMatch(new RegExp(`^lifted: all groups, by .*\nstill frozen: ${KEY}, by `));
    expect((await run(['unfreeze', '--group', KEY, '--json'])).code).toBe(0);
  });
  test.each([
    [['--reason', 'x'], 'say for how long: --for 2h, or --until TIME'],
    [['--for', '2h', '--until', '2026-01-01T00:00:00Z', '--reason', 'x'], 'say for how long'],
    [['--for', 'soon', '--reason', 'x'], '--for is a number and a unit'],
    [['--for', '2h'], 'say why, with --reason'],
    [['--until', '06:00', '--reason', 'x'], '--until is a day and a time with its zone, such as 20'],
    [['--for', '2h', '--reason', 'WHY'], '--reason WHY stands for words of your own'],
  ])('%j is no freeze', async (args, says) => {
    expect(await run(['freeze', ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
  });
  test('of more than 30 days is refused by the deployment', async () => {
    const refused = await run(['freeze', '--for', '31d', '--reason', 'x']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('must be within 30 days') });
  });
});

describe('what happened, and the way back', () => {
  test('history shows who wrote what, and restore plans, freezes and goes back', async () => {
    const { code, stdout, stderr } = await run(['history', KEY, '--machine', GONE[0] ?? '', '--limit', '1']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\S+Z [0-9a-f-]{36} a request to apply, by arn:\S+\n/);
    expect(stdout).toContain(`  ${KEY}: written, 0 came, 2 went: ${GONE.join(', ')}`);
    const [run_ = ''] = ID.exec(stdout) ?? [];
    const plan = await run(['restore', KEY, '--run', run_]);
    expect({ code: plan.code, stderr: plan.stderr }).toEqual({ code: 0, stderr: '' });
    expect(plan.stdout).toContain(`  adds 2: ${GONE.join(', ')}\n`);
    const [, fingerprint = ''] = /--fingerprint (\w{32})/.exec(plan.stdout) ?? [];
    const args = ['restore', KEY, '--run', run_, '--fingerprint', fingerprint, '--reason', 'rack B is back'];
    const done = await run(args);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/restored; frozen until \S+Z\n$/) });
    expect(sync.members('web')).toEqual([...MEMBERS].sort());
    expect((await run(['history', KEY, '--limit', '1'])).stdout).toContain('RestoreMachineGroup');
    expect((await run(['restore', KEY, '--run', run_])).stdout).toContain('the members are those of then\n');
  });
  test('nothing that happened is none, and a run that nobody knows is 1', async () => {
    expect(await run(['history', KEY, '--machine', '192.0.2.1'])).toMatchObject({
      code: 0,
      stdout: 'none\n',
    });
    expect(await run(['history', `${KEY}b`])).toMatchObject({
      code: 1,
      stderr: `GroupNotConfigured: not in the configuration: ${KEY}b; did you mean ${KEY}?\n`,
    });
    const unknown = await run(['restore', KEY, '--run', 'nobody']);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('RunNotExist: ') });
  });
});

test('ack of a group that needs nobody is refused, and told', async () => {
  const { code, stderr } = await run(['ack', KEY, '--hours', '8', '--reason', 'known']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^[A-Z]\w+: /) });
  const none = await run(['unack', KEY]);
  expect({ code: none.code, stderr: none.stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^[A-Z]\w+: /),
  });
});

test('retire deletes a group that nobody keeps, and says what it was', async () => {
  const kept = await run(['retire', KEY, '--reason', 'tidy']);
  expect([kept.code, kept.stderr]).toEqual([
    1,
    expect.stringMatching(/^GroupConfigured: .*the configuration names it/),
  ]);
  sync.functions.standIn.groups(PROJECT).set('gone', {
    ...{ groupName: 'gone', groupType: '', machineIdentifyType: 'ip', machineList: ['10.9.0.1'] },
    groupAttribute: { groupTopic: '', externalName: MARK },
    ...{ createTime: 1_700_000_000, lastModifyTime: 1_700_000_000 },
  });
  const said = `${PROJECT}/gone is retired\n  members: 10.9.0.1\n  configs: none\n`;
  const args = ['retire', `${PROJECT}/gone`, '--reason', 'the team is gone'];
  expect(await run(args)).toEqual({ code: 0, stdout: said, stderr: '' });
  expect(sync.functions.standIn.groups(PROJECT).has('gone')).toBe(false);
  expect((await run(['retire', `${PROJECT}/gone`])).code).toBe(2);
});

test('ack tells until when nobody is told, and unack takes it back', async () => {
  const made = sync.functions.standIn.groups(PROJECT);
  const before = made.get('made') ?? expect.fail('no group');
  made.set('made', { ...before, machineIdentifyType: 'userdefined' });
  const group = `${PROJECT}/made`;
  try {
    const refused = await run(['apply', group]);
    expect(refused).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('**Refused** (identify-mismatch)'),
    });
    const given = await run(['ack', group, '--hours', '8', '--reason', 'being moved']);
    expect({ code: given.code, stderr: given.stderr }).toEqual({ code: 0, stderr: '' });
    expect(given.stdout).toMatch(
      /^ali-test-project\/made: refused identify-mismatch, by arn:\S+ until \S+: being moved\n$/,
    );
    const back = await run(['unack', group]);
    expect(back).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^acknowledgement taken back: ali-/),
    });
  } finally {
    made.set('made', before);
  }
});

describe('status', () => {
  const group = `${PROJECT}/web`;
  beforeAll(async () => {
    await run(['apply']);
  });

  test('tells how the groups stand in lines, and as JSON for programs', async () => {
    const { code, stdout, stderr } = await run(['status']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^sls-machine-groups at \d{4}-\d\d-\d\d \d\d:\d\d UTC: 2 groups, 22 members, 2 removals wait$/m,
    );
    expect(stdout).toMatch(
      /^ {2}ali-test-project\/web \(removals, .*\n {4}2 removals wait, .*\n {4}12 members now, /m,
    );
    expect(stdout).toMatch(/^Last runs in which something happened$/m);
    const json = await run(['status', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ counts: { groups: 2, members: 22 } });
  });

  test('writes the page to a file that others cannot read', async () => {
    const file = join(cli.folder, 'status.html');
    expect(await run(['status', '--html', '--out', file])).toEqual({
      code: 0,
      stdout: `${file}\n`,
      stderr: '',
    });
    expect(await readFile(file, 'utf8')).toContain(`<h3>${group}</h3>`);
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
  });

  test('opens the page with the program of the machine', async () => {
    const folder = join(cli.folder, 'bin');
    const opened = join(cli.folder, 'opened');
    await mkdir(folder, { recursive: true });
    // Renamed when it is whole.
    const script = `#!/bin/sh\ncat "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`;
    await writeFile(join(folder, 'xdg-open'), script, { mode: 0o755 });
    const { code, stdout, stderr } = await run(['status', '--html'], {
      PATH: `${folder}:${process.env.PATH}`,
      TMPDIR: cli.folder,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/\/status-\w+\/status\.html\n$/);
    await expect
      .poll(() => readFile(opened, 'utf8').catch(() => ''), { timeout: 10_000 })
      .toContain(`<h3>${group}</h3>`);
  });

  test('says where the page is when nothing opens it', async () => {
    const { code, stdout, stderr } = await run(['status', '--html'], {
      PATH: '/nowhere',
      TMPDIR: cli.folder,
    });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'no browser could be opened: open the file yourself\n',
    });
    expect(await readFile(stdout.trim(), 'utf8')).toContain('<!doctype html>');
  });
});

describe('exit codes', () => {
  test.each([
    [
      ['approve', KEY, '--reason', 'x'],
      'say what is approved: --fingerprint F, or --removal M for each member',
    ],
    [['approve', KEY, '--removal', 'm', '--fingerprint', 'f', '--reason', 'x'], 'say what is approved: '],
    [['approve', KEY, '--removal', 'm'], 'say why, with --reason'],
    [['approve', KEY, '--removal', 'm', '--reason', 'x', '--hours', 'two'], '--hours must be a whole number'],
    [['ack', KEY, '--reason', 'x'], 'say --hours H, or --until TIME'],
    [['approve', KEY, '--removal', 'm', '--reason', 'TEXT'], '--reason TEXT stands for words of your own'],
    [['approve', KEY, '--fingerprint', '', '--reason', 'x'], '--fingerprint has no value'],
    [['approve', KEY, '--removal', '', '--reason', 'x'], '--removal has no value'],
    [['ack', KEY, '--until', 'tomorrow', '--reason', 'x'], '--until is a day and a time with its zone'],
    [['history', KEY, '--since', '2026-11-26'], '--since is a day and a time with its zone'],
    [['revoke', KEY], 'revoke needs GROUP ID'],
    [['status', '--html', '--json'], 'say --html or --json'],
    [['status', '--out', 'x'], '--out goes with --html'],
    [['restore', KEY], 'say before which run, with --run'],
    [['restore', KEY, '--run', 'r', '--fingerprint', 'f'], 'say why, with --reason'],
  ])('%j is 2', async (args, says) => {
    const { code, stderr } = await run(args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) });
  });

  test.each([
    [[], 'say --stage S for a deployment, or --url'],
    [['--url', 'http://example.com'], '--url must be an https URL'],
    [['--url', 'https://ann:secret@example.com'], '--url must be an https URL'],
    [['--stage', 'a', '--url', 'https://example.com'], 'say --stage S for a deployment, or --url'],
    [['--stage', '../x'], '--stage is not the name of a stage'],
  ])('a deployment that is said by %j is 2', async (args, says) => {
    const { code, stderr } = await cli.run(['apply', ...args], CREDENTIALS);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) });
  });

  test('what the functions refuse is 1: a group, a figure', async () => {
    expect(await run(['apply', 'p/none'])).toMatchObject({
      code: 1,
      stderr: 'GroupNotConfigured: not in the configuration: p/none\n',
    });
    const args = ['approve', KEY, '--removal', 'm', '--reason', 'x', '--hours', '99'];
    expect(await run(args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('hours: must be at most 24, is 99'),
    });
  });

  test('a gateway that knows the caller not is 1, and says what it says', async () => {
    const { code, stderr } = await run(['apply'], { AWS_SECRET_ACCESS_KEY: 'not-the-right-secret' });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'the deployment answered with 403 (Forbidden): wrong or expired credentials, or no execute-api:Invoke on POST /sync\n',
    });
  });

  test('no answer is 3, and says that it may have been done', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await cli.run(['apply', '--url', url], CREDENTIALS);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^NoAnswer: POST \/sync got no answer \(.*ECONNREFUSED.*\): it may have been done anyway/,
    );
  });

  test('no credentials is 3, and nothing is sent', async () => {
    let requests = 0;
    await using server = await openLoopback(
      createServer((_, response) => {
        requests += 1;
        response.end();
      }),
    );
    const env = { AWS_REGION: 'eu-central-1', AWS_EC2_METADATA_DISABLED: 'true' };
    const { code, stderr } = await cli.run(['apply', '--url', `http://${server.address}`], env);
    expect({ code, requests, stderr }).toEqual({
      code: 3,
      requests: 0,
      stderr: 'no AWS credentials found: set AWS_PROFILE, or log in with `aws sso login`\n',
    });
  });

  test('no region is 3, and the variable of the first AWS CLI is one', async () => {
    const { AWS_REGION: region, ...others } = CREDENTIALS;
    const args = ['approvals', '--url', `http://${gateway.address}`];
    expect(await cli.run(args, others)).toMatchObject({
      code: 3,
      stderr: 'no region: export AWS_REGION=eu-central-1, or say --region eu-central-1\n',
    });
    expect(await cli.run(args, { ...others, AWS_DEFAULT_REGION: region })).toMatchObject({ code: 0 });
  });

  test('options that npm took are missed', async () => {
    const npm = { npm_lifecycle_event: 'cli', npm_config_through_freeze: 'true' };
    const args = ['approve', KEY, '--removal', 'm', '--reason', 'x'];
    expect(await run(args, npm)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^npm took --through-freeze .* npm run cli -- approve --through-freeze …\n/,
      ),
    });
    expect((await run([...args, '--through-freeze'], npm)).stderr).not.toContain('npm took');
  });

  test('a redirect is not followed', async () => {
    await using server = await openLoopback(
      createServer((_, response) =>
        response.writeHead(307, { location: `http://${gateway.address}/sync` }).end(),
      ),
    );
    expect((await cli.run(['apply', '--url', `http://${server.address}`], CREDENTIALS)).code).toBe(3);
  });
});
