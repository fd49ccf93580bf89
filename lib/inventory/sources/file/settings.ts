// Settings of a file source: an inventory in S3 or, in the local run, on disk, in any format that is read over HTTP.

import * as z from 'zod/mini';
import { byteLimit, isOneLine, region } from '../../../core/text/fields.ts';
import { hookOfSource } from '../../../core/text/hook-name.ts';
import { fault } from '../../../core/text/issues.ts';
import { ACCOUNT_ID } from '../../../core/text/rule.ts';
import { checkFormat, FORMAT_NAMES, formatFields } from '../../formats/settings.ts';

const FILE_URL = /^(?:file:\/\/\/[^?#]+|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^?#]+)$/;

export const fileSource = z
  .strictObject({
    type: z.literal('file'),
    hook: hookOfSource,
    url: z
      .string()
      .check(
        z.maxLength(2048),
        z.regex(FILE_URL, 'file:///path or s3://bucket/key'),
        z.refine(isOneLine, 'holds control characters'),
        z.refine(isBucket, 'has a bucket name that S3 does not allow'),
        z.refine(isPath, 'has an escape that no path can have'),
        z.describe('Where the file is: s3://bucket/key; in the local run file:///path, too.'),
      ),
    format: z
      ._default(z.enum(['auto', 'json', 'lines', ...FORMAT_NAMES]), 'auto')
      .check(
        z.describe(
          'A list as JSON or with one machine a line (auto and list tell by the first character), or any format of an http source.',
        ),
      ),
    maxBytes: byteLimit,
    region: z.exactOptional(region.check(z.describe('Region of the bucket, if not the function’s own.'))),
    bucketOwner: z.exactOptional(
      z
        .string()
        .check(
          z.regex(ACCOUNT_ID.pattern, ACCOUNT_ID.says),
          z.describe('Account that has to own the bucket: nothing is read from another’s.'),
        ),
    ),
    ...formatFields,
  })
  .check(z.describe('A file in S3 or, in the local run, on disk.'), checkFile, checkFormat);

export type FileSource = z.output<typeof fileSource>;

function checkFile(context: z.core.ParsePayload<FileSource>): void {
  const { url, bucketOwner } = context.value;
  if (bucketOwner === undefined || url.startsWith('s3:')) return;
  fault(context, ['bucketOwner'], 'means nothing for file://');
}

/** An escaped slash would be another path than it seems; NUL and broken UTF-8 are in no path. */
function isPath(url: string): boolean {
  if (!url.startsWith('file:')) return true;
  if (/%(?:2f|00)/i.test(url)) return false;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    // Its one way to say no.
    return false;
  }
}

/** No two dots in a row, and nothing that reads as an address (S3 User Guide, bucket naming rules). */
function isBucket(url: string): boolean {
  return !/^s3:\/\/(?:[^/]*\.\.|\d+(?:\.\d+){3}\/)/.test(url);
}
