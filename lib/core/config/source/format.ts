// Formats of an inventory and the settings of each: the same for one that is served and one that is stored.

import * as z from 'zod/mini';
import { text } from '../../text/fields.ts';
import { fault } from '../../text/issues.ts';

export const INVENTORY_FORMATS = ['list', 'prometheus', 'netbox', 'consul', 'ansible'] as const;

const CONSUL_ADDRESS = /^(?:service:)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/** Fields of a source beside its `format`. */
export const formatSettings = {
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
        family: z._default(z.enum(['ipv4', 'ipv6']), 'ipv4').check(z.describe('primary_ip4 or primary_ip6.')),
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
              .check(z.regex(CONSUL_ADDRESS, 'node, service, a tag such as lan_ipv6, or service: and a tag')),
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
};

const settings = z.object(formatSettings);
type Settings = z.output<typeof settings>;

/** A format with its settings. */
export type InventoryFormat = Settings & { readonly format: (typeof INVENTORY_FORMATS)[number] };

/** Formats whose texts are members as they stand. */
const LISTS: readonly string[] = ['list', 'auto', 'json', 'lines'];

/** Settings that the chosen format does not have. */
export function checkFormat<T extends Settings & { readonly format: string }>(
  context: z.core.ParsePayload<T>,
): void {
  const { format, id } = context.value;
  if (LISTS.includes(format) && id !== undefined)
    fault(context, ['id'], 'means nothing for a list: its texts are the ids');
  for (const name of ['netbox', 'consul', 'ansible'] as const) {
    if (context.value[name] && format !== name) fault(context, [name], `means nothing for format ${format}`);
  }
}
