// Calls made from samples with one thing wrong in each, over HTTP and as direct invocations.
import { gatewayEvent, type HttpCall } from '../functions/events.ts';
import { share } from '../support/whole.ts';
import { JSON_CLASSES, STRANGE_FIELDS, TEXT_CLASSES } from './classes.ts';
import { nameOf, type Path, placesIn, textWith, textWithField, textWithTwice, valueAt } from './places.ts';
import type { HttpSample } from './samples.ts';

export interface BadCall {
  /** `groupName`, `machineList[]`, or where else in the request. */
  readonly place: string;
  readonly what: string;
  /** As Lambda hands it over: parsed from JSON. */
  readonly event: () => unknown;
}

export function callOf(sample: HttpSample, changes: Partial<HttpCall> = {}): HttpCall {
  const { method, route, parameters, query, body, headers } = sample;
  return {
    method,
    path: route.replace(/\{(\w+)\}/g, (_, name: string) => parameters?.[name] ?? ''),
    ...(parameters && { parameters }),
    ...(query && { query }),
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    }),
    ...changes,
  };
}

/** The sample as a direct invocation has it. */
export function inputOf({ parameters, query, body, bodyName }: HttpSample): Record<string, unknown> {
  const fields = bodyName === undefined ? body : { [bodyName]: body };
  return { ...query, ...parameters, ...(fields as object | undefined) };
}

/** Every bad value in every place of the HTTP request. */
export function badHttpCalls(sample: HttpSample): BadCall[] {
  const bad: BadCall[] = [];
  const add = (place: string, what: string, changes: () => Partial<HttpCall>) =>
    bad.push({ place, what, event: () => parsed(gatewayEvent('2.0', callOf(sample, changes()))) });
  for (const where of ['parameters', 'query'] as const) {
    const good = sample[where];
    for (const [name, value] of Object.entries(good ?? {})) {
      for (const [what, make] of Object.entries(TEXT_CLASSES)) {
        add(name, what, () => ({ [where]: withText(good, name, make(value)) }));
      }
    }
    for (const name of STRANGE_FIELDS) {
      if (where === 'parameters') continue;
      add(name, 'a strange field of the query', () => ({ query: withText(good, name, 'x') }));
    }
  }
  const { body, bodyName = '' } = sample;
  if (body === undefined) return bad;
  for (const [path, what, text] of badTexts(body)) {
    add(nameOf([...(bodyName ? [bodyName] : []), ...path]), what, () => ({ body: text() }));
  }
  return bad;
}

/** Every bad value in every place of the direct invocation. What is given twice is one when Lambda hands it over. */
export function badInvocations(sample: HttpSample): BadCall[] {
  return badTexts(inputOf(sample))
    .filter(([, what]) => what !== TWICE)
    .map(([path, what, text]) => ({ place: nameOf(path), what, event: () => JSON.parse(text()) }));
}

export const TWICE = 'given twice';

/**
 * Every bad variation, or in `npm test` each tenth: a place has some sixty classes, so that each place is tried with half a
 * dozen of them and the next place with others. All of them are tens of thousands of calls.
 */
export const someOf = <T>(all: readonly T[]): readonly T[] =>
  share(
    all.filter((_, at) => at % 10 === 0),
    all,
  );

/** Path, class and JSON text of every bad variation of a JSON value. */
export function badTexts(value: unknown): [Path, string, () => string][] {
  const texts: [Path, string, () => string][] = [];
  for (const path of placesIn(value)) {
    const good = valueAt(value, path);
    const goodText = typeof good === 'string' ? good : JSON.stringify(good);
    for (const [what, make] of Object.entries(TEXT_CLASSES)) {
      const text = make(goodText);
      texts.push([path, what, () => textWith(value, path, text === undefined ? text : JSON.stringify(text))]);
    }
    for (const [what, make] of Object.entries(JSON_CLASSES)) {
      texts.push([path, what, () => textWith(value, path, make(JSON.stringify(good)))]);
    }
    if (typeof path.at(-1) === 'string') texts.push([path, TWICE, () => textWithTwice(value, path)]);
  }
  for (const path of [[], ...placesIn(value)]) {
    const object = valueAt(value, path);
    if (typeof object !== 'object' || object === null || Array.isArray(object)) continue;
    for (const name of STRANGE_FIELDS) {
      texts.push([[...path, name], 'a strange field', () => textWithField(value, path, name)]);
    }
  }
  return texts;
}

function withText(good: object | undefined, name: string, text: string | undefined): Record<string, string> {
  const entries = Object.entries({ ...good } as Record<string, string>).filter(([key]) => key !== name);
  // An object literal would take "__proto__" for something else than a field.
  return Object.fromEntries(text === undefined ? entries : [...entries, [name, text]]);
}

/** As it comes to a function: over a wire, as JSON. */
export function parsed(event: object): unknown {
  return JSON.parse(JSON.stringify(event));
}
