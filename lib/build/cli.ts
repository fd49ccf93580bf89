// Bundles the command line into one file that Node 24 runs. Run it: `node lib/build/cli.ts`.
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { DEFAULT_OUTDIR, OPTIONS, ROOT } from './bundle.ts';
import { nodeModules } from './node-modules.ts';

export const CLI_FILE = join(DEFAULT_OUTDIR, 'cli', 'sls-machine-groups.mjs');

/** @throws esbuild's BuildFailure, whose message lists the errors with their places */
export async function bundleCli(outfile = CLI_FILE): Promise<string> {
  const { entryNames: _, chunkNames: __, outExtension: ___, ...options } = OPTIONS;
  await build({
    ...options,
    entryPoints: [join(ROOT, 'lib/cli/main.ts')],
    outfile,
    splitting: false,
    sourcemap: false,
    metafile: false,
    write: true,
    // People have credentials in profiles and by single sign-on, which functions do not: nothing is left out.
    plugins: [nodeModules],
  });
  await chmod(outfile, 0o755);
  return outfile;
}

if (import.meta.main) process.stdout.write(`command line: ${await bundleCli()}\n`);
