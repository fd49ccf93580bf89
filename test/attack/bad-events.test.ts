// Every field of every event and queue message with every class of bad value in it: what cannot be read is refused with
// a reason, a record for itself; what is read only says where to look, so that nothing of it is ever written.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lambdaContext } from '../functions/events.ts';
import { badTexts, someOf, TWICE } from './calls.ts';
import { JSON_CLASSES, TEXT_CLASSES } from './classes.ts';
import { type Handler, linesOf, World } from './harness.ts';
import { nameOf } from './places.ts';
import { EVENT_SAMPLES, type EventSample } from './samples.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world[Symbol.asyncDispose]());

const TEXTS = Object.keys(TEXT_CLASSES).filter((what) => what !== 'missing');
const ANYTHING = [...Object.keys(TEXT_CLASSES), ...Object.keys(JSON_CLASSES)];
const STRANGE = 'a strange field';

/** What is taken at a place of an event that came as a value. */
function takenAt({ takes = {}, texts = [], hints = [], unread = [] }: EventSample, place: string): string[] {
  if (unread.some((field) => place === field || place.startsWith(`${field}[`))) return [...ANYTHING, TWICE];
  if (texts.includes(place)) return [...TEXTS, TWICE];
  if (hints.includes(place)) return [...TEXTS, 'missing', TWICE];
  return [...(takes[place] ?? []), TWICE];
}

const samples = Object.entries(EVENT_SAMPLES).flatMap(([name, events]) =>
  events.map((sample) => ({ name, kind: sample.kind, sample })),
);

describe.each(samples)('$name: $kind', ({ name, sample }) => {
  let handler: Handler;
  beforeAll(async () => {
    handler = await world.load(name);
  });
  const variations = someOf(badTexts(sample.event)).map(([path, what, text]) => ({
    place: nameOf(path),
    what,
    text,
    isTaken: what === STRANGE ? sample.isOpen === true : takenAt(sample, nameOf(path)).includes(what),
  }));

  test('is taken as an event, and refused with any place in it made wrong', async () => {
    expect(await world.call(handler, sample.event)).toMatchObject({ status: 200, writes: 0 });
    for (const { place, what, text, isTaken } of variations) {
      const says = `${place.slice(0, 60)}, ${what}`;
      const { code, message, writes, output } = await world.call(handler, JSON.parse(text()));
      expect(writes, says).toBe(0);
      expect(() => linesOf(output), says).not.toThrow();
      expect(output, says).not.toMatch(/[^\P{C}\n]/u);
      expect(code, `${says}: ${message}`).toBe(isTaken ? undefined : 'UnknownEvent');
      if (isTaken) continue;
      expect(message.length, says).toBeLessThan(1_000);
      expect(message, says).toMatch(namedBy(place));
    }
  });

  if (sample.isAlone) return;
  test('fails as a queue message with any place in it made wrong, and the good one beside it is served', async () => {
    const record = (messageId: string, body: string) => ({ messageId, eventSource: 'aws:sqs', body });
    const good = record('good', JSON.stringify(sample.event));
    for (const { place, what, text, isTaken } of variations) {
      const says = `${place.slice(0, 60)}, ${what}`;
      world.reset();
      const answer = await handler({ Records: [record('bad', text()), good] }, lambdaContext);
      const malformed = linesOf(world.output).filter(({ event }) => event === 'record.malformed');
      // A message comes as text, in which some things can be seen that a value does not show.
      const isFine =
        isTaken && what !== TWICE && !text().includes('"__proto__":') && !/10 000 deep/.test(what);
      expect(answer, says).toEqual({ batchItemFailures: isFine ? [] : [{ itemIdentifier: 'bad' }] });
      expect(malformed, says).toHaveLength(isFine ? 0 : 1);
      if (!isFine) expect(String(malformed[0]?.says), says).toMatch(namedBy(place));
      expect(world.sync.writes, says).toEqual([]);
    }
  });
});

/** A sentence with the name of the place, or with what an event has to be for the place to mean anything. */
function namedBy(place: string): RegExp {
  const [top = '', ...inner] = place.split(/[.[\]]+/).filter(Boolean);
  const names = [top, ...inner].map((name) => name.slice(0, 60)).filter(Boolean);
  // A message too deep is refused before a place in it can be named.
  return new RegExp(`neither an EventBridge event|nested more than|mode|__proto__|${names.join('|')}`);
}

describe('a batch', () => {
  const record = { messageId: 'an-id', eventSource: 'aws:sqs', body: '{"mode":"apply"}' };
  test('is refused as a whole with any place in a record made wrong', async () => {
    const handler = await world.load('sync-from-inventory');
    expect((await world.call(handler, { Records: [record] })).status).toBe(200);
    for (const [path, what, text] of badTexts({ Records: [record] })) {
      const place = nameOf(path);
      const says = `${place.slice(0, 60)}, ${what}`;
      const outcome = await world.call(handler, JSON.parse(text()));
      expect(outcome.writes, says).toBe(0);
      expect(() => linesOf(outcome.output), says).not.toThrow();
      expect([undefined, 'UnknownEvent'], says).toContain(outcome.code);
      if (outcome.code !== undefined || what === STRANGE || what === TWICE) continue;
      // Any text is an id, and what a body holds is the record's own affair.
      expect(['Records[].messageId', 'Records[].body'], says).toContain(place);
    }
  });
  test.each([
    ['nothing', ''],
    ['no JSON', '{"mode":'],
    ['a list', '[{"mode":"apply"}]'],
    ['text', '"apply"'],
    ['lists 100 000 deep', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects 100 000 deep', '{"mode":'.repeat(100_000) + 0 + '}'.repeat(100_000)],
    ['a plan, whose report nobody would see', '{"mode":"plan"}'],
    ['an approval', `{"mode":"apply","approve":"${'0'.repeat(32)}","reason":"r"}`],
    ['a prototype', '{"__proto__":{"mode":"apply"}}'],
    ['a message of 256 KB', JSON.stringify({ mode: 'x'.repeat(262_000) })],
  ])('fails the record that is %s and serves the other', async (_what, body) => {
    const handler = await world.load('sync-from-inventory');
    world.reset();
    const answer = await handler({ Records: [{ ...record, messageId: 'bad', body }, record] }, lambdaContext);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
    const runs = linesOf(world.output).filter(({ event }) => event === 'sync.run');
    expect(runs).toHaveLength(1);
    expect(Math.max(...world.output.split('\n').map((line) => line.length))).toBeLessThan(5_000);
  });
});
