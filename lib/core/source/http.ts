// Settings of an HTTP source: where to GET, in which format, and how far to trust it.

import * as z from 'zod/mini';
import { byteLimit, isOneLine, text, wholeNumber } from '../fields.ts';
import { hookOfSource } from '../hook-config.ts';
import { checkFormat, formatSettings, INVENTORY_FORMATS } from './format.ts';

const HTTP_URL = /^https?:\/\/[^\s/@?#]+(?:[/?#]\S*)?$/;
const HEADER_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
/** Headers that say how a message is framed or where it goes; a setting has no business with them. */
const FRAMING = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
]);

export const httpSource = z
  .strictObject({
    type: z.literal('http'),
    hook: hookOfSource,
    url: z.string().check(
      z.maxLength(2048),
      z.regex(HTTP_URL, 'an https URL without a user name'),
      z.refine(isOneLine, 'holds control characters'),
      z.refine((url) => URL.canParse(url), 'is not a URL'),
      z.describe('What to GET. https unless allowHttp is set.'),
    ),
    format: z
      .enum(INVENTORY_FORMATS)
      .check(
        z.describe(
          'A JSON list of strings, Prometheus HTTP SD, NetBox devices or virtual machines, Consul catalog, or Ansible --list.',
        ),
      ),
    timeoutMs: z
      ._default(wholeNumber(100, 120_000), 10_000)
      .check(z.describe('Milliseconds for the whole read.')),
    maxBytes: byteLimit,
    header: z.exactOptional(
      z
        .strictObject({
          name: z.string().check(
            z.regex(HEADER_NAME, 'the name of a header'),
            z.refine(
              (name) => !FRAMING.has(name.toLowerCase()),
              'is a header that the connection itself needs',
            ),
            z.describe('Name of the header.'),
          ),
          secretId: text(2048).check(z.describe('Secrets Manager secret whose text is the value.')),
          prefix: z.exactOptional(text(64).check(z.describe('Goes before the secret, such as "Bearer ".'))),
        })
        .check(z.describe('One header whose value is a secret.')),
    ),
    allowHttp: z._default(z.boolean(), false).check(z.describe('Lets a plain http URL through.')),
    allowLoopback: z
      ._default(z.boolean(), false)
      .check(z.describe('Lets 127.0.0.0/8 and ::1 through, for a run on one machine.')),
    ...formatSettings,
  })
  .check(z.describe('An inventory served over HTTP.'), checkHttp, checkFormat);

export type HttpSource = z.output<typeof httpSource>;

function checkHttp(context: z.core.ParsePayload<z.output<typeof httpSource>>): void {
  const { url, allowHttp } = context.value;
  if (/^http:/.test(url) && !allowHttp) {
    const message = 'is plain http: use https, or set allowHttp';
    context.issues.push({ code: 'custom', path: ['url'], message, input: undefined });
  }
}
