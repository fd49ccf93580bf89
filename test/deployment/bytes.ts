// Bytes of a bundle, as the size budget and the benchmark count them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { Bundle } from '../../lib/build/bundle.ts';
import { AT_ONCE, reachedFrom } from '../../lib/build/chunks.ts';

/** Bytes of the files that loading the handler loads. */
export function loadedBytes({ name, metafile, files }: Bundle): number {
  const prefix = `.build/${name}/`;
  const loaded = [...reachedFrom(`${prefix}index.mjs`, metafile, AT_ONCE)];
  return loaded.reduce((sum, path) => sum + (files[path.slice(prefix.length)] ?? Number.NaN), 0);
}

/** Bytes of the zip that holds this and nothing else. */
export async function zipBytes({ dir, files }: Bundle): Promise<number> {
  const read = async (path: string) => [path, await readFile(join(dir, path))] as const;
  const contents = Object.fromEntries(await Promise.all(Object.keys(files).map(read)));
  return zipSync(contents, { level: 9, mtime: '2000-01-01' }).length;
}
