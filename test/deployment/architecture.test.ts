// The direction of imports and what each layer may touch. A layer is a folder of lib/, or functions/.
import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../lib/build/bundle.ts';

interface Layer {
  /** Other layers it may import. */
  readonly layers: readonly string[];
  /** Packages it may import; node's own modules count as packages. */
  readonly packages: RegExp;
}

const NONE = /^$/;
const ANY_BUT_SDK = /^(?!@aws-sdk\/)/;
/** What everything may stand on: values and rules, without I/O. */
const BASE = ['lib/core', 'lib/signing'];

const LAYERS: Readonly<Record<string, Layer>> = {
  functions: { layers: ['lib/runtime'], packages: NONE },
  'lib/runtime': {
    layers: ['lib/sls', 'lib/inventory', 'lib/aws', 'lib/openapi.json', ...BASE],
    packages: ANY_BUT_SDK,
  },
  'lib/sls': { layers: BASE, packages: ANY_BUT_SDK },
  'lib/inventory': { layers: BASE, packages: ANY_BUT_SDK },
  // The one layer with SDK clients: nothing else brings one into a bundle.
  'lib/aws': { layers: BASE, packages: /./ },
  'lib/signing': { layers: [], packages: /^node:crypto$/ },
  'lib/core': {
    layers: [],
    // Hashing is pure: the same text, the same digest.
    packages: /^(?:zod\/mini|zod\/v4\/core|node:crypto)$/,
  },
  // Runs on the machine that builds and is imported by no other layer; what it writes is made from the others.
  'lib/build': { layers: ['lib/runtime', 'lib/sls', 'lib/aws', ...BASE], packages: ANY_BUT_SDK },
};

const IMPORT = /\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g;

const layerOf = (path: string): string => {
  const [top, folder] = path.split('/');
  return top === 'lib' ? `${top}/${folder}` : (top as string);
};

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

async function sources(...folders: string[]): Promise<Source[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(ROOT, folder), { recursive: true });
      return names.filter((name) => /\.[cm]?[jt]s$/.test(name)).map((name) => `${folder}/${name}`);
    }),
  );
  return Promise.all(
    found.flat().map(async (path) => {
      const text = await readFile(join(ROOT, path), 'utf8');
      return { path, text, imports: [...text.matchAll(IMPORT)].map((match) => match[2] as string) };
    }),
  );
}

const product = await sources('functions', 'lib');

/** The layer or the package that an import leads to. */
function targetOf(from: string, specifier: string): { layer?: string; package?: string } {
  if (!specifier.startsWith('.')) return { package: specifier };
  return { layer: layerOf(normalize(join(dirname(from), specifier))) };
}

test('every layer is listed', () => {
  expect([...new Set(product.map(({ path }) => layerOf(path)))].sort()).toEqual(Object.keys(LAYERS).sort());
});

describe.each(Object.entries(LAYERS))('%s', (name, may) => {
  test('imports only what it may', () => {
    const wrong = product
      .filter(({ path }) => layerOf(path) === name)
      .flatMap(({ path, imports }) =>
        imports
          .map((specifier) => ({ specifier, ...targetOf(path, specifier) }))
          .filter(({ layer, package: name_ }) =>
            layer === undefined
              ? !may.packages.test(name_ as string)
              : layer !== name && !may.layers.includes(layer),
          )
          .map(({ specifier }) => `${path} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });
});

/** The rooms of lib/core, from the ground up. What stands on one floor imports from the floors below it alone. */
const FLOORS = [
  ['text'],
  ['address', 'reading'],
  ['group'],
  ['config'],
  ['removal'],
  ['plan'],
  ['report', 'trigger'],
] as const;

describe('rooms of lib/core', () => {
  const roomOf = (path: string): string => path.split('/')[2] as string;
  const floorOf = (room: string) => FLOORS.findIndex((rooms) => (rooms as readonly string[]).includes(room));
  const core = product.filter(({ path }) => layerOf(path) === 'lib/core');

  test('each is on a floor, and no file stands in the hall', () => {
    expect([...new Set(core.map(({ path }) => roomOf(path)))].sort()).toEqual(FLOORS.flat().toSorted());
  });

  test('import from the floors below and their own room', () => {
    const climbs = core.flatMap(({ path, imports }) =>
      imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => normalize(join(dirname(path), specifier)))
        .filter((target) => roomOf(target) !== roomOf(path))
        .filter((target) => floorOf(roomOf(target)) >= floorOf(roomOf(path)))
        .map((target) => `${path} imports ${target}`),
    );
    expect(climbs).toEqual([]);
  });
});

test('the scan sees every import that esbuild sees', async () => {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: product.map(({ path }) => path),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const missed = product.flatMap(({ path, imports }) =>
    (metafile.inputs[path]?.imports ?? [])
      .map(({ original, path: resolved }) => original ?? resolved)
      .filter((specifier) => !imports.includes(specifier))
      .map((specifier) => `${path}: ${specifier}`),
  );
  expect(missed).toEqual([]);
  const code = Object.keys(metafile.inputs).filter((path) => !path.endsWith('.json'));
  expect(code.sort()).toEqual(product.map(({ path }) => path).sort());
});

test('zod comes as a namespace of its small build', () => {
  // `import { z }` brings every locale: over 400 KB in each bundle.
  const wrong = product.flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter(
        (line) =>
          /\bfrom 'zod/.test(line) &&
          !/^import (type )?\* as z from 'zod\/mini';$/.test(line) &&
          line !== "import { $constructor } from 'zod/v4/core';",
      )
      .map((line) => `${path}: ${line}`),
  );
  expect(wrong).toEqual([]);
});

test('node modules carry their prefix', () => {
  const bare = product.flatMap(({ path, imports }) =>
    imports.filter((name) => isBuiltin(name) && !name.startsWith('node:')).map((name) => `${path}: ${name}`),
  );
  expect(bare).toEqual([]);
});

test('a function is wiring: 20 lines at most', () => {
  const long = product
    .filter(({ path }) => layerOf(path) === 'functions')
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > 20);
  expect(long).toEqual([]);
});

test('what decides has no clock, no chance, no environment and no output', () => {
  const touches =
    /\b(process|console|fetch|setTimeout|setInterval)\b[.(]|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b/;
  const wrong = product
    .filter(({ path }) => ['lib/core', 'lib/signing'].includes(layerOf(path)))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && touches.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
  expect(wrong).toEqual([]);
});

test('only lib/runtime reads the environment', () => {
  const readers = product
    .filter(({ path, text }) => !/^lib\/(runtime|build)\//.test(path) && /\bprocess\.env\b/.test(text))
    .map(({ path }) => path);
  expect(readers).toEqual([]);
});
