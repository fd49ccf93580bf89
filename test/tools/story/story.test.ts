// One night, from a wrong inventory to the end of it: what the schedule does, who is told, and what a person sees and says. Each
// test goes on where the one before it ended; what a person does is done by the built command line. With SCREENSHOTS=<folder>,
// `npm run screenshots`, it makes the pictures of docs/status.md as well.
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR } from '../../../lib/core/removal/settings.ts';
import type { Status } from '../../../lib/core/status/status.ts';
import { lambdaContext, SCHEDULE } from '../../functions/events.ts';
import { SyncFunctions } from '../../functions/sync-setup.ts';
import { addresses } from '../../support/addresses.ts';
import { NO_CHROMIUM, openBrowser } from '../../support/browser.ts';
import type { LoopbackServer } from '../../support/loopback.ts';
import { MARK, PROJECT } from '../../support/names.ts';
import { needs } from '../../support/needs.ts';
import { BUCKET, type LocalS3, startS3 } from '../../support/s3.ts';
import { LONG } from '../../support/whole.ts';
import { startGateway } from '../cli/gateway.ts';
import { builtCli } from '../cli/process.ts';
import { signedHeaders } from '../local/aws-signer.ts';
import { arnOf, CALLER, SCOPE } from '../local/gateway-iam.ts';
import { DESK, PHONE, seen, type View } from './pictures.ts';
import { openTopic, TOPIC_ARN, type Topic } from './topic.ts';

const cli = builtCli();
const MISTAKE = 'the inventory was wrong';
const WEB = `${PROJECT}/web`;
const FLEET = addresses(12);
/** A filter with a slip in it shows a quarter of the fleet. */
const SHOWN = FLEET.slice(9);
const LOST = FLEET.slice(0, 9);
/** Comes while the group is frozen. */
const FRESH = '10.9.0.1';
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
  AWS_REGION: 'eu-central-1',
};

let sync: SyncFunctions;
let topic: Topic;
let s3: LocalS3;
let gateway: LoopbackServer;
let browser: Browser | undefined;
let schedule: () => Promise<unknown>;
/** Commands as the page shows them. */
let commands: readonly string[] = [];
/** The run that removed nine, as the history names it. */
let wrongRun = '';

const hour = () => Math.floor(Date.now() / HOUR);
const day = (count: number) => ({
  members: new Map([[hour() - 30, count - 2] as const, [hour() - 9, count] as const]),
});

beforeAll(async () => {
  [sync, topic, s3] = await Promise.all([SyncFunctions.start(), openTopic(), startS3()]);
  if (NO_CHROMIUM === undefined) browser = await openBrowser();
  const put = (name: string, machineList: readonly string[]) =>
    sync.functions.standIn.groups(PROJECT).set(name, {
      ...{ groupName: name, groupType: '', machineIdentifyType: 'ip', machineList },
      groupAttribute: { groupTopic: '', externalName: MARK },
      ...{ createTime: 1_700_000_000, lastModifyTime: 1_700_000_000 },
    });
  const listed = (members: readonly string[]) => ({ sources: [{ type: 'static', members }] });
  const others = { batch: addresses(40).slice(12, 20), edge: addresses(40).slice(20, 36) };
  put('web', FLEET);
  for (const [name, members] of Object.entries(others)) put(name, members);
  await sync.configure({
    groups: [
      sync.group('web', { contact: '#web-on-call' }),
      ...Object.entries(others).map(([name, members]) => sync.group(name, listed(members))),
    ],
  });
  // A memory of a month, in which nothing is missing.
  for (const [name, count] of [
    ['web', 12],
    ['batch', 8],
    ['edge', 16],
  ] as const)
    await sync.remember(name, [], [], day(count));
  const env = {
    AWS_ENDPOINT_URL_SNS: `http://${topic.address}`,
    SYNC_TOPIC_ARN: TOPIC_ARN,
    ...{ AWS_ENDPOINT_URL_S3: s3.url, HISTORY_BUCKET: BUCKET },
    SYNC_PERIOD_S: '300',
    POWERTOOLS_SERVICE_NAME: 'sls-machine-groups-prod',
  };
  const handler = await sync.load('sync-from-inventory', env);
  schedule = () => handler(SCHEDULE, lambdaContext);
  const reads = ['status', 'explain', 'history'] as const;
  const writes = ['approve-removals', 'sync', 'freeze', 'unfreeze', 'restore'] as const;
  gateway = await startGateway(sync, [...reads, ...writes], env);
});
afterAll(async () => {
  await Promise.all([browser?.close(), gateway?.close(), topic?.close(), s3?.[Symbol.asyncDispose]()]);
  await sync?.[Symbol.asyncDispose]();
});

const run = (...args: string[]) => cli.run([...args, '--url', `http://${gateway.address}`], CREDENTIALS);

async function status(): Promise<Status> {
  const { code, stdout } = await run('status', '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

const standingOf = (value: Status, group: string) => value.groups.find((one) => one.group === group);

async function explained(machine: string): Promise<{ next: string; says: string[] }> {
  const url = `http://${gateway.address}/explain?${new URLSearchParams({ group: WEB, machine })}`;
  const { host: _, ...headers } = await signedHeaders({ method: 'GET', url }, SCOPE);
  return (await (await fetch(url, { headers })).json()) as { next: string; says: string[] };
}

/** Looks at the page that the command line fetches. */
async function look(view: View, says: readonly string[]): Promise<void> {
  const file = join(cli.folder, `${view.picture}.html`);
  expect((await run('status', '--html', '--out', file)).code).toBe(0);
  if (!browser) return;
  await seen(browser, file, view, async (page) => {
    const text = await page.locator('body').innerText();
    for (const words of says) expect(text).toContain(words);
    commands = await page.locator('pre').allInnerTexts();
  });
}

// Its commands have tests of their own.
describe('a night', needs(LONG), () => {
  test('all is well', async () => {
    sync.inventory = () => FLEET;
    await schedule();
    await schedule();
    expect((await status()).counts).toMatchObject({ attention: 0, waiting: 0, converged: 3, members: 36 });
    expect(topic.notices).toEqual([]);
  });

  test('the inventory shows a quarter of the fleet: nothing is removed, and for an hour nobody is woken', async () => {
    sync.inventory = () => SHOWN;
    await schedule();
    expect(sync.members('web')).toEqual([...FLEET].sort());
  });

  test('two hours later the schedule refuses, and tells once', async () => {
    // As if it had looked all the time.
    await sync.remember('web', LOST, [], day(12));
    for (let at = 0; at < 3; at += 1) await schedule();
    expect(sync.members('web')).toEqual([...FLEET].sort());
    expect(topic.notices).toHaveLength(1);
    expect(topic.notices[0]).toMatchObject({
      subject: 'sls-machine-groups: 1 new, 0 standing, 0 recovered',
      message: expect.stringContaining(`\`${WEB}\` (refused day-limit, since `),
    });
  });

  test('the status says which group, since when, why, and what to do', needs(NO_CHROMIUM), async () => {
    await look({ picture: 'status', options: DESK }, [
      'Needs attention: 1',
      WEB,
      '9 of 12 members are missing, and nothing proves that their machines are gone',
      '9 removals wait, the first missing for ',
      'contact #web-on-call',
    ]);
    await look({ picture: 'status-phone', options: PHONE }, ['Needs attention: 1', WEB]);
    expect(commands).toEqual([
      expect.stringMatching(
        `^npm run cli -- approve --url http://${gateway.address} ${WEB} --fingerprint [0-9a-f]{32} --reason WHY$`,
      ),
      expect.stringMatching(
        `^npm run cli -- ack --url http://${gateway.address} ${WEB} --hours 8 --reason WHY$`,
      ),
    ]);
  });

  test('explain says of one machine why it waits', async () => {
    const { next, says } = await explained(LOST[0] as string);
    expect({ next, says: says.join(' ') }).toEqual({
      next: 'withheld',
      says: expect.stringContaining('No source has it.'),
    });
  });

  test('somebody approves in a hurry, with the command of the status, and nine machines are gone', async () => {
    const command = standingOf(await status(), WEB)?.approve?.command ?? '';
    const words = command
      .replace(/^npm run cli -- /, '')
      .replace('WHY', 'rack-B')
      .split(' ');
    const { code, stdout } = await cli.run(words, CREDENTIALS);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('removals: ') });
    await schedule();
    await schedule();
    expect(sync.members('web')).toEqual([...SHOWN].sort());
  });

  test('the status shows what the run did, and how the group fell', async () => {
    await look({ picture: 'status-removed', options: DESK }, [
      '9 removed',
      '3 members now, 3 to 12 in the last 24 hours',
    ]);
    const { runs } = await status();
    expect(runs[0]).toMatchObject({ trigger: 'the schedule', removed: 9, added: 0, status: 'ok' });
  });

  test('it was wrong: somebody freezes the group, and the status says so', async () => {
    const { code, stdout } = await run(...['freeze', '--group', WEB, '--for', '2h', '--reason', MISTAKE]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(`^${WEB}, by ${arnOf(CALLER)} until \\S+Z: ${MISTAKE}\n$`),
    });
    await look({ picture: 'status-frozen', options: DESK }, ['Frozen: 1', `by ${arnOf(CALLER)}: ${MISTAKE}`]);
    const { counts, freezes } = await status();
    expect(counts.frozen).toBe(1);
    expect(freezes.shown).toMatchObject([{ group: WEB, reason: MISTAKE }]);
  });

  test('the history names the run that removed them', async () => {
    const { code, stdout } = await run('history', WEB);
    expect(code).toBe(0);
    const [head = '', change] = stdout.split('\n');
    expect(head).toMatch(/ the schedule$/);
    expect(change).toMatch(`${WEB}: written, 0 came, 9 went: ${LOST[0]}, `);
    [, wrongRun = ''] = head.split(' ');
  });

  test('its way back is planned, and nothing is written; with the fingerprint it is gone', async () => {
    const back = ['restore', WEB, '--run', wrongRun];
    const plan = await run(...back);
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining(`  adds 9: ${LOST[0]}, `) });
    expect(sync.members('web')).toEqual([...SHOWN].sort());
    const [, fingerprint = ''] = /--fingerprint ([0-9a-f]{32}) /.exec(plan.stdout) ?? [];
    const done = await run(...back, '--fingerprint', fingerprint, '--reason', MISTAKE);
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ {2}restored; frozen until \S+Z\n$/),
    });
    expect(sync.members('web')).toEqual([...FLEET].sort());
  });

  test('the inventory is still wrong, and a machine comes: frozen, the group stays as it was restored', async () => {
    sync.inventory = () => [...SHOWN, FRESH];
    for (let at = 0; at < 3; at += 1) await schedule();
    expect(sync.members('web')).toEqual([...FLEET].sort());
    const { code, stdout } = await run('apply', WEB);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`## \`${WEB}\`: frozen`) });
    expect(stdout).toContain(FRESH);
    expect(stdout).toContain(MISTAKE);
    expect(sync.members('web')).toEqual([...FLEET].sort());
  });

  test('the inventory is mended and the freeze is lifted: the next run adds what came, and removes nothing', async () => {
    sync.inventory = () => [...FLEET, FRESH];
    await schedule();
    expect(sync.members('web')).not.toContain(FRESH);
    const { code, stdout } = await run('unfreeze', '--group', WEB);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(`^lifted: ${WEB}, by `) });
    for (let at = 0; at < 3; at += 1) await schedule();
    expect(sync.members('web')).toEqual([...FLEET, FRESH].sort());
    // Nobody is woken by a person's own freeze and restore.
    expect(topic.notices).toHaveLength(2);
    expect(topic.notices.at(-1)).toMatchObject({
      subject: 'sls-machine-groups: 0 new, 0 standing, 1 recovered',
      message: expect.stringContaining('## Is well again: 1'),
    });
    const { counts, runs } = await status();
    expect(counts).toMatchObject({ attention: 0, converged: 3, frozen: 0, members: 37 });
    expect(runs.slice(0, 2)).toMatchObject([{ added: 1, removed: 0 }, { removed: 9 }]);
    await look({ picture: 'status-well', options: DESK }, ['No group needs attention.']);
  });
});
