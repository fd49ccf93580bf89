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
import { loadedBytes, zipBytes } from './bytes.ts';

// Bytes, measured and 5 % added. `loaded` is what every cold start reads: the module and its static imports;
// `total` is the whole unzipped package and `zip` the zipped one. Raise a figure only knowing what came in and why.
const BUDGET: Record<string, { loaded: number; total: number; zip: number }> = {
  'apply-config': { loaded: 237_000, total: 249_000, zip: 92_400 },
  'create-group': { loaded: 257_000, total: 269_000, zip: 99_000 },
  'delete-group': { loaded: 241_000, total: 253_000, zip: 94_200 },
  // Says what to do about each refusal: 3 KB of words.
  explain: { loaded: 386_000, total: 1_245_000, zip: 371_300 },
  'get-group': { loaded: 237_000, total: 249_000, zip: 92_400 },
  hooks: { loaded: 362_000, total: 1_315_000, zip: 398_400 },
  'list-config-groups': { loaded: 237_000, total: 249_000, zip: 92_400 },
  'list-configs': { loaded: 237_000, total: 249_000, zip: 92_400 },
  'list-groups': { loaded: 237_000, total: 250_000, zip: 92_600 },
  'list-machines': { loaded: 255_000, total: 267_000, zip: 98_500 },
  openapi: { loaded: 97_000, total: 97_000, zip: 23_900 },
  'patch-group': { loaded: 257_000, total: 270_000, zip: 99_500 },
  'remove-config': { loaded: 237_000, total: 249_000, zip: 92_400 },
  sync: { loaded: 396_000, total: 1_279_000, zip: 381_500 },
  'sync-from-inventory': { loaded: 391_000, total: 1_302_000, zip: 388_000 },
  'sync-group': { loaded: 391_000, total: 1_302_000, zip: 388_000 },
  'update-group': { loaded: 257_000, total: 269_000, zip: 99_000 },
  'update-machines': { loaded: 257_000, total: 269_000, zip: 99_400 },
};

/** The AWS clients that a function calls, and so the only ones it may hold. */
const OF_SYNC = ['auto-scaling', 'ec2', 's3', 'secrets-manager', 'sns', 'ssm', 'sts'];
const CLIENTS: Record<string, readonly string[]> = {
  explain: OF_SYNC,
  hooks: [...OF_SYNC, 'sqs'],
  openapi: [],
  sync: OF_SYNC,
  'sync-from-inventory': [...OF_SYNC, 'sqs'],
  'sync-group': [...OF_SYNC, 'sqs'],
};
const OF_ANY_OTHER = ['secrets-manager'];

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

/** Source files that left bytes in the bundle: esbuild also lists those it read and dropped. */
const kept = ({ metafile }: Bundle): string[] =>
  Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );

test('each function has a budget', () => {
  expect(Object.keys(BUDGET).sort()).toEqual(names);
});

describe.each(names)('%s', (name) => {
  test('loads in a clean process, exports a handler and leaves Node’s fetch asleep', async () => {
    // From a file: `node -e` defines `require`, and hides that a bundle needs one.
    const script = join(outdir, `load-${name}.mjs`);
    const url = JSON.stringify(pathToFileURL(bundleOf(name).file).href);
    await writeFile(
      script,
      `const loaded = await import(${url});
      // Node's fetch, which an import of node:http drags in.
      const undici = process.moduleLoadList.some((name) => name.includes('undici'));
      process.stdout.write(JSON.stringify([typeof loaded.handler, undici]), () => process.exit());
      `,
    );
    const env = {
      SLS_SECRET_ID: 'test-secret',
      SLS_ENDPOINT: 'cn-hangzhou.log.aliyuncs.com',
      SYNC_CONFIG: 'ssm:///nowhere',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test-aws-key-id',
      AWS_SECRET_ACCESS_KEY: 'not-a-real-secret',
      // Loading begins to fetch the secret; nothing listens here, so nothing leaves this machine.
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
    };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { env, cwd: outdir });
    expect({ stdout, stderr }).toEqual({ stdout: '["function",false]', stderr: '' });
  });

  test('keeps its budget', async () => {
    const bundle = bundleOf(name);
    const measured = {
      loaded: loadedBytes(bundle),
      total: totalBytes(bundle),
      zip: await zipBytes(bundle),
    };
    const budget = BUDGET[name] ?? { loaded: 0, total: 0, zip: 0 };
    for (const kind of ['loaded', 'total', 'zip'] as const) {
      const says = `${name}, ${kind}: ${JSON.stringify(measured)} against ${JSON.stringify(budget)}`;
      expect(measured[kind], says).toBeLessThanOrEqual(budget[kind]);
      // A budget far above the measure would let the next surprise through.
      expect(measured[kind], says).toBeGreaterThan(budget[kind] * 0.85);
    }
  });

  test('holds the AWS clients that it calls and no other', () => {
    const clients = kept(bundleOf(name)).flatMap(
      (path) => /@aws-sdk\/client-([^/]+)\//.exec(path)?.[1] ?? [],
    );
    expect([...new Set(clients)].sort()).toEqual([...(CLIENTS[name] ?? OF_ANY_OTHER)].sort());
  });

  test('holds one copy of zod, its small build, and no locale of it', () => {
    const zod = kept(bundleOf(name)).filter((path) => path.includes('node_modules/zod/'));
    expect(zod).not.toEqual([]);
    expect(zod.filter((path) => !/^node_modules\/zod\/v4\/(mini|core)\//.test(path))).toEqual([]);
  });

  test('holds nothing of test/ and needs nothing but node', () => {
    const bundle = bundleOf(name);
    expect(Object.keys(bundle.metafile.inputs).filter((path) => /(^|\/)test\//.test(path))).toEqual([]);
    const externals = Object.values(bundle.metafile.outputs).flatMap(({ imports }) =>
      imports.filter(({ external }) => external).map(({ path }) => path),
    );
    expect(externals).toEqual([]);
    const asked = kept(bundle).flatMap((path) => /^node:node:(.*)$/.exec(path)?.[1] ?? []);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((path) => !builtinModules.includes(path))).toEqual([]);
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
