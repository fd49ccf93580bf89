// The bill of materials of what is deployed, in CycloneDX 1.6: every package that left bytes in a bundle, with its
// version, licence and the digest the lock file holds. Written beside the bundles at packaging.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bundle, ROOT } from './bundle.ts';

export interface Component {
  readonly type: 'library';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly [{ readonly license: { readonly id: string } }];
  readonly hashes: readonly { readonly alg: 'SHA-512'; readonly content: string }[];
  /** Bundles that hold it. */
  readonly properties: readonly { readonly name: 'bundle'; readonly value: string }[];
}

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
}

/** @throws Error for a package without a licence or without an entry in the lock file */
export async function billOfMaterials(bundles: readonly Bundle[]): Promise<object> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const own = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const holders = new Map<string, Set<string>>();
  for (const { name, metafile } of bundles) {
    for (const folder of packageFolders(metafile)) {
      holders.set(folder, (holders.get(folder) ?? new Set()).add(name));
    }
  }
  const components = await Promise.all(
    [...holders].sort().map(([folder, names]) => component(folder, [...names].sort(), lock.packages[folder])),
  );
  const serial = createHash('sha256').update(JSON.stringify(components)).digest('hex');
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    // From the contents, so that the same code has the same bill.
    serialNumber: `urn:uuid:${uuidFrom(serial)}`,
    version: 1,
    metadata: { component: { type: 'application', name: own.name, version: own.version } },
    components,
  };
}

export async function writeBillOfMaterials(bundles: readonly Bundle[], outdir: string): Promise<void> {
  const bill = await billOfMaterials(bundles);
  await writeFile(join(outdir, 'meta', 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
}

/** `node_modules/…` folders of the packages that esbuild kept something of. */
function packageFolders(metafile: Bundle['metafile']): Set<string> {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder && bytesInOutput > 0) folders.add(folder);
    }
  }
  return folders;
}

async function component(folder: string, bundles: string[], locked?: LockedPackage): Promise<Component> {
  const { name, license } = JSON.parse(await readFile(join(ROOT, folder, 'package.json'), 'utf8'));
  if (!locked?.integrity) throw new Error(`${folder} is in a bundle and not in the lock file`);
  if (typeof license !== 'string') throw new Error(`${folder} names no licence`);
  const { version, integrity } = locked;
  return {
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: [{ license: { id: license } }],
    hashes: [{ alg: 'SHA-512', content: digestOf(integrity) }],
    properties: bundles.map((value) => ({ name: 'bundle', value })),
  };
}

/** `sha512-<base64>` of the lock file as the hexadecimal that CycloneDX wants. */
function digestOf(integrity: string): string {
  return Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
}

/** A version 8 UUID (RFC 9562): any 122 bits of one's own. */
function uuidFrom(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
