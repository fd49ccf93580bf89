// A text from where its location says: `file:///path` (or `file://./path`, from the working directory),
// `s3://bucket/key`, `ssm://name`. Read whole within a size and a time, or not at all. Files are read where that is
// asked for. Each SDK is loaded when a location needs it.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DocumentText, ReadDocument } from '../core/reading/edges.ts';
import { ReadError } from '../core/reading/read-error.ts';
import { defined } from '../core/text/defined.ts';
import type { AwsClientOptions } from './client-options.ts';
import { readErrorOf } from './read-error.ts';

/** Parsed location, or undefined when the text is none. */
export function parseLocation(location: string) {
  const [, scheme, rest = ''] = /^(file|s3|ssm):\/\/(.+)$/s.exec(location) ?? [];
  if (scheme === 'ssm') return { scheme, name: rest } as const;
  if (scheme === 's3') {
    const [, bucket, key] = /^([^/]+)\/(.+)$/s.exec(rest) ?? [];
    return bucket && key ? ({ scheme, bucket, key } as const) : undefined;
  }
  if (scheme !== 'file') return undefined;
  if (/^\.{1,2}\//.test(rest)) return { scheme, path: resolve(rest) } as const;
  // Anything else before the path would be a host; an encoded slash would be another path than it seems.
  return rest.startsWith('/') && !/%2f/i.test(rest)
    ? ({ scheme, path: fileURLToPath(location) } as const)
    : undefined;
}

export interface DocumentOptions extends AwsClientOptions {
  /** Reads `file://`, too. */
  readonly files?: boolean | undefined;
}

/** @throws {ReadError} from the function it returns */
export function documentReader({ files, ...options }: DocumentOptions = {}): ReadDocument {
  return async (location, { maxBytes, timeoutMs, region, bucketOwner, signal }) => {
    const parsed = parseLocation(location);
    if (parsed === undefined) throw new ReadError('malformed', 'not a file://, s3:// or ssm:// location');
    if (parsed.scheme === 'file' && files !== true)
      throw new ReadError('forbidden', 'file:// is read in the local run alone');
    const timeout = AbortSignal.timeout(timeoutMs);
    const limits = { maxBytes, bucketOwner, signal: signal ? AbortSignal.any([signal, timeout]) : timeout };
    try {
      return await read(parsed, limits, { ...options, ...defined({ region }) });
    } catch (cause) {
      if (timeout.aborted)
        throw new ReadError('timeout', `${location}: no answer in ${timeoutMs} ms`, { cause });
      if (signal?.aborted) throw new ReadError('aborted', `${location}: given up`, { cause });
      throw readErrorOf(location, cause);
    }
  };
}

type Parsed = NonNullable<ReturnType<typeof parseLocation>>;
type Limits = {
  readonly maxBytes: number;
  readonly bucketOwner: string | undefined;
  readonly signal: AbortSignal;
};

async function read(parsed: Parsed, limits: Limits, options: AwsClientOptions): Promise<DocumentText> {
  if (parsed.scheme === 'file') return readFile(parsed.path, limits);
  if (parsed.scheme === 's3') {
    const { readObject } = await import('./s3.ts');
    const { bytes, etag } = await readObject(parsed, limits, options);
    const text = decode(bytes, parsed.key);
    return defined({ text, whole: true, revision: etag });
  }
  const { readParameter } = await import('./ssm.ts');
  const { text, version } = await readParameter(parsed.name, limits.signal, options);
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.maxBytes) throw tooLarge(parsed.name, bytes, limits);
  return defined({ text, whole: true, revision: version === undefined ? version : `version ${version}` });
}

async function readFile(path: string, limits: Limits): Promise<DocumentText> {
  // A pipe would block the open itself, and has no size to check.
  const file = await openRegular(path);
  try {
    const before = await file.stat();
    if (!before.isFile()) throw new ReadError('malformed', `${path}: not a regular file`);
    if (before.size > limits.maxBytes) throw tooLarge(path, before.size, limits);
    const bytes = await file.readFile({ signal: limits.signal });
    const after = await file.stat();
    if (bytes.length !== before.size || after.mtimeMs !== before.mtimeMs || after.size !== before.size) {
      throw new ReadError('changed', `${path}: written to while it was read`);
    }
    const revision = `${after.mtime.toISOString()}, ${after.size} bytes`;
    return { text: decode(bytes, path), whole: false, revision };
  } finally {
    await file.close();
  }
}

async function openRegular(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'failed';
    const problem = code === 'ENOENT' ? 'not-found' : code === 'EACCES' ? 'forbidden' : 'failed';
    const says = code === 'ENOENT' ? 'there is no such file (ENOENT)' : code;
    throw new ReadError(problem, `${path}: ${says}`, { cause });
  }
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    // Drops a byte order mark, refuses what is not UTF-8.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ReadError('malformed', `${name}: not UTF-8`, { cause });
  }
}

function tooLarge(name: string, bytes: number, { maxBytes }: Limits): ReadError {
  return new ReadError('too-large', `${name}: ${bytes} bytes, at most ${maxBytes} are read`);
}
