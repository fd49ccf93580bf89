// Bundles the command line into one file that Node 24 runs. Run it: `node lib/build/cli.ts`.
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { DEFAULT_OUTDIR, OPTIONS, ROOT } from './bundle.ts';
import { nodeModules } from './node-modules.ts';

/** Before anything else: an older Node would end with a stack trace. Modules of Node are asked for later, by name. */
const CHECK =
  "if(process.versions.node.split('.')[0]<22){process.stderr.write('sls-machine-groups: needs Node.js 24, and this is '+process.versions.node+'\\n');process.exit(2)}";

export const CLI_FILE = join(DEFAULT_OUTDIR, 'cli', 'sls-machine-groups.mjs');

/** @throws esbuild's BuildFailure, whose message lists the errors with their places */
export async function bundleCli(outfile = CLI_FILE): Promise<string> {
  const { entryNames: _, chunkNames: __, outExtension: ___, ...options } = OPTIONS;
  await build({
    ...options,
    entryPoints: [join(ROOT, 'lib/cli/main.ts')],
    outfile,
    banner: { js: CHECK },
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
