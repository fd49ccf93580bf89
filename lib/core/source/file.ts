// Settings of a file source: an inventory on disk or in S3, in any format that is read over HTTP.

import * as z from 'zod/mini';
import { byteLimit, isOneLine, region } from '../fields.ts';
import { hookOfSource } from '../hook-config.ts';
import { checkFormat, formatSettings, INVENTORY_FORMATS } from './format.ts';

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
      ._default(z.enum(['auto', 'json', 'lines', ...INVENTORY_FORMATS]), 'auto')
      .check(
        z.describe(
          'A list as JSON or with one machine a line (auto and list tell by the first character), or what an http source reads: Prometheus HTTP SD, a NetBox answer, a Consul catalog, Ansible --list.',
        ),
      ),
    maxBytes: byteLimit,
    region: z.exactOptional(region.check(z.describe('Region of the bucket, if not the function’s own.'))),
    ...formatSettings,
  })
  .check(z.describe('A file on disk or in S3.'), checkFormat);

export type FileSource = z.output<typeof fileSource>;
