// Everything that the functions put out in a life, log lines, notices, results and errors: searched for the keys that
// they were given, rotated ones included.

import { inspect } from 'node:util';
import { createLog, type Log } from '../../../lib/runtime/log.ts';
import type { StandInKey } from '../../support/standin/index.ts';
import { MARKERS, searchFor } from '../markers.ts';
import type { End } from './invocation.ts';
import { hold } from './violation.ts';

const { accessKeyId, accessKeySecret, securityToken } = MARKERS;
/** Of whatever generation. */
const leaks = searchFor({ accessKeyId, accessKeySecret, securityToken });

/** The key of a generation: a marker each, and every second one temporary. */
export const keyOfGeneration = (generation: number): StandInKey => ({
  accessKeyId: `${accessKeyId}${generation}`,
  accessKeySecret: `${accessKeySecret}${generation}`,
  ...(generation % 2 === 1 && { securityToken: `${securityToken}${generation}` }),
});

/** The key that signed a request, by what its headers say. */
export function signingKey(headers: Readonly<Record<string, string>>): StandInKey | undefined {
  const { authorization = '' } = headers;
  const at = authorization.indexOf(accessKeyId);
  const generation = /^\d+/.exec(authorization.slice(at + accessKeyId.length))?.[0];
  return at < 0 || generation === undefined ? undefined : keyOfGeneration(Number(generation));
}

export class Output {
  readonly log: Log;
  #said: string[] = [];

  constructor(now: () => number) {
    this.log = createLog((line) => this.say(line), now);
  }

  say(text: string): void {
    this.#said.push(text);
  }

  /** What came of an invocation, as Lambda would hand it on or print it. */
  ended(end: End): void {
    if (end.how === 'returned') this.say(JSON.stringify(end.value) ?? '');
    if (end.how === 'threw') this.say(inspect(end.error, { depth: 10, maxStringLength: null }));
  }

  /** @returns characters that were searched @throws Violation */
  search(): number {
    const text = this.#said.join('\n');
    this.#said = [];
    const found = leaks(text);
    hold('no secret is told', found.length === 0, () => found.join('\n'));
    return text.length;
  }
}
