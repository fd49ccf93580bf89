// The reader of the format that a setting names: one for documents that are served and those that are stored.

import type { InventoryFormat } from '../../core/config/source/format.ts';
import type { HttpSource } from '../../core/config/source/http.ts';
import type { IdentifyType } from '../../core/group/machine-group.ts';
import { ansible } from './ansible.ts';
import { consul } from './consul.ts';
import { type Format, memberChoice } from './format.ts';
import { list } from './list.ts';
import { netbox } from './netbox.ts';
import { prometheus } from './prometheus.ts';

/** @param identify of the group: decides whether a record's address or its id is the member */
export function formatOf(
  settings: InventoryFormat & Pick<HttpSource, 'url' | 'header'>,
  identify: IdentifyType,
): Format {
  const member = memberChoice(identify, settings.id);
  switch (settings.format) {
    case 'list':
      return list;
    case 'prometheus':
      return prometheus(member);
    case 'netbox':
      return netbox(member, settings.netbox?.family === 'ipv6' ? 'primary_ip6' : 'primary_ip4');
    case 'consul':
      return consul(member, settings);
    case 'ansible':
      return ansible(member, settings.ansible ?? { group: 'all', variable: 'ansible_host' });
  }
}
