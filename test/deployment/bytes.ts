// Bytes of a bundle, as the size budget and the benchmark count them.
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { zipSync } from 'fflate';
import { type Bundle, INDEX } from '../../lib/build/bundle.ts';
import { AT_ONCE, reachedFrom } from '../../lib/build/chunks.ts';

/** Bytes of the files that loading the handler loads. */
export function loadedBytes({ metafile, files }: Bundle): number {
  const loaded = [...reachedFrom(INDEX, metafile, AT_ONCE)];
  return loaded.reduce((sum, path) => sum + (files[relative(dirname(INDEX), path)] ?? Number.NaN), 0);
}

/** Bytes of the zip that holds this and nothing else. */
export async function zipBytes({ dir, files }: Bundle): Promise<number> {
  const read = async (path: string) => [path, await readFile(join(dir, path))] as const;
  const contents = Object.fromEntries(await Promise.all(Object.keys(files).map(read)));
  return zipSync(contents, { level: 9, mtime: '2000-01-01' }).length;
}
