// Records read back. What another release or another hand wrote is told, and never thrown.

import * as z from 'zod/mini';
import type { RunReport } from '../report/report.ts';
import { type HistoryRecord, OUTCOMES, RECORD_VERSION } from './record.ts';

const text = z.string();
const texts = z.array(text);
const fields = z.nullable(z.object({ identify: text, type: text, topic: text, mark: text }));

const change = z.object({
  group: text,
  outcome: z.enum(OUTCOMES),
  before: z.exactOptional(fields),
  members: z.exactOptional(texts),
  after: z.exactOptional(fields),
  came: texts,
  went: texts,
  machines: z.exactOptional(z.array(z.tuple([text, text, text]))),
  notKept: z.exactOptional(text),
});

const record = z.object({
  version: z.literal(RECORD_VERSION),
  run: text,
  at: z.iso.datetime(),
  what: text,
  who: z.exactOptional(text),
  reason: z.exactOptional(text),
  restores: z.exactOptional(text),
  config: z.exactOptional(text),
  changes: z.array(change),
  changesLeftOut: z.exactOptional(z.int()),
  report: z.exactOptional(
    z.looseObject({
      groups: z.array(z.looseObject({ group: text })),
      groupsLeftOut: z.exactOptional(z.int()),
    }),
  ),
});

/** Undefined for what is no record of this release. */
export function readRecord(json: string): HistoryRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const read = record.safeParse(value);
  if (!read.success) return undefined;
  // Its groups are reports of an earlier release at the worst: nobody decides by them.
  return { ...read.data, report: read.data.report as RunReport | undefined } as HistoryRecord;
}
