// Writes the JSON Schema of the sync configuration, for editors: `node lib/build/schema.ts`. It is generated
// from the schema that checks the document, and committed; a test keeps the two equal.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { syncConfigSchema } from '../core/config/schema.ts';

export const SCHEMA_FILE = new URL('../core/config/sync-config.schema.json', import.meta.url);

/** Draft 7, which every editor understands. Rules that span fields are the parser's alone. */
export function syncConfigJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(syncConfigSchema, { target: 'draft-7', io: 'input' });
  return { $schema, title: 'sls-machine-groups sync configuration', ...schema };
}

if (import.meta.main) {
  const file = fileURLToPath(SCHEMA_FILE);
  writeFileSync(file, `${JSON.stringify(syncConfigJsonSchema(), null, 2)}\n`);
  execFileSync(
    fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url)),
    ['format', '--write', file],
    { stdio: 'inherit' },
  );
}
