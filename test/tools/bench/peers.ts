// Builds the functions that are compared with get-group, in the folder layout of a deployed function.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { bundleAll, OPTIONS, ROOT } from '../../../lib/build/bundle.ts';

const PEERS = join(import.meta.dirname, 'peers');

/** Inside the repository: the official SDK has a native add-on, which no bundle can hold. */
export const TASK_ROOT = join(ROOT, '.cache/bench-task');
const BUILD = join(TASK_ROOT, '.build');

/** What the official SDK's CommonJS dependencies still `require`, the add-on among it, in a module. */
export const REQUIRE =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

/** A bundle that is one CommonJS file. */
export const ONE_COMMONJS_FILE = {
  format: 'cjs',
  splitting: false,
  outExtension: { '.js': '.cjs' },
} satisfies BuildOptions;

/** The ways to make a function of the official SDK, by the name of the folder. */
const WAYS: Readonly<Record<string, { says: string; options: BuildOptions }>> = {
  'official-sdk': {
    says: 'bundled by the options of get-group',
    options: { ...OPTIONS, external: ['lz4-napi'], banner: { js: REQUIRE } },
  },
  'official-sdk-cjs': {
    says: 'bundled as one CommonJS file',
    options: { ...OPTIONS, ...ONE_COMMONJS_FILE, external: ['lz4-napi'] },
  },
  'official-sdk-unbundled': {
    says: 'unbundled',
    options: { ...OPTIONS, packages: 'external', plugins: [] },
  },
};

export const OFFICIAL = Object.keys(WAYS);
export const wayOf = (name: string): string => WAYS[name]?.says ?? name;

/** Files by function: ours, the floors and every way of the official SDK. */
export async function buildAll(): Promise<Map<string, string>> {
  await rm(TASK_ROOT, { recursive: true, force: true });
  const own = [
    join(ROOT, 'functions/get-group.ts'),
    join(PEERS, 'empty.ts'),
    join(PEERS, 'secrets-manager.ts'),
  ];
  const files = new Map<string, string>();
  for (const entry of own) {
    for (const { name, file } of await bundleAll({ outdir: BUILD, entry })) files.set(name, file);
  }
  const entryPoints = [join(PEERS, 'official-sdk.ts')];
  for (const [name, { options }] of Object.entries(WAYS)) {
    const outdir = join(BUILD, name);
    await build({ ...options, entryPoints, outdir, sourcemap: false, write: true });
    files.set(name, join(outdir, options.format === 'cjs' ? 'index.cjs' : 'index.mjs'));
  }
  return files;
}
