// What is deployed, as it is deployed: every bundle loads by itself, holds nothing it should not, and keeps a
// budget of bytes, because no type check notices when an import pulls in half a library.
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, bundleAll, functionFiles, totalBytes } from '../../lib/build/bundle.ts';
import { bundlesTo } from '../support/run/ask.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { loadedBytes, zipBytes } from './bytes.ts';

// Bytes, measured and 5 % added. `loaded` is what every cold start reads: the module and its static imports;
// `total` is the whole unzipped package and `zip` the zipped one. Raise a figure only knowing what came in and why.
interface Budget {
  readonly loaded: number;
  readonly total: number;
  readonly zip: number;
}

/** Of a function that hands one call on to SLS. */
const OF_ONE_CALL: Budget = { loaded: 237_000, total: 249_000, zip: 92_400 };

/** Of those that hold more. */
const BUDGET: Readonly<Record<string, Budget>> = {
  ack: { loaded: 128_000, total: 650_000, zip: 230_000 },
  'approve-removals': { loaded: 441_000, total: 1397_000, zip: 443_000 },
  coverage: { loaded: 415_000, total: 1360_000, zip: 425_000 },
  'create-group': { loaded: 257_000, total: 269_000, zip: 99_000 },
  'delete-group': { loaded: 259_000, total: 335_000, zip: 126_000 },
  explain: { loaded: 434_000, total: 1366_000, zip: 433_000 },
  freeze: { loaded: 124_000, total: 650_000, zip: 230_000 },
  'get-coverage': { loaded: 120_000, total: 640_000, zip: 225_000 },
  history: { loaded: 384_000, total: 396_000, zip: 137_700 },
  hooks: { loaded: 370_000, total: 1471_000, zip: 474_000 },
  'keep-history': { loaded: 191_000, total: 203_000, zip: 76_900 },
  'list-approvals': { loaded: 120_000, total: 640_000, zip: 225_000 },
  'list-groups': { loaded: 237_000, total: 250_000, zip: 92_600 },
  'list-machines': { loaded: 255_000, total: 267_000, zip: 98_500 },
  openapi: { loaded: 176_000, total: 176_000, zip: 34_500 },
  'patch-group': { loaded: 262_000, total: 337_000, zip: 127_000 },
  plan: { loaded: 456_000, total: 1384_000, zip: 440_000 },
  restore: { loaded: 522_000, total: 734_000, zip: 264_000 },
  retire: { loaded: 435_000, total: 1394_000, zip: 434_000 },
  'revoke-approval': { loaded: 70_000, total: 300_000, zip: 110_000 },
  status: { loaded: 136_000, total: 655_000, zip: 234_000 },
  sync: { loaded: 481_000, total: 1430_000, zip: 455_000 },
  'sync-from-inventory': { loaded: 481_000, total: 1458_000, zip: 463_000 },
  'sync-group': { loaded: 481_000, total: 1458_000, zip: 463_000 },
  unack: { loaded: 70_000, total: 271_000, zip: 98_900 },
  unfreeze: { loaded: 75_000, total: 280_000, zip: 102_000 },
  'update-group': { loaded: 261_600, total: 337_000, zip: 127_000 },
  'update-machines': { loaded: 260_300, total: 336_000, zip: 126_000 },
};

/** The AWS clients that a function calls, and so the only ones it may hold. */
const OF_READING = ['auto-scaling', 'dynamodb', 'ec2', 's3', 'secrets-manager', 'ssm', 'sts'];
const OF_SYNC = [...OF_READING, 'sns'];
// Of these four, which write groups that a sync keeps, the memory's client is loaded for such groups alone.
const OF_LEASE = ['dynamodb', 'secrets-manager'];
const CLIENTS: Record<string, readonly string[]> = {
  ack: ['dynamodb', 's3', 'ssm'],
  'approve-removals': [...OF_READING, 'sqs'],
  coverage: OF_READING,
  'delete-group': OF_LEASE,
  explain: OF_READING,
  freeze: ['dynamodb', 's3', 'ssm'],
  'get-coverage': ['dynamodb', 's3', 'ssm'],
  history: ['s3'],
  hooks: [...OF_SYNC, 'sqs'],
  'list-approvals': ['dynamodb', 's3', 'ssm'],
  openapi: [],
  status: ['dynamodb', 's3', 'ssm'],
  'patch-group': OF_LEASE,
  // It has the code of the sync, which tells people. Nothing in it does, and its role may not.
  plan: OF_SYNC,
  restore: ['dynamodb', 's3', 'secrets-manager', 'ssm'],
  retire: OF_READING,
  'revoke-approval': ['dynamodb'],
  sync: OF_SYNC,
  'sync-from-inventory': [...OF_SYNC, 'sqs'],
  'sync-group': [...OF_SYNC, 'sqs'],
  unack: ['dynamodb'],
  unfreeze: ['dynamodb'],
  'update-group': OF_LEASE,
  'update-machines': OF_LEASE,
};
const OF_ANY_OTHER = ['secrets-manager'];

const names = (await functionFiles()).map((file) => basename(file, '.ts')).sort();
const folder = temporaryFolder('bundles');
const outdir = folder.path;
let bundles: Map<string, Bundle>;

beforeAll(async () => {
  // Outside the repository, where no node_modules can come to a bundle's help.
  bundles = new Map((await bundlesTo(outdir)).map((bundle) => [bundle.name, bundle]));
});
afterAll(folder.remove);

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

test('each budget is a function’s', () => {
  expect(Object.keys(BUDGET).filter((name) => !names.includes(name))).toEqual([]);
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
      SYNC_TABLE: 'memory',
      HISTORY_BUCKET: 'history',
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
    const budget = BUDGET[name] ?? OF_ONE_CALL;
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
