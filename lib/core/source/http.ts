// Settings of an HTTP source: where to GET, in which format, and how far to trust it.

import * as z from 'zod/mini';
import { byteLimit, isOneLine, text, wholeNumber } from '../fields.ts';
import { hookOfSource } from '../hook-config.ts';

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
const CONSUL_ADDRESS = /^(?:service:)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

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
      .enum(['list', 'prometheus', 'netbox', 'consul', 'ansible'])
      .check(
        z.describe(
          'A JSON list of strings, Prometheus HTTP SD, NetBox devices or virtual machines, Consul catalog or health, or Ansible --list.',
        ),
      ),
    timeoutMs: z
      ._default(wholeNumber(100, 120_000), 10_000)
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
          secretId: text(2048).check(z.describe('Secrets Manager secret whose text is the value.')),
          prefix: z.exactOptional(text(64).check(z.describe('Goes before the secret, such as "Bearer ".'))),
        })
        .check(z.describe('One header whose value is a secret.')),
    ),
    allowHttp: z._default(z.boolean(), false).check(z.describe('Lets a plain http URL through.')),
    allowLoopback: z
      ._default(z.boolean(), false)
      .check(z.describe('Lets 127.0.0.0/8 and ::1 through, for a run on one machine.')),
    id: z.exactOptional(
      z
        .union([
          z.literal('name'),
          z.strictObject({ field: text(128).check(z.describe('Name of the field.')) }),
        ])
        .check(
          z.describe(
            'In a userdefined group: the name of the record (the default), or a field: NetBox custom field, Consul node meta, Ansible variable, Prometheus label.',
          ),
        ),
    ),
    netbox: z.exactOptional(
      z
        .strictObject({
          family: z
            ._default(z.enum(['ipv4', 'ipv6']), 'ipv4')
            .check(z.describe('primary_ip4 or primary_ip6.')),
        })
        .check(z.describe('Only with format netbox.')),
    ),
    consul: z.exactOptional(
      z
        .strictObject({
          address: z
            ._default(
              z
                .string()
                .check(
                  z.regex(CONSUL_ADDRESS, 'node, service, a tag such as lan_ipv6, or service: and a tag'),
                ),
              'node',
            )
            .check(
              z.describe(
                'node: the address of the node. service: the service’s own, or the node’s where it has none. A tag such as lan, wan or lan_ipv6: the node’s address of that tag. service:lan_ipv6: the service’s.',
              ),
            ),
          passingOnly: z
            ._default(z.boolean(), false)
            .check(
              z.describe(
                'Only nodes on which every check of the node and of an instance passes, of /v1/health/service/…. A failing check then removes the machine.',
              ),
            ),
        })
        .check(z.describe('Only with format consul.')),
    ),
    ansible: z.exactOptional(
      z
        .strictObject({
          group: z
            ._default(text(256), 'all')
            .check(z.describe('Group of the inventory, its children included.')),
          variable: z
            ._default(text(256), 'ansible_host')
            .check(z.describe('Host variable that holds the address.')),
        })
        .check(z.describe('Only with format ansible.')),
    ),
  })
  .check(z.describe('An inventory served over HTTP.'), checkHttp);

export type HttpSource = z.output<typeof httpSource>;

function checkHttp(context: z.core.ParsePayload<z.output<typeof httpSource>>): void {
  const { url, format, allowHttp, id } = context.value;
  const wrong = (field: string, message: string) =>
    context.issues.push({ code: 'custom', path: [field], message, input: undefined });
  if (/^http:/.test(url) && !allowHttp) wrong('url', 'is plain http: use https, or set allowHttp');
  if (format === 'list' && id !== undefined) wrong('id', 'means nothing for a list: its texts are the ids');
  for (const name of ['netbox', 'consul', 'ansible'] as const) {
    if (context.value[name] && format !== name) wrong(name, `means nothing for format ${format}`);
  }
}
