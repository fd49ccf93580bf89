// What is built and handed on holds no secret of whoever builds it: packaged with one in every variable that tools keep
// secrets in, and read back, zips and all.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_OUTDIR, ROOT } from '../../lib/build/bundle.ts';
import { oslsPackageAnew, type Package } from '../deployment/osls.ts';
import { needs } from '../support/needs.ts';
import { LONG } from '../support/whole.ts';
import { searchFor, secretsIn } from './markers.ts';

/** Where the tools of AWS, Alibaba Cloud, npm and their like look for secrets, or a builder may keep his. */
const VARIABLES = [
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  ...['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'ALIBABA_CLOUD_SECURITY_TOKEN'],
  ...[
    'SLS_ACCESS_KEY_ID',
    'SLS_ACCESS_KEY_SECRET',
    'SLS_SECURITY_TOKEN',
    'SLS_HOOK_KEY',
    'SYNC_HEADER_SECRET',
  ],
  ...['NPM_TOKEN', 'NODE_AUTH_TOKEN', 'GITHUB_TOKEN', 'HOOK_SECRET', 'DATABASE_URL'],
];
/** How each of them begins, by which any is found. */
const BUILDER = 'builderSecret+9x/Kq"v\\Zt=e2-';
const environment = Object.fromEntries(VARIABLES.map((name) => [name, `${BUILDER}${name}`]));
const leaks = searchFor({ builder: BUILDER });

/** What a deployment is told, so that it may and has to come out. */
const SHOWN = 'a-project-of-the-builder';

/** What esbuild says of the bundles, and the bill of what is in them. */
const META = join(DEFAULT_OUTDIR, 'meta');

/** Paths below a folder, however deep. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}

let made: Package;
/** Texts by where they are. */
const artefacts = new Map<string, string>();

beforeAll(async () => {
  // Nobody is there for a packaging that would use the credentials.
  const away = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_EC2_METADATA_DISABLED: 'true' };
  made = await oslsPackageAnew({ ...environment, ...away }, `slsProject=${SHOWN}`);
  const read = async (name: string, file: string) => {
    const bytes = await readFile(file);
    artefacts.set(name, bytes.toString('latin1'));
    if (!file.endsWith('.zip')) return;
    for (const [path, content] of Object.entries(unzipSync(bytes))) {
      artefacts.set(`${name}/${path}`, Buffer.from(content).toString());
    }
  };
  for (const file of await filesIn(made.dir)) await read(file, join(made.dir, file));
  for (const file of await filesIn(META)) await read(`meta/${file}`, join(META, file));
  const generated = ['openapi.json', 'core/config/sync-config.schema.json'];
  for (const file of await filesIn(join(ROOT, 'lib/ram'))) generated.push(`ram/${file}`);
  for (const file of generated) await read(`lib/${file}`, join(ROOT, 'lib', file));
  artefacts.set('what osls printed', made.said);
}, 120_000);
afterAll(() => made?.remove());

// Packaged anew, with every bundle: most of a minute in a fresh clone.
describe('the artefacts', needs(LONG), () => {
  test('are all there, and readable', () => {
    const names = [...artefacts.keys()];
    const functions = made.ofType('AWS::Lambda::Function').length;
    expect(names.filter((name) => name.endsWith('.zip'))).toHaveLength(functions);
    expect(names.filter((name) => name.endsWith('/index.mjs'))).toHaveLength(functions);
    expect(names).toEqual(
      expect.arrayContaining(['serverless-state.json', 'lib/openapi.json', 'lib/ram/sync.json']),
    );
    expect(names).toContain('meta/sbom.cdx.json');
    expect(artefacts.get('what osls printed')).toMatch(/\S/);
    const holding = names.filter((name) => artefacts.get(name)?.includes(SHOWN));
    expect(holding).toEqual(
      expect.arrayContaining(['serverless-state.json', 'cloudformation-template-update-stack.json']),
    );
  });
  test('hold no secret of the environment they were made in', () => {
    for (const [name, text] of artefacts) expect(leaks(text), name).toEqual([]);
  });
  test('hold no secret of the suites', () => {
    for (const [name, text] of artefacts) expect(secretsIn(text), name).toEqual([]);
  });
  test('hold nothing that writes traces: what X-Ray is sent is Lambda’s own', () => {
    const { components } = JSON.parse(artefacts.get('meta/sbom.cdx.json') ?? '{}') as {
      components: { name: string }[];
    };
    expect(components.length).toBeGreaterThan(10);
    expect(components.filter(({ name }) => /xray|x-ray|opentelemetry|tracer/i.test(name))).toEqual([]);
  });
  test('are found to hold a secret when they do', () => {
    for (const [where, text] of artefacts) {
      const [, secret = ''] = Object.entries(environment)[where.length % VARIABLES.length] ?? [];
      const spoilt = `${text}${Buffer.from(secret).toString('base64')}`;
      expect(leaks(spoilt), where).toHaveLength(1);
    }
  });
});
