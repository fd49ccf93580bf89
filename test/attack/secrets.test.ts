// Secrets stay where they belong, whatever happens: every function, served and refused, with services that quote what
// they were sent and secrets that are none.
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { gatewayEvent, lambdaContext } from '../functions/events.ts';
import { genericCall, netboxCall } from '../functions/hook-calls.ts';
import { SECRET_ID } from '../functions/setup.ts';
import { PROJECT } from '../support/names.ts';
import type { Fault, StandInKey } from '../support/standin/index.ts';
import { share } from '../support/whole.ts';
import { type Served, serve } from '../unit/inventory/served.ts';
import { callOf, inputOf, parsed } from './calls.ts';
import { type Handler, World } from './harness.ts';
import { leaks, MARKERS } from './markers.ts';
import { EVENT_SAMPLES, HOOK, HOOK_SECRET, HTTP_SAMPLES, type HttpSample } from './samples.ts';

const { accessKeyId, accessKeySecret, securityToken, hookKey, previousHookKey, headerSecret } = MARKERS;
const KEY: StandInKey = { accessKeyId, accessKeySecret, securityToken };
const HEADER_SECRET = 'test/inventory-token';
/** As the local Secrets Manager calls it. */
const HEADER_ARN = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${HEADER_SECRET}-AbCdEf`;
const all = Object.values(MARKERS).join(' ');
/** What SLS can quote: it knows no more. */
const quoted = [accessKeyId, accessKeySecret, securityToken].join(' ');
const encoded = [accessKeyId, accessKeySecret, securityToken]
  .flatMap((marker) => [
    encodeURIComponent(marker),
    Buffer.from(marker).toString('hex'),
    Buffer.from(`ab${marker}`).toString('base64'),
    Buffer.from(marker).toString('base64url'),
  ])
  .join(' ');
const SCHEDULE = EVENT_SAMPLES['sync-from-inventory']?.[0]?.event;

type AnswerWith = (header: string, response: ServerResponse) => unknown;

const JSON_TYPE = { 'content-type': 'application/json' };
const list: AnswerWith = (_header, response) => response.writeHead(200, JSON_TYPE).end('["10.0.0.1"]');

let world: World;
let inventory: Served;
/** What the inventory answers; the header with the secret that it was asked with goes along. */
let answer: AnswerWith;
/** Stands for SNS and SQS, and keeps what it is sent. */
let sink: Served;
let sunk: string[];
/** Everything that came out. */
let said: string[];

beforeAll(async () => {
  world = await World.start();
  inventory = await serve(({ headers }, response) => void answer(String(headers['x-token']), response));
  sink = await serve((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      sunk.push(body);
      said.push(body);
      if (!request.headers['x-amz-target']) {
        response.end(
          '<PublishResponse><PublishResult><MessageId>id</MessageId></PublishResult></PublishResponse>',
        );
        return;
      }
      const MD5OfMessageBody = createHash('md5').update(JSON.parse(body).MessageBody).digest('hex');
      response.end(JSON.stringify({ MessageId: 'id', MD5OfMessageBody }));
    });
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    said.push(String(chunk));
    return true;
  });
});
afterAll(async () => {
  await inventory[Symbol.asyncDispose]();
  await sink[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

beforeEach(async () => {
  said = [];
  sunk = [];
  answer = list;
  const { standIn, secrets } = world.sync.functions;
  standIn.faults.clear();
  standIn.setKeys([KEY]);
  secrets.faults.clear();
  secrets.put(SECRET_ID, JSON.stringify(KEY));
  secrets.put(HEADER_SECRET, headerSecret);
  secrets.put(HOOK_SECRET, JSON.stringify({ current: hookKey, previous: previousHookKey }));
  const source = {
    type: 'http',
    url: `${inventory.origin}/?access_token=${encodeURIComponent(headerSecret)}`,
    format: 'list',
    hook: HOOK,
    allowHttp: true,
    allowLoopback: true,
    header: { name: 'X-Token', secretId: HEADER_SECRET, prefix: 'Token ' },
  };
  await world.sync.configure({
    hooks: { [HOOK]: { scheme: 'generic', secretId: HOOK_SECRET } },
    groups: [world.sync.group('synced', { sources: [source] })],
  });
});
afterEach(() => {
  expect(leaks(said.join('\n'))).toEqual([]);
});

const load = (name: string) =>
  world.load(name, {
    SLS_ATTEMPTS: '1',
    SYNC_INVENTORY_SECRETS: `${HEADER_ARN}=${inventory.origin}`,
    SYNC_TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:notices',
    SYNC_DEAD_LETTER_QUEUE_URL: `${sink.origin}/123456789012/dead-letters`,
    AWS_ENDPOINT_URL_SNS: sink.origin,
    AWS_ENDPOINT_URL_SQS: sink.origin,
  });

/** Calls, and keeps every word of what comes of it. */
async function call(handler: Handler, event: unknown): Promise<unknown> {
  world.reset();
  const outcome = await handler(event, lambdaContext).catch((error: unknown) => error);
  const shown = outcome instanceof Error ? inspect(outcome, { depth: 10, maxStringLength: null }) : outcome;
  // Once as it is: a text within JSON within JSON is escaped beyond what a search would know.
  const body = Object(outcome).body as unknown;
  said.push(String(body), JSON.stringify(shown), world.output);
  if (outcome instanceof Error) said.push(outcome.message, String(outcome.stack));
  return outcome;
}

const request = (sample: HttpSample | undefined) => parsed(gatewayEvent('2.0', callOf(sample as HttpSample)));

interface Trouble {
  readonly what: string;
  readonly fault?: Fault;
  readonly keys?: readonly StandInKey[];
}

/** What SLS, or who stands in its way, can make of a request that carries the key. */
const TROUBLES: readonly Trouble[] = [
  { what: 'none' },
  { what: 'a key that SLS does not know', keys: [] },
  { what: 'a signature that SLS finds wrong', keys: [{ ...KEY, accessKeySecret: 'another' }] },
  { what: 'a token that SLS finds wrong', keys: [{ ...KEY, securityToken: 'another' }] },
  {
    what: 'an error that quotes everything',
    fault: { kind: 'error', status: 400, code: 'InvalidParameter', message: quoted },
  },
  {
    what: 'an error that quotes it encoded',
    fault: { kind: 'error', status: 403, code: 'Forbidden', message: encoded },
  },
  { what: 'a code that is the key', fault: { kind: 'error', status: 401, code: accessKeyId, message: '' } },
  {
    what: 'a page that quotes everything',
    fault: { kind: 'raw', status: 502, body: `<pre>${quoted}</pre>` },
  },
  {
    what: 'a page that is cut in a secret',
    fault: { kind: 'raw', status: 404, body: `${'x'.repeat(110)} ${securityToken}` },
  },
  {
    what: 'a success that quotes everything',
    fault: { kind: 'raw', status: 200, body: JSON.stringify({ [quoted]: quoted }) },
  },
  { what: 'a connection that breaks', fault: { kind: 'reset', moment: 'before' } },
  { what: 'an answer that breaks off', fault: { kind: 'truncate' } },
];

async function inEveryTrouble(work: () => Promise<void>): Promise<void> {
  const { standIn } = world.sync.functions;
  for (const { fault, keys = [KEY] } of TROUBLES) {
    standIn.faults.clear();
    standIn.setKeys(keys);
    if (fault) standIn.faults.add({ ...fault, times: Number.POSITIVE_INFINITY });
    await work();
  }
}

const FUNCTIONS = Object.entries(HTTP_SAMPLES);
// Functions are made of the same pieces: one in three where time counts.
describe.each(
  share(
    FUNCTIONS.filter((_, at) => at % 3 === 0),
    FUNCTIONS,
  ),
)('%s', (name, samples) => {
  test('tells no secret, whatever goes wrong', async () => {
    const handler = await load(name);
    // All samples of a function go through the same code: `npm test` has the first.
    for (const sample of share(samples.slice(0, 1), samples)) {
      await inEveryTrouble(async () => {
        await call(handler, request(sample));
        await call(handler, parsed(inputOf(sample)));
      });
      // A secret in the wrong place of a request is not repeated either.
      for (const place of Object.keys(inputOf(sample))) {
        await call(handler, { ...inputOf(sample), [place]: { secret: accessKeySecret } });
        await call(handler, { ...inputOf(sample), [place]: `\n${accessKeySecret}` });
      }
    }
  });
});

describe.each(Object.keys(EVENT_SAMPLES))('%s', (name) => {
  test('tells no secret, whatever goes wrong', async () => {
    const handler = await load(name);
    for (const { event } of Object.values(EVENT_SAMPLES).flat()) {
      await inEveryTrouble(async () => {
        await call(handler, event);
        await call(handler, {
          Records: [
            { messageId: 'good', eventSource: 'aws:sqs', body: JSON.stringify(event) },
            { messageId: 'bad', eventSource: 'aws:sqs', body: '{"mode":"apply","mode":"apply"}' },
          ],
        });
      });
    }
    if (EVENT_SAMPLES[name]?.every(({ isAlone }) => isAlone)) return;
    // Notices and dead letters went out.
    expect(sunk.some((body) => body.includes('Publish'))).toBe(true);
    expect(sunk.some((body) => body.includes('dead-letters'))).toBe(true);
  });
});

describe('an inventory that answers with secrets', () => {
  test.each<[string, AnswerWith]>([
    ['that is good', list],
    ['that repeats the header', (header, to) => to.writeHead(200, JSON_TYPE).end(JSON.stringify([header]))],
    [
      'that repeats it as its version',
      (header, to) => to.writeHead(200, { ...JSON_TYPE, etag: header }).end('[]'),
    ],
    ['that repeats it as its type', (header, to) => to.writeHead(200, { 'content-type': header }).end('[]')],
    ['that refuses with it', (header, to) => to.writeHead(401, JSON_TYPE).end(header)],
    [
      'that redirects with it',
      (header, to) =>
        to.writeHead(302, { location: `https://x.example/?t=${encodeURIComponent(header)}` }).end(),
    ],
    [
      'that redirects to a path of it',
      (header, to) => to.writeHead(302, { location: `/${encodeURIComponent(header)}/` }).end(),
    ],
    [
      'that sends half of it',
      (header, to) =>
        to.writeHead(200, { ...JSON_TYPE, 'content-length': 999 }).write(`["${header}`, () => to.destroy()),
    ],
    ['that ends at once', (_header, to) => to.destroy()],
  ])('is told without them: %s', async (_what, make) => {
    let asked = '';
    answer = (header, response) => {
      asked = header;
      make(header, response);
    };
    await call(await load('sync-from-inventory'), SCHEDULE);
    await call(await load('explain'), request(HTTP_SAMPLES.explain?.[0]));
    expect(asked).toBe(`Token ${headerSecret}`);
  });
});

test('a hook tells no secret, whoever calls', async () => {
  const handler = await load('hooks');
  const send = async (made: ReturnType<typeof genericCall>) =>
    ((await call(handler, parsed(gatewayEvent('2.0', made)))) as { statusCode: number }).statusCode;
  expect(await send(genericCall('1', { key: hookKey, source: HOOK }))).toBe(202);
  expect(await send(genericCall('2', { key: previousHookKey, source: HOOK }))).toBe(202);
  expect(await send(genericCall('3', { key: 'another', source: HOOK }))).toBe(401);
  expect(await send(genericCall('4', { key: hookKey, source: HOOK, seconds: '1000000000' }))).toBe(401);
  expect(await send(netboxCall('5', { key: hookKey, source: HOOK }))).toBe(401);
  const withKey = { 'X-Signature': `sha256=${hookKey}`, 'X-Signature-Timestamp': hookKey, 'X-Key': hookKey };
  expect(await send(genericCall(hookKey, { source: HOOK, headers: withKey }))).toBe(401);
  expect(await send(genericCall('6', { key: hookKey, source: hookKey }))).toBe(404);
});

/** Texts of secrets that are none, with secrets in them. */
const MALFORMED: readonly string[] = [
  all,
  JSON.stringify(all),
  JSON.stringify([all]),
  JSON.stringify({ [accessKeySecret]: all }),
  JSON.stringify({ accessKeyId: [accessKeyId], accessKeySecret: { key: accessKeySecret } }),
  JSON.stringify({ accessKeyId, accessKeySecret: `${accessKeySecret}\n` }),
  JSON.stringify({ ...KEY, securityToken: 5 }),
  JSON.stringify({ current: [hookKey] }),
  JSON.stringify({ current: hookKey, previous: `${previousHookKey} ` }),
  `{"accessKeyId":"${accessKeyId}","accessKeySecret":${accessKeySecret}}`,
];

describe('an AccessKey', () => {
  test.each(['create-group', 'sync-from-inventory', 'explain', 'hooks'])(
    'that is malformed is told by %s without a word of it',
    async (name) => {
      const hook = () => parsed(gatewayEvent('2.0', genericCall('1', { key: hookKey, source: HOOK })));
      const event = HTTP_SAMPLES[name]
        ? request(HTTP_SAMPLES[name][0])
        : name === 'hooks'
          ? hook()
          : SCHEDULE;
      for (const text of MALFORMED) {
        for (const id of [SECRET_ID, HOOK_SECRET, HEADER_SECRET]) world.sync.functions.secrets.put(id, text);
        await call(await load(name), event);
      }
      expect(said.join()).toMatch(/SecretMalformed|secret/);
    },
  );
  test.each([
    'AccessDeniedException',
    'ResourceNotFoundException',
    'DecryptionFailure',
    'InternalServiceError',
  ])('that cannot be read is told without a word of it: %s', async (type) => {
    const { secrets } = world.sync.functions;
    secrets.faults.add({ kind: 'error', status: 400, type, message: `not for ${SECRET_ID}`, times: 9 });
    await call(await load('sync-from-inventory'), SCHEDULE);
  });
});

test('a configuration with secrets in the wrong places is told without a word of them', async () => {
  const { sync } = world;
  for (const wrong of [
    { owner: accessKeySecret },
    { policy: accessKeySecret },
    { safety: { keepLast: accessKeySecret, maxRemovalShare: headerSecret } },
    {
      groups: [sync.group('synced', { sources: [{ type: 'http', url: `https://u:${accessKeySecret}@x/` }] })],
    },
    { groups: [sync.group('synced', { sources: [{ ...sync.httpSource, header: headerSecret }] })] },
    { groups: [sync.group('synced', { allow: [headerSecret] })] },
    { groups: [sync.group('synced', { sources: [{ type: accessKeySecret }] })] },
  ]) {
    await sync.configure(wrong);
    await call(await load('sync-from-inventory'), SCHEDULE);
    await call(await load('sync'), request(HTTP_SAMPLES.sync?.[0]));
  }
  expect(said.join()).toMatch(/SyncConfigInvalid/);
});

test('the search finds a secret in every form', () => {
  for (const [name, marker] of Object.entries(MARKERS)) {
    const buffer = Buffer.from(marker);
    for (const text of [
      marker,
      JSON.stringify({ a: marker }),
      JSON.stringify(JSON.stringify({ a: marker })),
      buffer.toString('base64'),
      Buffer.from(`a${marker}`).toString('base64'),
      Buffer.from(`ab${marker}c`).toString('base64url'),
      buffer.toString('hex').toUpperCase(),
      encodeURIComponent(marker),
      new URLSearchParams({ key: marker }).toString(),
      marker.slice(3, 15),
    ]) {
      const names = leaks(`before ${text} after`).map((leak) => leak.split(':')[0]);
      expect(names, text).toEqual([name]);
    }
  }
  expect(leaks(`nothing of ${PROJECT}`)).toEqual([]);
});
