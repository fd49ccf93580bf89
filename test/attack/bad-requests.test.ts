// Every field of every request, over HTTP and in direct invocations, with every class of bad value in it: what is not
// on a written list is refused with a 4xx that names the field, and nothing is written.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Format, gatewayEvent } from '../functions/events.ts';
import { share } from '../support/whole.ts';
import { type BadCall, badHttpCalls, badInvocations, callOf, inputOf, parsed, someOf } from './calls.ts';
import { type BadClass, JSON_CLASSES, TEXT_CLASSES } from './classes.ts';
import { type Handler, linesOf, type Outcome, World } from './harness.ts';
import { nameOf, placesIn, textWith } from './places.ts';
import { HTTP_SAMPLES, type HttpSample, hookSample } from './samples.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Refused with a reason that names the place; whoever is refused wrote nothing and forged no line. */
function faultOf({ place, what }: BadCall, { status, code = '', message, writes, output }: Outcome): string {
  const faults: string[] = [];
  if (status < 400 || status > 499) faults.push(`status ${status}`);
  if (writes > 0) faults.push(`${writes} writes`);
  const names = place.split(/[.[\]]+/).filter(Boolean);
  if (what === 'an object with a prototype') names.push('__proto__');
  // What SLS does not know it names by value.
  const isNamed = names.length === 0 || names.some((name) => message.includes(name.slice(0, 60)));
  // A body too deep is refused before a place in it can be named.
  const isTooDeep = code === 'PostBodyInvalid' && message.includes('nested more than');
  if (!isNamed && !isTooDeep && !code.endsWith('NotExist')) faults.push(`says ${message}`);
  if (message.length > 1_000) faults.push(`says ${message.length} characters`);
  if (!isClean(output)) faults.push('forges the log');
  return faults.length === 0 ? '' : `${place.slice(0, 60)}, ${what}: ${faults.join(', ')}`;
}

/** One line of JSON for the request, without a sign that cannot be seen. */
function isClean(output: string): boolean {
  const requests = linesOf(output).filter(({ event }) => event === 'request');
  return requests.length === 1 && !/[^\P{C}\n]/u.test(output);
}

/** Tries every call; gives what was taken, by place, and whatever was refused in a wrong way. */
async function tryAll(handler: Handler, calls: readonly BadCall[], good: number) {
  const taken: Record<string, BadClass[]> = {};
  const faults: string[] = [];
  for (const call of calls) {
    const outcome = await world.call(handler, call.event());
    if (outcome.status < 400 || outcome.status === good) {
      taken[call.place] = [...(taken[call.place] ?? []), call.what as BadClass];
      if (!isClean(outcome.output)) faults.push(`${call.place}, ${call.what}: forges the log`);
    } else {
      const fault = faultOf(call, outcome);
      if (fault) faults.push(fault);
    }
  }
  return { taken, faults };
}

const sorted = (takes: HttpSample['takes'] = {}) =>
  Object.fromEntries(Object.entries(takes).map(([place, classes]) => [place, [...new Set(classes)].sort()]));

/** What is to be taken of these calls: in the whole all that is written down. */
function takesOf(takes: HttpSample['takes'] = {}, calls: readonly BadCall[]) {
  const tried = new Set(calls.map(({ place, what }) => `${place} ${what}`));
  const some = Object.entries(takes).flatMap(([place, classes]) => {
    const left = classes.filter((what) => tried.has(`${place} ${what}`));
    return left.length === 0 ? [] : [[place, left] as const];
  });
  return sorted(share(Object.fromEntries(some), takes));
}

describe.each(Object.entries(HTTP_SAMPLES))('%s', (name, samples) => {
  let handler: Handler;
  beforeAll(async () => {
    handler = await world.load(name);
  });

  test.each(samples.map((sample, index) => ({ index, sample })))(
    'answers sample $index over HTTP, and refuses it in its own words with any place made wrong',
    async ({ sample }) => {
      const good = await world.call(handler, parsed(gatewayEvent('2.0', callOf(sample))));
      expect(good).toMatchObject({ status: sample.status, message: '' });
      const calls = someOf(badHttpCalls(sample));
      const { taken, faults } = await tryAll(handler, calls, sample.status);
      expect(faults).toEqual([]);
      expect(sorted(taken)).toEqual(takesOf(sample.takes, calls));
    },
  );

  test.each(samples.map((sample, index) => ({ index, sample })))(
    'answers sample $index directly, and refuses it in its own words with any place made wrong',
    async ({ sample }) => {
      const good = await world.call(handler, parsed(inputOf(sample)));
      expect(good).toMatchObject({ status: 200, message: '' });
      const calls = someOf(badInvocations(sample));
      const { taken, faults } = await tryAll(handler, calls, 200);
      expect(faults).toEqual([]);
      expect(sorted(taken)).toEqual(takesOf(sample.takesDirectly ?? sample.takes, calls));
    },
  );
});

const withBody = Object.entries(HTTP_SAMPLES).flatMap(([name, [sample]]) =>
  sample?.body === undefined ? [] : [{ name, sample }],
);
const json = { 'content-type': 'application/json' };
const encoded = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
const MiB = 1024 * 1024;

/** Bodies that are no requests whatever the function is, made from one that is. */
const BODIES: readonly [
  string,
  number,
  (good: string) => { body?: string; base64?: boolean; headers?: object },
][] = [
  ['nothing', 400, () => ({ body: '' })],
  ['no body at all', 400, () => ({})],
  ['half of it', 400, (good) => ({ body: good.slice(0, -1) })],
  ['it, and more', 400, (good) => ({ body: `${good}]` })],
  ['it twice', 400, (good) => ({ body: good + good })],
  ['text', 400, (good) => ({ body: JSON.stringify(good) })],
  ['a number', 400, () => ({ body: '1e400' })],
  ['null', 400, () => ({ body: 'null' })],
  ['with a null character', 400, (good) => ({ body: `${good}\u0000` })],
  ['lists 10 000 deep', 400, () => ({ body: '['.repeat(10_000) + ']'.repeat(10_000) })],
  ['objects half a million deep', 400, () => ({ body: '{"a":'.repeat(500_000) + 0 + '}'.repeat(500_000) })],
  ['lists without an end', 400, () => ({ body: '['.repeat(3 * MiB - 1) })],
  ['3 MiB and a byte', 413, (good) => ({ body: good + ' '.repeat(3 * MiB + 1 - good.length) })],
  ['6 MB', 413, (good) => ({ body: good + ' '.repeat(6_000_000 - good.length) })],
  ['6 MB of lists', 413, () => ({ body: '[]'.repeat(3_000_000) })],
  ['6 MB of signs of three bytes', 413, () => ({ body: '\u2028'.repeat(2_000_000) })],
  ['bytes that are not UTF-8', 400, () => ({ body: encoded(Buffer.from([0x7b, 0xff, 0x7d])), base64: true })],
  [
    'UTF-8 cut in a sign',
    400,
    () => ({ body: encoded(Buffer.from('{"ü":1}').subarray(0, 3)), base64: true }),
  ],
  ['an overlong null', 400, () => ({ body: encoded(Buffer.from([0x22, 0xc0, 0x80, 0x22])), base64: true })],
  ['UTF-16', 400, (good) => ({ body: encoded(Buffer.from(good, 'utf16le')), base64: true })],
  ['said to be Base64', 400, (good) => ({ body: good, base64: true })],
  ['Base64 with a line feed', 400, (good) => ({ body: `${encoded(good)}\n`, base64: true })],
  ['Base64 with strange signs', 400, (good) => ({ body: `!${encoded(good)}?`, base64: true })],
  [
    'Base64 cut off',
    400,
    (good) => ({ body: encoded(`${good}  `.slice(0, -(good.length % 3))).slice(0, -1), base64: true }),
  ],
  ['Base64 of Base64', 400, (good) => ({ body: encoded(encoded(good)), base64: true })],
  [
    'form fields',
    415,
    () => ({ body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
  ],
  ['without a type', 415, (good) => ({ body: good, headers: {} })],
  [
    'of a type that hides one',
    415,
    (good) => ({ body: good, headers: { 'content-type': 'text/plain, application/json' } }),
  ],
  [
    'of a type of 100 000 signs',
    415,
    (good) => ({ body: good, headers: { 'content-type': ' ;'.repeat(50_000) } }),
  ],
];

/** All functions read bodies with the same code: large ones to one of them will do. */
const SMALL_BODIES = BODIES.filter(([, , make]) => (make('{}').body ?? '').length < 100_000);

describe.each(withBody)('$name refuses a body', ({ name, sample }) => {
  const isFirst = name === withBody[0]?.name;
  let handler: Handler;
  beforeAll(async () => {
    handler = await world.load(name);
  });
  test.each(isFirst ? BODIES : SMALL_BODIES)('that is %s', async (_what, status, make) => {
    const { body: _b, ...rest } = callOf(sample);
    const call = { ...rest, headers: json, ...make(JSON.stringify(sample.body)) } as ReturnType<
      typeof callOf
    >;
    for (const format of isFirst ? (['2.0', '1.0'] as const) : (['2.0'] as const)) {
      const outcome = await world.call(handler, parsed(gatewayEvent(format, call)));
      expect(outcome).toMatchObject({ status, writes: 0 });
      expect(outcome.message).toMatch(
        status === 415 ? /Content-Type/ : /body|document|machines|is not a known field/,
      );
      expect(outcome.message.length).toBeLessThan(1_000);
      expect(world.sync.functions.standIn.requests).toEqual([]);
      expect(isClean(outcome.output)).toBe(true);
    }
  });
});

// One function for each format will do: what all of them share reads events.
describe.each<[Format, string]>([
  ['2.0', 'create-group'],
  ['1.0', 'list-machines'],
])('no field of an event of format %s', (format, name) => {
  test(`makes ${name} fail in a way of its own`, async () => {
    const handler = await world.load(name);
    const event = parsed(gatewayEvent(format, callOf(HTTP_SAMPLES[name]?.[0] as HttpSample)));
    for (const path of placesIn(event)) {
      for (const [what, make] of Object.entries({
        ...JSON_CLASSES,
        text: () => '"x"',
        missing: () => undefined,
      })) {
        const outcome = await world.call(handler, JSON.parse(textWith(event, path, make('"good"'))));
        const says = `${nameOf(path)}, ${what}: ${outcome.code} ${outcome.message}`;
        // Some fields of an event say nothing to a function; no field may be its end.
        expect(outcome.status, says).toBeGreaterThanOrEqual(200);
        expect(outcome.status, says).toBeLessThan(500);
        if (outcome.status >= 400) expect(outcome.writes, says).toBe(0);
        expect(isClean(outcome.output), says).toBe(true);
      }
    }
  });
});

describe('a hook', () => {
  test('that is changed in any place is refused', async () => {
    const handler = await world.load('hooks');
    const send = (changes: object = {}) =>
      world.call(handler, parsed(gatewayEvent('2.0', { ...hookSample(), ...changes })));
    expect((await send()).status).toBe(202);
    const { headers = {}, body = '' } = hookSample();
    const changed = ['X-Signature', 'X-Signature-Timestamp'].flatMap((name) =>
      [...Object.values(TEXT_CLASSES), ...Object.values(JSON_CLASSES)].map((make) => {
        const text = make(headers[name] as string);
        return { headers: { ...headers, ...(text === undefined ? { [name]: '' } : { [name]: text }) } };
      }),
    );
    const bodies = [
      body.slice(1),
      `${body} `,
      body.replace('m', '\u043c'),
      `${body}\u0000`,
      '',
      '['.repeat(10_000),
    ];
    const sources = [
      '..',
      '../sync',
      'CMDB',
      'cmdb ',
      'cmdb\u0000',
      'constructor',
      '__proto__',
      '',
      'x'.repeat(100_000),
    ];
    const calls = [
      ...changed,
      ...bodies.map((text) => ({ body: text })),
      ...sources.map((source) => ({ parameters: { source } })),
      { body, base64: true },
      { body: 'x'.repeat(6_000_000) },
    ];
    for (const call of calls) {
      const { status, writes, output } = await send(call);
      const says = JSON.stringify(call).slice(0, 200);
      expect([400, 401, 404, 413], says).toContain(status);
      expect(writes, says).toBe(0);
      expect(isClean(output.replace(/^\{"_aws".*\n/gm, '')), says).toBe(true);
    }
  });
});
