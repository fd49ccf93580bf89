// The sources of the product as a parser sees them: what a test says of code it says of its syntax, not of its text.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAst } from 'vitest/node';
import { ROOT } from '../../lib/build/bundle.ts';

/** As ESTree has it; the fields that tests look at. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly name?: string;
  readonly value?: unknown;
  readonly object?: SyntaxNode;
  readonly property?: SyntaxNode;
  readonly callee?: SyntaxNode;
  readonly source?: SyntaxNode;
  readonly arguments?: readonly SyntaxNode[];
  readonly regex?: { readonly pattern: string; readonly flags: string };
}

export interface Source {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
  readonly nodes: readonly SyntaxNode[];
}

/** Every file of code in these folders, sorted by path. */
export async function sources(...folders: string[]): Promise<Source[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(ROOT, folder), { recursive: true });
      return names.filter((name) => /\.[cm]?[jt]s$/.test(name)).map((name) => `${folder}/${name}`);
    }),
  );
  return Promise.all(
    found
      .flat()
      .sort()
      .map(async (path) => {
        const text = await readFile(join(ROOT, path), 'utf8');
        return { path, text, nodes: nodesOf(text) };
      }),
  );
}

/** What a file imports, for types or values, at its head or on the way. */
export const importsOf = ({ nodes }: Pick<Source, 'nodes'>): string[] =>
  nodes.flatMap(({ source }) => (typeof source?.value === 'string' ? [source.value] : []));

/** Those of them that are loaded on the way alone. */
export function lazyImportsOf({ nodes }: Pick<Source, 'nodes'>): string[] {
  const isLazy = ({ type }: SyntaxNode) => type === 'ImportExpression';
  const atOnce = new Set(importsOf({ nodes: nodes.filter((node) => !isLazy(node)) }));
  return importsOf({ nodes: nodes.filter(isLazy) }).filter((name) => !atOnce.has(name));
}

/** `line` of a node, from 1. */
export const lineOf = ({ text }: Source, node: SyntaxNode): number =>
  text.slice(0, node.start).split('\n').length;

/** Every node of a text in TypeScript, whatever it stands in. */
export function nodesOf(text: string): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && typeof value.type === 'string') nodes.push(value as SyntaxNode);
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(parseAst(text, { lang: 'ts' }));
  return nodes;
}
