// Answers and vectors as they were recorded or published; test/support/fixtures holds them, each with its origin.
import { readFileSync } from 'node:fs';

const FOLDER = new URL('./fixtures/', import.meta.url);

/** @param name path below the folder, without `.json` @typeParam T its shape, which nothing checks */
export const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as T;
