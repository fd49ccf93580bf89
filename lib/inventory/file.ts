// Members from a file on disk or an object in S3: JSON or plain lines. A file of no bytes, and a last line
// without a line break, are what a half-written file looks like, so they leave the reading incomplete.

import type { FileSource } from '../core/source/file.ts';
import { parseJson, readJsonList, readLines } from './formats/list.ts';
import { type Collector, collector, snapshotOf } from './found.ts';
import { type Source, sourceErrorOf } from './source.ts';

/** Reads a text whole or rejects; errors may carry a `code` of a source error, a `status` and a `requestId`. */
export type ReadText = (
  location: string,
  limits: {
    readonly maxBytes: number;
    readonly timeoutMs: number;
    readonly region?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<{
  readonly text: string;
  readonly revision?: string;
  /** Whether the store replaces documents at once, so that no half of one is ever seen. */
  readonly whole: boolean;
}>;

export interface FileDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly readText: ReadText;
}

const TIMEOUT_MS = 30_000;

export function openFile(settings: FileSource, label: string, { now, readText }: FileDeps): Source {
  const { url, format, maxBytes, region } = settings;
  return {
    label,
    snapshot: async (signal) => {
      const takenAt = now();
      try {
        const document = await readText(url, { maxBytes, timeoutMs: TIMEOUT_MS, region, signal });
        const into = collector(label);
        const read = readMembers(document.text, format, { source: label, into, whole: document.whole });
        const { revision } = document;
        const proof = revision === undefined ? read : `${read}, ${revision}`;
        return snapshotOf(into.found(), { source: label, takenAt, proof, revision });
      } catch (error) {
        throw sourceErrorOf(label, error);
      }
    },
  };
}

interface Reading {
  readonly source: string;
  readonly into: Collector;
  readonly whole: boolean;
}

/** `auto` takes a text for JSON when it begins like a JSON list or object. */
function readMembers(text: string, format: FileSource['format'], { source, into, whole }: Reading): string {
  const json = format === 'json' || (format === 'auto' && /^\s*[[{]/.test(text));
  // An empty text is no JSON either, but the lines reader has the better word for it.
  return json && text !== ''
    ? readJsonList(parseJson(text, source), source, into)
    : readLines(text, source, into, whole);
}
