// What `npm start` is told by its environment.
import { HOST, isFree } from '../../support/loopback.ts';

/** What goes wrong before or beside the functions: told in one line, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** @throws StartError for what is no port, or is taken */
export async function portFromEnvironment(): Promise<number> {
  const text = process.env.PORT?.trim() || '3000';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new StartError(`PORT is "${text}", not a port from 1 to 65535`);
  if (!(await isFree(port))) {
    throw new StartError(`port ${port} of ${HOST} is taken; choose another one: PORT=<port> npm start`);
  }
  return port;
}

/** @param values what the variable may be; the first of them is meant when it is not set */
export function choiceFromEnvironment<T extends string>(name: string, values: readonly [T, T]): T {
  const [usual, other] = values;
  const text = process.env[name]?.trim() || usual;
  if (text === usual || text === other) return text as T;
  const [one, two] = values.toSorted().toReversed();
  throw new StartError(`${name} is "${text}", neither "${one}" nor "${two}"`);
}
