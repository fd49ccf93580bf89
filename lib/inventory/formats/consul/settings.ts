// The format `consul` and its settings.

import * as z from 'zod/mini';

const ADDRESS = /^(?:service:)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

const settings = z
  .strictObject({
    address: z
      ._default(
        z.string().check(z.regex(ADDRESS, 'node, service, a tag such as lan_ipv6, or service: and a tag')),
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
  .check(z.describe('Only with format consul.'));

export type ConsulSettings = z.output<typeof settings>;

export const consulFormat = { says: 'Consul catalog or health', field: 'Consul node meta', settings };
