// The format `netbox` and its settings.

import * as z from 'zod/mini';

const settings = z
  .strictObject({
    family: z._default(z.enum(['ipv4', 'ipv6']), 'ipv4').check(z.describe('primary_ip4 or primary_ip6.')),
  })
  .check(z.describe('Only with format netbox.'));

export type NetboxSettings = z.output<typeof settings>;

export const netboxFormat = {
  says: 'NetBox devices or virtual machines',
  field: 'NetBox custom field',
  settings,
};
