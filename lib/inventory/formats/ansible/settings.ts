// The format `ansible` and its settings.

import * as z from 'zod/mini';
import { text } from '../../../core/text/fields.ts';

const settings = z
  .strictObject({
    group: z._default(text(256), 'all').check(z.describe('Group of the inventory, its children included.')),
    variable: z
      ._default(text(256), 'ansible_host')
      .check(z.describe('Host variable that holds the address.')),
  })
  .check(z.describe('Only with format ansible.'));

export type AnsibleSettings = z.output<typeof settings>;

export const ansibleFormat = { says: 'Ansible --list', field: 'Ansible variable', settings };
