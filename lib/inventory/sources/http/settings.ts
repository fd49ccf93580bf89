// Settings of an HTTP source: where to GET, in which format, and how far to trust it.

import * as z from 'zod/mini';
import { normaliseAddress } from '../../../core/address/address.ts';
import { forbiddenAddress } from '../../../core/address/forbidden.ts';
import { byteLimit, isOneLine, text, wholeNumber } from '../../../core/text/fields.ts';
import { hookOfSource } from '../../../core/text/hook-name.ts';
import { fault } from '../../../core/text/issues.ts';
import { HTTP_SOURCE_MS } from '../../../core/time/timeouts.ts';
import { checkFormat, FORMAT_NAMES, FORMATS_SAY, formatFields } from '../../formats/settings.ts';

const HTTP_URL = /^https?:\/\/[^\s/@?#]+(?:[/?#]\S*)?$/;
const HEADER_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
/** What a header can hold before the secret. */
const HEADER_TEXT = /^[ -~]{1,64}$/;
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
    format: z.enum(FORMAT_NAMES).check(z.describe(FORMATS_SAY)),
    timeoutMs: z
      ._default(wholeNumber(HTTP_SOURCE_MS[1], HTTP_SOURCE_MS[2]), HTTP_SOURCE_MS[0])
      .check(z.describe('Milliseconds for the whole read.')),
    maxBytes: byteLimit,
    maxAgeSeconds: z
      ._default(wholeNumber(0, 86_400), 60)
      .check(
        z.describe(
          'Age in seconds (Age, X-Consul-LastContact) from which an answer is not complete: it adds and does not remove.',
        ),
      ),
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
          secretId: text(2048).check(
            z.describe(
              'Secrets Manager secret with the value: its name or ARN. The deployment has to bind it to the origin of url.',
            ),
          ),
          secretKey: z.exactOptional(
            text(256).check(z.describe('Key of the value in a secret that is a JSON object.')),
          ),
          prefix: z.exactOptional(
            z
              .string()
              .check(
                z.regex(HEADER_TEXT, '1 to 64 visible ASCII characters and blanks'),
                z.describe('Goes before the secret, such as "Bearer ".'),
              ),
          ),
        })
        .check(z.describe('One header whose value is a secret.')),
    ),
    allowHttp: z._default(z.boolean(), false).check(z.describe('Lets a plain http URL through.')),
    allowLoopback: z
      ._default(z.boolean(), false)
      .check(z.describe('Lets 127.0.0.0/8 and ::1 through, in the local run alone.')),
    ...formatFields,
  })
  .check(z.describe('An inventory served over HTTP.'), checkHttp, checkFormat);

export type HttpSource = z.output<typeof httpSource>;

function checkHttp(context: z.core.ParsePayload<z.output<typeof httpSource>>): void {
  const { url, allowHttp, allowLoopback } = context.value;
  const wrong = (message: string) => fault(context, ['url'], message);
  if (/^http:/.test(url) && !allowHttp) wrong('is plain http: use https, or set allowHttp');
  const reason = forbiddenHost(url, allowLoopback);
  if (reason === 'loopback')
    wrong('leads to this machine itself, which only the local run may ask, with allowLoopback');
  else if (reason) wrong(`leads to an address that nothing may connect to: ${reason}`);
}

/** Why the URL's host, where it is an address, would be refused by every run; names are looked up only then. */
function forbiddenHost(url: string, allowLoopback: boolean): string | undefined {
  const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  return normaliseAddress(host).ok ? forbiddenAddress(host, { allowLoopback }) : undefined;
}
