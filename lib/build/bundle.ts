// Bundles every function of functions/ into a folder of its own, ready to be zipped: the deployment, the
// local run and the tests all use what this file makes. Run it: `node lib/build/bundle.ts`.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, type BuildResult, context, type Metafile, type Plugin } from 'esbuild';
import { EVER, reachedFrom } from './chunks.ts';
import { leftOut } from './left-out.ts';
import { nodeModules } from './node-modules.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FUNCTIONS = join(ROOT, 'functions');

/** Where the deployment and the local run look for bundles; `handler` in serverless.yml points here. */
export const DEFAULT_OUTDIR = join(ROOT, '.build');

// The hashes in the chunks' names cover the folder, so it is the same wherever the files will be written.
const NOMINAL = join(DEFAULT_OUTDIR, 'function');

/** The module that exports `handler`, under the paths of a bundle's metafile. */
export const INDEX = relative(ROOT, join(NOMINAL, 'index.mjs'));

export interface Bundle {
  /** The name of the file in functions/ without its extension, such as `create-group`. */
  readonly name: string;
  /** Holds exactly what the deployed zip holds. */
  readonly dir: string;
  /** The module that exports `handler`. */
  readonly file: string;
  /** Every file of `dir` with its size in bytes. */
  readonly files: Readonly<Record<string, number>>;
  readonly metafile: Metafile;
}

/** What every bundle is made with. */
export const OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // The SDK's `module` builds. With esbuild's default for node (`main` first) the CommonJS builds are taken,
  // and the bundle fails at load with `Dynamic require of "node:https" is not supported`.
  mainFields: ['module', 'main'],
  // What is imported on demand (the client of a source that a function may not have, credentials of a container)
  // stays in chunks of its own: one file with everything takes a sixth longer to load.
  splitting: true,
  entryNames: 'index',
  chunkNames: 'chunks/[name]-[hash]',
  // Without a package.json in the zip a `.js` file would be taken for CommonJS.
  outExtension: { '.js': '.mjs' },
  minify: true,
  treeShaking: true,
  legalComments: 'none',
  charset: 'utf8',
  // For reading a stack trace afterwards. Not deployed: to read maps makes every cold start slower.
  sourcemap: 'external',
  sourcesContent: false,
  metafile: true,
  write: false,
  logLevel: 'silent',
  plugins: [nodeModules, leftOut],
} satisfies BuildOptions;

/** Paths of the function files, in order of their names. */
export async function functionFiles(folder = FUNCTIONS): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  return names.map((name) => join(folder, name));
}

/**
 * Bundles every function, or the one file `entry`, to `<outdir>/<name>/index.mjs` and its chunks. Source maps
 * and esbuild's metafile go to `<outdir>/meta/<name>/`. The same sources give the same bytes, and files that
 * are right already are left alone, so that a local run may go on beside a package.
 *
 * @throws esbuild's BuildFailure, whose message lists the errors with their places
 */
export async function bundleAll({ outdir, entry }: { outdir: string; entry?: string }): Promise<Bundle[]> {
  const entries = entry === undefined ? await functionFiles() : [entry];
  let file = '';
  const theFunction: Plugin = {
    name: 'the-function',
    setup: ({ onResolve }) => onResolve({ filter: /^the-function$/ }, () => ({ path: file })),
  };
  // One after the other, because a context parses again only what has changed, and the functions share the AWS SDK.
  // One build of all would share chunks between them too.
  const functions = await context({
    ...OPTIONS,
    entryPoints: ['the-function'],
    outdir: NOMINAL,
    plugins: [theFunction, ...OPTIONS.plugins],
  });
  try {
    const bundles: Bundle[] = [];
    for (file of entries) bundles.push(await write(basename(file, '.ts'), await functions.rebuild(), outdir));
    return bundles;
  } finally {
    await functions.dispose();
  }
}

async function write(
  name: string,
  { outputFiles, metafile }: BuildResult<typeof OPTIONS>,
  outdir: string,
): Promise<Bundle> {
  const made = bundleIn(outdir, name, metafile);
  const code = new Map<string, Uint8Array>();
  const about = new Map([['metafile.json', new TextEncoder().encode(JSON.stringify(metafile))]]);
  for (const { path, contents } of outputFiles) {
    const file = relative(NOMINAL, path);
    if (!(file.replace(/\.map$/, '') in made.files)) continue;
    (file.endsWith('.map') ? about : code).set(file, contents);
  }
  await Promise.all([replaceFiles(made.dir, code), replaceFiles(join(outdir, 'meta', name), about)]);
  return made;
}

/** The bundle that esbuild's metafile tells of, in the folder where `bundleAll` wrote it. */
export function bundleIn(outdir: string, name: string, metafile: Metafile): Bundle {
  const dir = join(outdir, name);
  const sizes = [...reachedFrom(INDEX, metafile, EVER)].map((path) => [
    relative(dirname(INDEX), path),
    metafile.outputs[path]?.bytes ?? Number.NaN,
  ]);
  return { name, dir, file: join(dir, 'index.mjs'), files: Object.fromEntries(sizes), metafile };
}

/** Makes a folder hold these files only: chunks of earlier builds have other names and would be zipped too. */
async function replaceFiles(dir: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(dir, { recursive: true });
  const present = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = present
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
  await Promise.all([...files].map(([path, contents]) => writeIfChanged(join(dir, path), contents)));
  await Promise.all(
    paths.filter((path) => !files.has(path)).map((path) => rm(join(dir, path), { force: true })),
  );
}

async function writeIfChanged(path: string, contents: Uint8Array): Promise<void> {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

/** Bytes of all files of a bundle: what the zip holds before it is compressed. */
export const totalBytes = ({ files }: Bundle): number => Object.values(files).reduce((a, b) => a + b, 0);

if (import.meta.main) {
  for (const made of await bundleAll({ outdir: DEFAULT_OUTDIR })) {
    const kb = (totalBytes(made) / 1024).toFixed(1);
    process.stdout.write(`${made.name}: ${kb} KB in ${Object.keys(made.files).length} files\n`);
  }
}
