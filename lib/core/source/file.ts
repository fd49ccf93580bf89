// Settings of a file source: a list on disk or in S3.

import * as z from 'zod/mini';
import { byteLimit, isOneLine, region } from '../fields.ts';
import { hookOfSource } from '../hook-config.ts';

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
        z.describe('Where the file is: file:///path or s3://bucket/key.'),
      ),
    format: z
      ._default(z.enum(['auto', 'json', 'lines']), 'auto')
      .check(z.describe('JSON, one machine a line, or told from the first character.')),
    maxBytes: byteLimit,
    region: z.exactOptional(region.check(z.describe('Region of the bucket, if not the function’s own.'))),
  })
  .check(z.describe('A file on disk or in S3.'));

export type FileSource = z.output<typeof fileSource>;
