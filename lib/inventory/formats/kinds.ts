// Every format of an inventory: its settings, and its reader, which is loaded when a source has the format. A new one
// is a folder beside this file and an entry here; what the entry lacks does not compile.

import { ansibleFormat } from './ansible/settings.ts';
import { consulFormat } from './consul/settings.ts';
import { listFormat } from './list/settings.ts';
import { netboxFormat } from './netbox/settings.ts';
import { prometheusFormat } from './prometheus/settings.ts';

/** By the name in `format`, which is also that of the field with the format's own settings. */
export const FORMATS = {
  list: { ...listFormat, reader: () => import('./list/read.ts') },
  prometheus: {
    ...prometheusFormat,
    reader: () => import('./prometheus/read.ts'),
  },
  netbox: { ...netboxFormat, reader: () => import('./netbox/read.ts') },
  consul: { ...consulFormat, reader: () => import('./consul/read.ts') },
  ansible: { ...ansibleFormat, reader: () => import('./ansible/read.ts') },
};
