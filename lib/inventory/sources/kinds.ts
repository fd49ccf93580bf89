// Every kind of source: its settings, and its reader, which is loaded when the first setting asks for it. A new kind
// is a folder beside this file and an entry here; what the entry lacks does not compile.

import { alibabaEcsSource } from './alibaba-ecs/settings.ts';
import { ec2Source } from './ec2/settings.ts';
import { fileSource } from './file/settings.ts';
import { httpSource } from './http/settings.ts';
import { staticSource } from './static/settings.ts';

/** By `type`. */
export const SOURCES = {
  static: { settings: staticSource, reader: () => import('./static/read.ts') },
  file: { settings: fileSource, reader: () => import('./file/read.ts') },
  ec2: { settings: ec2Source, reader: () => import('./ec2/read.ts') },
  'alibaba-ecs': { settings: alibabaEcsSource, reader: () => import('./alibaba-ecs/read.ts') },
  http: { settings: httpSource, reader: () => import('./http/read.ts') },
};
