// Approvals end to end: handlers as Lambda loads them, the stand-in of SLS, DynamoDB on this machine.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTable } from '../../lib/aws/dynamodb.ts';
import { approvedIn } from '../../lib/core/memory/approvals.ts';
import { readGroup } from '../../lib/core/memory/group.ts';
import { groupId } from '../../lib/core/memory/known.ts';
import { removalsFingerprint } from '../../lib/core/plan/fingerprint.ts';
import { addresses } from '../support/addresses.ts';
import { type LoopbackServer, openLoopback } from '../support/loopback.ts';
import { type LocalDynamo, startDynamo, TABLE } from '../support/memory/dynalite.ts';
import { MARK, PROJECT } from '../support/names.ts';
import { callOf, codeOf, jsonOf, messageOf } from './api-calls.ts';
import { type Format, lambdaContext } from './events.ts';
import { SyncFunctions } from './sync-setup.ts';

const KEY = `${PROJECT}/web`;
const MEMBERS = addresses(12);
const GONE = MEMBERS.slice(3);
const ANN = 'arn:aws:iam::123456789012:user/ann';
const BOB = 'arn:aws:sts::123456789012:assumed-role/on-call/bob';
const REASON = 'rack B is gone';

let sync: SyncFunctions;
let dynamo: LocalDynamo;
beforeEach(async () => {
  [sync, dynamo] = await Promise.all([SyncFunctions.start(), startDynamo()]);
  await sync.configure({ groups: [sync.group('web'), sync.group('other')] });
  for (const name of ['web', 'other']) put(name, MEMBERS);
  sync.inventory = () => MEMBERS.slice(0, 3);
});
afterEach(async () => {
  await Promise.all([sync[Symbol.asyncDispose](), dynamo[Symbol.asyncDispose]()]);
});

function put(groupName: string, machineList: string[]): void {
  sync.functions.standIn.groups(PROJECT).set(groupName, {
    ...{ groupName, groupType: '', machineIdentifyType: 'ip', machineList },
    groupAttribute: { groupTopic: '', externalName: MARK },
    ...{ createTime: 1_700_000_000, lastModifyTime: 1_700_000_000 },
  });
}

const load = (name: 'approve-removals' | 'list-approvals' | 'revoke-approval', env: object = {}) =>
  sync.load(name, { AWS_ENDPOINT_URL_DYNAMODB: dynamo.url, SYNC_TABLE: TABLE, ...env });

async function approve(
  body: object,
  {
    env = {},
    caller = ANN,
    format = '2.0' as Format,
  }: { env?: object; caller?: string; format?: Format } = {},
) {
  const call = callOf('approve-removals', { query: {}, body: { group: KEY, reason: REASON, ...body } });
  return sync.functions.http(await load('approve-removals', env), { ...call, caller }, format);
}

async function list(query: Record<string, string> = {}) {
  const call = callOf('list-approvals', { query });
  return jsonOf(await sync.functions.http(await load('list-approvals'), { ...call, caller: BOB }));
}

async function revoke(id: string, group = KEY) {
  const call = callOf('revoke-approval', { parameters: { id }, query: { group } });
  return sync.functions.http(await load('revoke-approval'), { ...call, parameters: { id }, caller: BOB });
}

/** What a run finds in the memory of the group. */
async function memoryOf(key = KEY) {
  const { now } = Date;
  const table = openTable({
    table: TABLE,
    now,
    random: Math.random,
    sleep: async () => {},
    client: dynamo.client,
  });
  try {
    const fields = (await table.read([groupId(key)], now() + 5_000)).get(groupId(key));
    const read = readGroup(fields ?? { version: 1 });
    if (!read.readable) throw new Error(read.says);
    return read.item;
  } finally {
    table.close();
  }
}
const approvedNow = async () => [...approvedIn((await memoryOf()).approvals ?? [], Date.now()).keys()].sort();

const requestLine = () => sync.functions.lines.findLast(({ event }) => event === 'request');

describe('what is missing', () => {
  test.each<Format>(['2.0', '1.0'])(
    'is approved by its fingerprint, in payload format %s',
    async (format) => {
      const result = await approve({ fingerprint: removalsFingerprint(KEY, GONE), hours: 2 }, { format });
      expect(result.statusCode, result.body).toBe(200);
      const answer = jsonOf(result);
      expect(answer).toMatchObject({
        group: KEY,
        removals: { count: 9, members: GONE.toSorted() },
        waiting: 0,
        who: ANN,
        reason: REASON,
        notMissing: { count: 0, members: [] },
        next: 'next-run',
      });
      expect(Date.parse(answer.until) - Date.parse(answer.at)).toBe(2 * 3_600_000);
      expect(await approvedNow()).toEqual(GONE.toSorted());
      expect(sync.writes).toEqual([]);
      expect(requestLine()).toMatchObject({
        caller: ANN,
        group: KEY,
        reason: REASON,
        approval: { id: answer.id, removals: 9, next: 'next-run' },
      });
    },
  );

  test('is not, where it is something else by now: the answer says what', async () => {
    const result = await approve({ fingerprint: removalsFingerprint(KEY, GONE.slice(1)) });
    expect([result.statusCode, codeOf(result)]).toEqual([409, 'RemovalsChanged']);
    expect(messageOf(result)).toContain(
      `missing now are 9, with the fingerprint ${removalsFingerprint(KEY, GONE)}`,
    );
    expect((await memoryOf()).approvals).toBeUndefined();
  });

  test('is approved by name, four hours if nothing is said, and what is not missing is named', async () => {
    const [first = '', second = ''] = GONE;
    const result = await approve({ removals: [`::ffff:${first}`, second, MEMBERS[0], '10.77.0.1'] });
    const answer = jsonOf(result);
    expect(answer).toMatchObject({
      removals: { count: 2 },
      notMissing: { count: 2, members: [MEMBERS[0], '10.77.0.1'] },
    });
    expect(Date.parse(answer.until) - Date.parse(answer.at)).toBe(4 * 3_600_000);
    expect(await approvedNow()).toEqual([first, second].toSorted());
  });

  test('is approved by a direct invocation, which has no name', async () => {
    const handler = await load('approve-removals');
    const invokedFunctionArn = 'arn:aws:lambda:eu-central-1:123456789012:function:approve-removals';
    const input = { group: KEY, removals: GONE, reason: REASON };
    const answer = await handler(input, { ...lambdaContext, invokedFunctionArn });
    expect(answer).toMatchObject({
      who: `a direct invocation of ${invokedFunctionArn}`,
      removals: { count: 9 },
    });
  });
});

describe('nothing is stored', () => {
  const refused = async (body: object, status: number, code: string) => {
    const result = await approve(body);
    expect([result.statusCode, codeOf(result)]).toEqual([status, code]);
    expect((await memoryOf()).approvals).toBeUndefined();
    return messageOf(result);
  };
  test('of an incomplete reading', async () => {
    sync.inventory = () => [...MEMBERS.slice(0, 3), 'no address at all'];
    expect(await refused({ removals: GONE }, 409, 'InventoryIncomplete')).toMatch(/was not read completely/);
  });
  test('where nothing is missing', async () => {
    sync.inventory = () => MEMBERS;
    await refused({ fingerprint: removalsFingerprint(KEY, GONE) }, 409, 'NothingMissing');
    await refused({ removals: GONE }, 409, 'NothingMissing');
  });
  test('of a group that is not configured, or whose inventory cannot be read', async () => {
    await refused({ group: `${PROJECT}/unknown`, removals: GONE }, 404, 'GroupNotConfigured');
    sync.inventory = () => 500;
    await refused({ removals: GONE }, 502, 'InventoryUnreadable');
  });
  test('that has no room in the item: it is to be approved in parts', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `10.9.${index >> 8}.${index & 255}`);
    put('web', [...MEMBERS, ...many]);
    const fingerprint = removalsFingerprint(KEY, [...GONE, ...many]);
    expect(await refused({ fingerprint }, 413, 'ApprovalTooLarge')).toMatch(/5009 removals.*in parts/);
    expect((await approve({ removals: many.slice(0, 2_000) })).statusCode).toBe(200);
    expect(await approvedNow()).toHaveLength(2_000);
  });
  test('without a memory to store it in', async () => {
    const result = await approve({ removals: GONE }, { env: { SYNC_TABLE: '' } });
    expect([result.statusCode, messageOf(result)]).toEqual([500, expect.stringContaining('SYNC_TABLE')]);
  });
});

describe('two people', () => {
  const env = { SYNC_APPROVERS: '2' };
  test('have to approve where the deployment says so, and one of them twice is not two', async () => {
    const first = jsonOf(await approve({ removals: GONE }, { env }));
    expect(first).toMatchObject({ waiting: 9, next: 'second-approver' });
    expect(await approvedNow()).toEqual([]);

    const again = jsonOf(await approve({ removals: GONE }, { env }));
    expect(again).toMatchObject({ id: first.id, waiting: 9, next: 'second-approver' });

    // Meanwhile one is back: the second looks at another plan, and approves what is left.
    sync.inventory = () => MEMBERS.slice(0, 4);
    const left = GONE.slice(1);
    const second = jsonOf(
      await approve({ fingerprint: removalsFingerprint(KEY, left) }, { env, caller: BOB }),
    );
    expect(second).toMatchObject({ waiting: 0, next: 'next-run', who: BOB });
    expect(await approvedNow()).toEqual(left.toSorted());
    expect((await list({ group: KEY })).approvals).toMatchObject([
      // The one that is back is in no approval any more.
      { who: ANN, waiting: 0 },
      { who: BOB, waiting: 0 },
    ]);
  });
  test('cannot be told apart in direct invocations, nor by what a request says of itself', async () => {
    const handler = await load('approve-removals', env);
    const input = { group: KEY, removals: GONE, reason: REASON };
    await expect(handler(input, lambdaContext)).rejects.toMatchObject({ name: 'CallerUnnamed' });
    const call = callOf('approve-removals', { query: {}, body: input, headers: { 'x-amzn-caller': ANN } });
    const result = await sync.functions.http(handler, call);
    expect([result.statusCode, codeOf(result)]).toEqual([403, 'CallerUnnamed']);
    expect((await memoryOf()).approvals).toBeUndefined();
  });
  test('who approve at the same moment are both heard', async () => {
    const handler = await load('approve-removals', env);
    const call = callOf('approve-removals', {
      query: {},
      body: { group: KEY, removals: GONE, reason: REASON },
    });
    const both = [ANN, BOB].map((caller) => sync.functions.http(handler, { ...call, caller }));
    expect((await Promise.all(both)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(await approvedNow()).toEqual(GONE.toSorted());
  });
});

describe('what is approved goes', () => {
  /** One row of runs, each on what the inventory lists. */
  const run = async (...wanted: string[]) => {
    sync.inventory = () => wanted;
    const env = { AWS_ENDPOINT_URL_DYNAMODB: dynamo.url, SYNC_TABLE: TABLE };
    const { report } = await sync.sync(await sync.load('sync', env), { mode: 'apply', groups: [KEY] });
    return report.groups[0];
  };
  const [gone = '', ...stay] = MEMBERS.toReversed();

  test('in the next run, though no run before it saw that it is missing', async () => {
    sync.inventory = () => stay;
    expect(jsonOf(await approve({ removals: [gone] }))).toMatchObject({ next: 'next-run' });
    expect(await run(...stay)).toMatchObject({ status: 'written', removals: { members: [gone] } });
    expect(sync.members('web')).toEqual(stay.toSorted());
  });

  test('not any more, once a reading has listed it again', async () => {
    sync.inventory = () => stay;
    await approve({ removals: [gone] });
    expect(await run(...stay, gone)).toMatchObject({
      status: 'in-sync',
      warnings: [expect.stringContaining(`lists again: "${gone}"`)],
    });
    expect(await approvedNow()).toEqual([]);
    for (const _ of ['first', 'second', 'third'])
      expect(await run(...stay)).toMatchObject({ status: 'withheld' });
    expect(sync.members('web')).toContain(gone);
  });

  test('once: what comes back after it went, and goes missing again, needs another word', async () => {
    sync.inventory = () => stay;
    await approve({ removals: [gone] });
    await run(...stay);
    expect(await run(...stay, gone)).toMatchObject({ status: 'written', additions: { members: [gone] } });
    for (const _ of ['first', 'second', 'third'])
      expect(await run(...stay)).toMatchObject({ status: 'withheld' });
    expect(sync.members('web')).toContain(gone);
    expect((await list({ group: KEY })).approvals).toEqual([]);
  });

  test('and the report names the fingerprint of what is missing after it', async () => {
    const [other = '', ...rest] = stay;
    sync.inventory = () => rest;
    await approve({ removals: [gone] });
    expect(await run(...rest)).toMatchObject({
      removals: { members: [gone] },
      fingerprint: removalsFingerprint(KEY, [other]),
    });
  });

  test('of an empty inventory only where whoever approves says that he knows', async () => {
    sync.inventory = () => [];
    const fingerprint = removalsFingerprint(KEY, MEMBERS);
    const refused = await approve({ fingerprint });
    expect([refused.statusCode, codeOf(refused)]).toEqual([409, 'InventoryEmpty']);
    expect(messageOf(refused)).toContain(fingerprint);
    expect((await memoryOf()).approvals).toBeUndefined();
    expect((await approve({ fingerprint, emptyInventory: true })).statusCode).toBe(200);
    expect(await run()).toMatchObject({ status: 'written', removals: { count: MEMBERS.length } });
  });
});

describe('the list', () => {
  test('has those of all groups, or of one', async () => {
    await approve({ removals: GONE });
    await approve({ group: `${PROJECT}/other`, removals: GONE.slice(2), reason: 'sold' }, { caller: BOB });
    const { approvals, ...rest } = await list();
    expect(rest).toEqual({ approvers: 1, leftOut: 0 });
    expect(approvals).toMatchObject([
      { group: KEY, who: ANN, reason: REASON, removals: { count: 9 } },
      { group: `${PROJECT}/other`, who: BOB, reason: 'sold', removals: { count: 7 } },
    ]);
    expect((await list({ group: KEY })).approvals).toEqual(approvals.slice(0, 1));
  });
  test('of a group that is not configured is 404', async () => {
    const call = callOf('list-approvals', { query: { group: `${PROJECT}/unknown` } });
    const result = await sync.functions.http(await load('list-approvals'), call);
    expect([result.statusCode, codeOf(result)]).toEqual([404, 'GroupNotConfigured']);
  });
  test('is also a direct invocation', async () => {
    await approve({ removals: GONE });
    expect(await (await load('list-approvals'))({ group: KEY }, lambdaContext)).toEqual(
      await list({ group: KEY }),
    );
  });
});

describe('a revoked approval', () => {
  test('counts no longer, and who revoked it is in the log', async () => {
    const { id } = jsonOf(await approve({ removals: GONE }));
    const result = await revoke(id);
    expect(jsonOf(result)).toMatchObject({ id, group: KEY, who: ANN, removals: { count: 9 } });
    expect(requestLine()).toMatchObject({
      function: 'RevokeApproval',
      caller: BOB,
      group: KEY,
      approval: { id, who: ANN },
    });
    expect(await approvedNow()).toEqual([]);
    expect((await list()).approvals).toEqual([]);
    const again = await revoke(id);
    expect([again.statusCode, codeOf(again)]).toEqual([404, 'ApprovalNotExist']);
  });
  test('is that of its group alone, and others stand', async () => {
    const { id } = jsonOf(await approve({ removals: GONE.slice(0, 2) }));
    await approve({ removals: GONE.slice(2) }, { caller: BOB });
    expect((await revoke(id, `${PROJECT}/other`)).statusCode).toBe(404);
    await revoke(id);
    expect(await approvedNow()).toEqual(GONE.slice(2).toSorted());
  });
  test('can be revoked directly, and of a group that has left the configuration', async () => {
    const { id } = jsonOf(await approve({ removals: GONE }));
    await sync.configure({ groups: [sync.group('other')] });
    expect(await (await load('revoke-approval'))({ id, group: KEY }, lambdaContext)).toMatchObject({ id });
    expect(await approvedNow()).toEqual([]);
  });
});

describe('with a work queue', () => {
  let server: LoopbackServer;
  let messages: { MessageBody: string; MessageGroupId: string }[];
  let status: number;
  beforeEach(async () => {
    messages = [];
    status = 200;
    server = await openLoopback(
      createServer(async (request, answer) => {
        const { Entries } = JSON.parse(await text(request));
        if (status === 200) messages.push(...Entries);
        const Successful = Entries.map(({ Id, MessageBody }: Record<string, string>) => ({
          Id,
          MessageId: Id,
          MD5OfMessageBody: createHash('md5')
            .update(MessageBody ?? '')
            .digest('hex'),
        }));
        answer.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
        answer.end(status === 200 ? JSON.stringify({ Successful, Failed: [] }) : '{"__type":"AccessDenied"}');
      }),
    );
  });
  afterEach(() => server.close());
  const env = () => ({
    SYNC_WORK_QUEUE_URL: `http://${server.address}/123456789012/work.fifo`,
    AWS_ENDPOINT_URL_SQS: `http://${server.address}`,
  });

  test('the group is handed to a worker', async () => {
    expect(jsonOf(await approve({ removals: GONE }, { env: env() }))).toMatchObject({ next: 'enqueued' });
    expect(messages.map(({ MessageGroupId }) => MessageGroupId)).toEqual([KEY]);
    expect(JSON.parse(messages[0]?.MessageBody ?? '')).toMatchObject({ groups: [KEY] });
  });
  test('that takes nothing leaves it to the next run', async () => {
    status = 400;
    expect(jsonOf(await approve({ removals: GONE }, { env: env() }))).toMatchObject({ next: 'next-run' });
    expect(await approvedNow()).toEqual(GONE.toSorted());
  });
  test('nothing is handed over before a second person has approved', async () => {
    const two = { ...env(), SYNC_APPROVERS: '2' };
    await approve({ removals: GONE }, { env: two });
    expect(messages).toEqual([]);
    await approve({ removals: GONE }, { env: two, caller: BOB });
    expect(messages).toHaveLength(1);
  });
});
