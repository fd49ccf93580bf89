// One reading of an HTTP inventory that is served on loopback, as tests look at it.
import type * as z from 'zod/mini';
import type { IdentifyType } from '../../../lib/core/group/machine-group.ts';
import { open as openHttp } from '../../../lib/inventory/sources/http/read.ts';
import { httpSource } from '../../../lib/inventory/sources/http/settings.ts';
import { type Answer, serve } from './served.ts';

export type Settings = Partial<z.input<typeof httpSource>>;

export interface Reading {
  /** Values by the ids they were found under. */
  readonly machines: Readonly<Record<string, string>>;
  /** Why others were left out. */
  readonly skipped: Readonly<Record<string, string>>;
  readonly complete: boolean;
  readonly reasons: readonly string[];
}

/** @throws {SourceError} */
export async function readServed(
  answer: Answer,
  settings: Settings,
  identify: IdentifyType = 'ip',
  path = '/',
): Promise<Reading> {
  await using server = await serve(answer);
  const parsed = httpSource.parse({
    type: 'http',
    format: 'list',
    url: server.origin + path,
    allowHttp: true,
    allowLoopback: true,
    ...settings,
  });
  const deps = { now: () => 0, secret: async () => 'not-a-real-token', resolve: async () => [] };
  const { machines, skipped, completeness } = await openHttp(parsed, 's', identify, deps).snapshot();
  return {
    machines: Object.fromEntries(machines.map(({ origin, value }) => [origin.id, value])),
    skipped: Object.fromEntries(skipped.map(({ origin, reason }) => [origin.id, reason])),
    complete: completeness.complete,
    reasons: completeness.complete ? [] : completeness.reasons,
  };
}
