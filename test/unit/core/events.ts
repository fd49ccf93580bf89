// The event fixtures: real payloads with the place they were read in.
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../support/fixtures/events/', import.meta.url);

export interface Fixture {
  readonly name: string;
  readonly origin: string;
  readonly event: Record<string, unknown>;
}

export const FIXTURES: readonly Fixture[] = readdirSync(FOLDER).map((file) => ({
  name: file.replace('.json', ''),
  ...JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')),
}));

/** @throws for a name that no fixture has */
export function event(name: string): Record<string, unknown> {
  const found = FIXTURES.find((fixture) => fixture.name === name);
  if (!found) throw new Error(`no event ${name}`);
  return structuredClone(found.event);
}
