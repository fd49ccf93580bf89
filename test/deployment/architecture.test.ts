// The direction of imports and what each layer may touch. A layer is a folder of lib/, or functions/; the settings of
// sources, which stand beside their readers, are a layer of their own.
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  importsOf,
  lazyImportsOf,
  lineOf,
  nodesOf,
  type Source,
  type SyntaxNode,
  sources,
} from '../support/syntax.ts';

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

/** Settings of sources and formats, and the two lists of them: core makes its configuration of these. */
const SETTINGS = 'settings of sources';
const SETTINGS_FILE = /^lib\/inventory\/(?:.*\/)?(?:settings|kinds)\.ts$/;

const LAYERS: Readonly<Record<string, Layer>> = {
  // The document is made from what lib/runtime says, which so cannot hold it.
  functions: { layers: ['lib/runtime', 'lib/openapi.json'], packages: NONE },
  'lib/runtime': {
    layers: ['lib/sls', 'lib/inventory', 'lib/aws', ...BASE],
    packages: ANY_BUT_SDK,
  },
  'lib/sls': { layers: BASE, packages: ANY_BUT_SDK },
  'lib/inventory': { layers: [SETTINGS, ...BASE], packages: ANY_BUT_SDK },
  // Of core the rooms below it alone, see FLOORS.
  [SETTINGS]: { layers: ['lib/core'], packages: /^zod\/mini$/ },
  // The one layer with SDK clients: nothing else brings one into a bundle.
  'lib/aws': { layers: BASE, packages: /./ },
  'lib/signing': { layers: [], packages: /^node:crypto$/ },
  'lib/core': {
    layers: [SETTINGS],
    // Hashing is pure: the same text, the same digest.
    packages: /^(?:zod\/mini|zod\/v4\/core|node:crypto)$/,
  },
  // The command line: what a person's machine runs. It is imported by no other layer.
  'lib/cli': {
    layers: ['lib/runtime', 'lib/sls', 'lib/inventory', 'lib/aws', ...BASE],
    packages: ANY_BUT_SDK,
  },
  // Runs on the machine that builds and is imported by no other layer; what it writes is made from the others.
  'lib/build': {
    layers: ['lib/runtime', 'lib/sls', 'lib/inventory', 'lib/aws', ...BASE],
    packages: ANY_BUT_SDK,
  },
};

const layerOf = (path: string): string => {
  if (SETTINGS_FILE.test(path)) return SETTINGS;
  const [top, folder] = path.split('/');
  return top === 'lib' ? `${top}/${folder}` : (top as string);
};

/** Samples and facts for the tests, beside what they are of; samples are written in the tests' own words. */
const FOR_TESTS = /^lib\/inventory\/.*\/(?:samples|needs)\.ts$/;

const product = (await sources('functions', 'lib'))
  .filter(({ path }) => !FOR_TESTS.test(path))
  .map((source) => ({ ...source, imports: importsOf(source), lazy: lazyImportsOf(source) }));

/** The layer or the package that an import leads to. */
function targetOf(from: string, specifier: string): { layer?: string; package?: string } {
  if (!specifier.startsWith('.')) return { package: specifier };
  return { layer: layerOf(normalize(join(dirname(from), specifier))) };
}

/** A list of kinds names their readers, which are loaded when a setting asks for one: they come into nothing else. */
function isReader(from: string, specifier: string): boolean {
  return /\/kinds\.ts$/.test(from) && /^\.\/[a-z0-9-]+\/read\.ts$/.test(specifier);
}

test('nothing of the product imports what is there for tests', () => {
  const wrong = product.flatMap(({ path, imports }) =>
    imports.filter((specifier) => FOR_TESTS.test(normalize(join(dirname(path), specifier)))).map(() => path),
  );
  expect(wrong).toEqual([]);
});

test('every layer is listed', () => {
  expect([...new Set(product.map(({ path }) => layerOf(path)))].sort()).toEqual(Object.keys(LAYERS).sort());
});

describe.each(Object.entries(LAYERS))('%s', (name, may) => {
  test('imports only what it may', () => {
    const wrong = product
      .filter(({ path }) => layerOf(path) === name)
      .flatMap(({ path, imports, lazy }) =>
        imports
          .filter((specifier) => !(lazy.includes(specifier) && isReader(path, specifier)))
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

/** The rooms of lib/core and the settings of sources, from the ground up. What stands on one floor imports from the floors below it alone. */
const FLOORS = [
  ['text', 'refusal', 'time'],
  ['address'],
  ['reading', SETTINGS],
  ['group'],
  ['config'],
  ['removal', 'family'],
  ['coverage'],
  ['memory'],
  ['freeze'],
  ['plan'],
  ['report', 'trigger'],
  ['verdict', 'history'],
  ['status'],
] as const;

describe('rooms of lib/core', () => {
  const roomOf = (path: string): string =>
    SETTINGS_FILE.test(path) ? SETTINGS : (path.split('/')[2] as string);
  const floorOf = (room: string) => FLOORS.findIndex((rooms) => (rooms as readonly string[]).includes(room));
  const core = product.filter(({ path }) => ['lib/core', SETTINGS].includes(layerOf(path)));

  test('each is on a floor, and no file stands in the hall', () => {
    expect([...new Set(core.map(({ path }) => roomOf(path)))].sort()).toEqual(FLOORS.flat().toSorted());
  });

  test('import from the floors below and their own room', () => {
    const climbs = core.flatMap(({ path, imports }) =>
      imports
        .filter((specifier) => specifier.startsWith('.') && !isReader(path, specifier))
        .map((specifier) => normalize(join(dirname(path), specifier)))
        .filter((target) => roomOf(target) !== roomOf(path))
        .filter((target) => floorOf(roomOf(target)) >= floorOf(roomOf(path)))
        .map((target) => `${path} imports ${target}`),
    );
    expect(climbs).toEqual([]);
  });
});

test('the parser finds imports of every form', () => {
  const forms = `import a from './a'; import type { B } from './b'; import './c'; export * from './d';
    export { e } from './e'; await import('./f'); type G = import('./g').G; const text = "from './h'";`;
  const found = importsOf({ nodes: nodesOf(forms) });
  expect(found).toEqual(['./a', './b', './c', './d', './e', './f', './g']);
});

test('a function is wiring: 20 lines at most', () => {
  const long = product
    .filter(({ path }) => layerOf(path) === 'functions')
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > 20);
  expect(long).toEqual([]);
});

/** What depends on more than its arguments: `process.x`, `fetch()`, `Date.now`, `Math.random`, `new Date()`. */
function isImpure({ type, object, property, callee, arguments: given }: SyntaxNode): boolean {
  const name = object?.name ?? callee?.name ?? '';
  if (type === 'NewExpression' && name === 'Date') return given?.length === 0;
  if (`${name}.${property?.name}` === 'Date.now' || `${name}.${property?.name}` === 'Math.random')
    return true;
  return ['process', 'console', 'fetch', 'setTimeout', 'setInterval'].includes(name);
}

const at = (source: Source) => (node: SyntaxNode) => `${source.path}:${lineOf(source, node)}`;

test('what decides has no clock, no chance, no environment and no output', () => {
  const seen = nodesOf('process.env; console.log(1); fetch(1); new Date(); Date.now(); Math.random();');
  expect(seen.filter(isImpure).length).toBeGreaterThanOrEqual(6);
  const wrong = product
    .filter(({ path }) => ['lib/core', 'lib/signing', SETTINGS].includes(layerOf(path)))
    .flatMap((source) => source.nodes.filter(isImpure).map(at(source)));
  expect(wrong).toEqual([]);
});

/** The environment of a function, of a build, and the one file of the command line that meets its process. */
const READS_ENVIRONMENT = /^lib\/(?:runtime\/|build\/|cli\/main\.ts$)/;

test('only lib/runtime reads the environment', () => {
  const readers = product
    .filter(({ path }) => !READS_ENVIRONMENT.test(path))
    .flatMap((source) =>
      source.nodes
        .filter(({ object, property }) => object?.name === 'process' && property?.name === 'env')
        .map(at(source)),
    );
  expect(readers).toEqual([]);
});
