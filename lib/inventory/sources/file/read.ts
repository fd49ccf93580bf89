// Members from a file on disk or an object in S3: a list, or a document in any format that is read over HTTP.
// A list of no bytes, and a last line without a line break, are what a half-written file looks like, so they
// leave the reading incomplete.

import type { IdentifyType } from '../../../core/group/machine-group.ts';
import type { DocumentText, ReadDocument } from '../../../core/reading/edges.ts';
import { FILE_SOURCE_MS } from '../../../core/time/timeouts.ts';
import { type FormatReading, parseJson } from '../../formats/format.ts';
import { readList } from '../../formats/list/read.ts';
import { openFormat } from '../../formats/open.ts';
import { collector, snapshotOf } from '../../found.ts';
import { type Source, sourceErrorOf } from '../../source.ts';
import type { FileSource } from './settings.ts';

export interface FileDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly readText: ReadDocument;
}

export function open(
  settings: FileSource,
  label: string,
  identify: IdentifyType,
  { now, readText }: FileDeps,
): Source {
  const { url, maxBytes, region, bucketOwner } = settings;
  return {
    label,
    snapshot: async (signal) => {
      const takenAt = now();
      try {
        const document = await readText(url, {
          maxBytes,
          timeoutMs: FILE_SOURCE_MS,
          region,
          bucketOwner,
          signal,
        });
        const into = collector(label);
        const read = await readMembers(document, settings, identify, { source: label, into });
        const { revision } = document;
        const proof = revision === undefined ? read : `${read}, ${revision}`;
        return snapshotOf(into.found(), { source: label, takenAt, proof, revision });
      } catch (error) {
        throw sourceErrorOf(label, error);
      }
    },
  };
}

/** A document of one page: where its format has more of them, that page has to be the last and the only one. */
async function readMembers(
  { text, whole }: DocumentText,
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
      const body = parseJson(text, reading.source);
      const page = { body, plain: false, header: () => undefined, framed: whole };
      return (await openFormat({ ...settings, format }, identify)).read([page], reading);
    }
  }
}
