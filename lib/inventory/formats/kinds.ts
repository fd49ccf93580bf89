// Every format of an inventory: its settings, and its reader, which is loaded when a source has the format. A new one
// is a folder beside this file and an entry here; what the entry lacks does not compile.

import { ansibleFormat } from './ansible/settings.ts';
import { consulFormat } from './consul/settings.ts';
import { listFormat } from './list/settings.ts';
import { netboxFormat } from './netbox/settings.ts';
import { prometheusFormat } from './prometheus/settings.ts';

/** By the name in `format`, which is also that of the field with the format's own settings. */
export const FORMATS = {
  list: { ...listFormat, reader: async () => (await import('./list/read.ts')).openList },
  prometheus: {
    ...prometheusFormat,
    reader: async () => (await import('./prometheus/read.ts')).openPrometheus,
  },
  netbox: { ...netboxFormat, reader: async () => (await import('./netbox/read.ts')).openNetbox },
  consul: { ...consulFormat, reader: async () => (await import('./consul/read.ts')).openConsul },
  ansible: { ...ansibleFormat, reader: async () => (await import('./ansible/read.ts')).openAnsible },
};
