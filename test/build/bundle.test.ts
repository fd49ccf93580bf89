// What is deployed, as it is deployed: every bundle loads by itself, holds nothing it should not, and keeps a
// budget of bytes, because no type check notices when an import pulls in half a library.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, bundleAll, functionFiles, totalBytes } from '../../lib/build/bundle.ts';

// Bytes, measured and 5 % added. `loaded` is what every cold start reads: the module and its static imports;
// `total` is the whole unzipped package. Raise a figure only knowing what came in and why.
const BUDGET: Record<string, { loaded: number; total: number }> = {
  'apply-config': { loaded: 264_000, total: 413_000 },
  'create-group': { loaded: 287_000, total: 436_000 },
  'delete-group': { loaded: 286_000, total: 435_000 },
  explain: { loaded: 367_000, total: 1_392_000 },
  'get-group': { loaded: 287_000, total: 436_000 },
  hooks: { loaded: 340_000, total: 1_437_000 },
  'list-config-groups': { loaded: 264_000, total: 413_000 },
  'list-configs': { loaded: 264_000, total: 413_000 },
  'list-groups': { loaded: 285_000, total: 434_000 },
  'list-machines': { loaded: 282_000, total: 431_000 },
  openapi: { loaded: 88_000, total: 88_000 },
  'patch-group': { loaded: 288_000, total: 437_000 },
  'remove-config': { loaded: 264_000, total: 413_000 },
  sync: { loaded: 377_000, total: 1_402_000 },
  'sync-from-inventory': { loaded: 373_000, total: 1_426_000 },
  'sync-group': { loaded: 373_000, total: 1_426_000 },
  'update-group': { loaded: 287_000, total: 436_000 },
  'update-machines': { loaded: 283_000, total: 432_000 },
};

const names = (await functionFiles()).map((file) => basename(file, '.ts')).sort();
let outdir: string;
let bundles: Map<string, Bundle>;

beforeAll(async () => {
  // Outside the repository, where no node_modules can come to a bundle's help.
  outdir = await mkdtemp(join(tmpdir(), 'bundles-'));
  bundles = new Map((await bundleAll({ outdir })).map((bundle) => [bundle.name, bundle]));
});
afterAll(() => rm(outdir, { recursive: true, force: true }));

const bundleOf = (name: string): Bundle => {
  const bundle = bundles.get(name);
  if (!bundle) throw new Error(`no bundle of ${name}`);
  return bundle;
};

/** Outputs reachable from the entry by static imports. */
function loadedBytes({ name, metafile, files }: Bundle): number {
  const outputs = new Map(Object.entries(metafile.outputs));
  const reached = new Set([...outputs.keys()].filter((path) => path.endsWith(`/${name}/index.mjs`)));
  for (const path of reached) {
    for (const { path: next, kind, external } of outputs.get(path)?.imports ?? []) {
      if (kind === 'import-statement' && !external) reached.add(next);
    }
  }
  const size = (path: string) =>
    Object.entries(files).find(([file]) => path.endsWith(`/${file}`))?.[1] ?? NaN;
  return [...reached].reduce((sum, path) => sum + size(path), 0);
}

/** Source files that left bytes in the bundle: esbuild also lists those it read and dropped. */
const kept = ({ metafile }: Bundle): string[] =>
  Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );

test('each function has a budget', () => {
  expect(Object.keys(BUDGET).sort()).toEqual(names);
});

describe.each(names)('%s', (name) => {
  test('loads in a clean process and exports a handler', async () => {
    // From a file: `node -e` defines `require`, and hides that a bundle needs one.
    const script = join(outdir, `load-${name}.mjs`);
    const url = JSON.stringify(pathToFileURL(bundleOf(name).file).href);
    await writeFile(
      script,
      `const loaded = await import(${url});\nprocess.stdout.write(typeof loaded.handler, () => process.exit());\n`,
    );
    const env = {
      SLS_SECRET_ID: 'test-secret',
      SLS_ENDPOINT: 'cn-hangzhou.log.aliyuncs.com',
      SYNC_CONFIG: 'file:///nowhere.json',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test-aws-key-id',
      AWS_SECRET_ACCESS_KEY: 'not-a-real-secret',
      // Loading begins to fetch the secret; nothing listens here, so nothing leaves this machine.
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
    };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { env, cwd: outdir });
    expect({ stdout, stderr }).toEqual({ stdout: 'function', stderr: '' });
  });

  test('keeps its budget', () => {
    const bundle = bundleOf(name);
    const measured = { loaded: loadedBytes(bundle), total: totalBytes(bundle) };
    const budget = BUDGET[name];
    const says = `${name}: ${JSON.stringify(measured)} against ${JSON.stringify(budget)}`;
    expect(measured.loaded, says).toBeLessThanOrEqual(budget?.loaded ?? 0);
    expect(measured.total, says).toBeLessThanOrEqual(budget?.total ?? 0);
    // A budget far above the measure would let the next surprise through.
    expect(measured.total, says).toBeGreaterThan((budget?.total ?? 0) * 0.85);
  });

  test('holds one copy of zod, its small build, and no locale of it', () => {
    const zod = kept(bundleOf(name)).filter((path) => path.includes('node_modules/zod/'));
    expect(zod).not.toEqual([]);
    expect(zod.filter((path) => !/^node_modules\/zod\/v4\/(mini|core)\//.test(path))).toEqual([]);
  });

  test('holds nothing of test/ and needs nothing but node', () => {
    const bundle = bundleOf(name);
    expect(Object.keys(bundle.metafile.inputs).filter((path) => /(^|\/)test\//.test(path))).toEqual([]);
    const externals = Object.values(bundle.metafile.outputs)
      .flatMap(({ imports }) => imports.filter(({ external }) => external))
      .map(({ path }) => path.replace(/^node:/, ''));
    expect(externals.filter((path) => !builtinModules.includes(path))).toEqual([]);
  });
});

test('the same sources give the same files, and leftovers of earlier builds go', async () => {
  const name = names[0] as string;
  const { dir } = bundleOf(name);
  const contents = async () => {
    const found = await readdir(dir, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return Promise.all(files.sort().map(async (file) => [file, await readFile(file, 'base64')]));
  };
  const before = await contents();
  await writeFile(join(dir, 'chunks', 'chunk-OLD.mjs'), '');
  await bundleAll({ outdir, entry: (await functionFiles())[0] as string });
  expect(await contents()).toEqual(before);
});
