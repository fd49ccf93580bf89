// What comes from others: where it is from, under which licence, and what it may run when it is installed.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';
import { billOfMaterials, type Component } from '../../lib/build/sbom.ts';
import { bundlesOfRun } from '../support/run/ask.ts';

/** What is used of npm's own reader of ranges; it comes with other packages. */
interface Semver {
  satisfies(version: string, range: string): boolean;
  minVersion(range: string): object;
}

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
  readonly engines?: { readonly node?: string };
}

const read = async (file: string) => JSON.parse(await readFile(join(ROOT, file), 'utf8'));
const lock = (await read('package-lock.json')) as { packages: Record<string, Locked> };
const own = (await read('package.json')) as {
  allowScripts: Record<string, boolean>;
  dependencies: object;
  engines: { node: string };
};
const { engines } = own;
const packages = Object.entries(lock.packages).filter(([folder]) => folder !== '');
const nameOf = (folder: string) => folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Licences that ask for no more than their own text and name. */
const LICENCES = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];

describe('the lock file', () => {
  test('holds nothing to be installed that warns of the Node that package.json asks for', () => {
    const { satisfies, minVersion } = createRequire(import.meta.url)('semver') as Semver;
    const asked = engines.node.split(' || ').map((range) => String(minVersion(range)));
    expect(asked).toEqual(['22.18.0', '24.0.0', '26.0.0']);
    const ranges = packages.flatMap(([folder, entry]) =>
      entry.engines?.node ? [[folder, entry.engines.node]] : [],
    );
    expect(ranges.length).toBeGreaterThan(100);
    for (const node of asked) {
      expect(
        ranges.filter(([, range]) => !satisfies(node, range as string)),
        node,
      ).toEqual([]);
    }
  });
  test('holds a digest of every package and names no registry', () => {
    const bare = packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
    expect(bare.map(([folder]) => folder)).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
  test('has every install script on the written list, and nothing on the list that has none', () => {
    const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript);
    expect([...new Set(scripted.map(([folder]) => nameOf(folder)))].sort()).toEqual(
      // fsevents is for another system and never installed here.
      [...Object.keys(own.allowScripts)].sort(),
    );
  });
  test('deploys nothing that runs a script when it is installed', () => {
    const deployed = packages.filter(([, { dev, devOptional }]) => !dev && !devOptional);
    expect(deployed.length).toBeGreaterThan(10);
    expect(deployed.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });
  test('deploys under licences on the written list only', () => {
    const deployed = packages.filter(([, { dev, devOptional }]) => !dev && !devOptional);
    const others = deployed.filter(([, { license }]) => !LICENCES.includes(license ?? ''));
    expect(others.map(([folder, { license }]) => `${folder}: ${license}`)).toEqual([]);
  });
});

describe('the bill of materials', () => {
  let bill: { components: Component[]; serialNumber: string };
  beforeAll(async () => {
    bill = (await billOfMaterials(await bundlesOfRun())) as typeof bill;
  });

  test('names only packages that the lock file deploys, at its versions', () => {
    expect(bill.components.length).toBeGreaterThan(10);
    for (const { name, version } of bill.components) {
      const locked = packages.filter(
        ([folder, entry]) => nameOf(folder) === name && entry.version === version,
      );
      expect(
        locked.map(([, { dev }]) => dev ?? false),
        `${name}@${version}`,
      ).toContain(false);
    }
  });
  test('says of each which licence it has and which bundles hold it', () => {
    for (const { licenses, properties, hashes } of bill.components) {
      expect(LICENCES).toContain(licenses[0].license.id);
      expect(properties.length).toBeGreaterThan(0);
      expect(hashes[0]?.content).toMatch(/^[0-9a-f]{128}$/);
    }
    expect(bill.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
  test('has the packages that a reader expects', () => {
    const names = bill.components.map(({ name }) => name);
    for (const name of ['@aws-sdk/client-secrets-manager', '@middy/core', 'zod'])
      expect(names).toContain(name);
    expect(names).not.toContain('vitest');
  });
});
