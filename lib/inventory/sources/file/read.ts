// Members from a file on disk or an object in S3: a list, or a document in any format that is read over HTTP.
// A list of no bytes, and a last line without a line break, are what a half-written file looks like, so they
// leave the reading incomplete.

import type { IdentifyType } from '../../../core/group/machine-group.ts';
import type { DocumentText, ReadDocument } from '../../../core/reading/edges.ts';
import { once } from '../../../core/text/once.ts';
import { FILE_SOURCE_MS } from '../../../core/time/timeouts.ts';
import { type FormatReading, parseJson } from '../../formats/format.ts';
import { readList } from '../../formats/list/read.ts';
import { openFormat } from '../../formats/open.ts';
import { collector, snapshotOf } from '../../found.ts';
import { openReadings, type Readings } from '../../readings.ts';
import { type Source, sourceErrorOf } from '../../source.ts';
import { documentKeys } from './keys.ts';
import type { FileSource } from './settings.ts';

export interface FileDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly readText: ReadDocument;
  /** What is read once for all groups of a run; by itself where absent. */
  readonly readings?: Readings;
}

interface Document extends DocumentText {
  /** When the read began, in milliseconds since the epoch. */
  readonly takenAt: number;
  /** The text as JSON, parsed for all who want it. @throws SourceError */
  readonly body: () => unknown;
}

export function open(
  settings: FileSource,
  label: string,
  identify: IdentifyType,
  { now, readText, readings = openReadings([{ settings, label, identify }]) }: FileDeps,
): Source {
  return {
    label,
    snapshot: async (signal) => {
      const [key = ''] = documentKeys(settings);
      try {
        const uses = readings.asked('file', documentKeys).get(key)?.length ?? 1;
        const begin = (given: AbortSignal) => readDocument(settings, label, { now, readText }, given);
        const document = await readings.share(key, uses, begin, signal);
        const into = collector(label);
        const read = await readMembers(document, settings, identify, { source: label, into });
        const { revision, takenAt } = document;
        const proof = revision === undefined ? read : `${read}, ${revision}`;
        return snapshotOf(into.found(), { source: label, takenAt, proof, revision, readings: [key] });
      } catch (error) {
        throw sourceErrorOf(label, error);
      }
    },
  };
}

async function readDocument(
  { url, maxBytes, region, bucketOwner }: FileSource,
  label: string,
  { now, readText }: Pick<FileDeps, 'now' | 'readText'>,
  signal: AbortSignal,
): Promise<Document> {
  const takenAt = now();
  const timeoutMs = FILE_SOURCE_MS;
  const document = await readText(url, { maxBytes, timeoutMs, region, bucketOwner, signal });
  return { ...document, takenAt, body: once(() => parseJson(document.text, label)) };
}

/** A document of one page: where its format has more of them, that page has to be the last and the only one. */
async function readMembers(
  { text, whole, body: parsed }: Document,
  settings: FileSource,
  identify: IdentifyType,
  reading: FormatReading,
): Promise<string> {
  const { format } = settings;
  switch (format) {
    case 'list':
    case 'auto':
    case 'json':
    case 'lines':
      return readList(text, format === 'list' ? 'auto' : format, { ...reading, whole });
    default: {
      const page = { body: parsed(), plain: false, header: () => undefined, framed: whole };
      return (await openFormat({ ...settings, format }, identify)).read([page], reading);
    }
  }
}
