// The documentation as files: every page, its headings, its links and its fenced blocks.
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from '../../lib/build/bundle.ts';

const PAGES = ['README.md', 'docs/**/*.md', '.github/*.md', 'lib/**/*.md'];

/** A fenced block of a page. */
export interface Block {
  /** Line of its fence, from 1. */
  readonly line: number;
  /** What follows the fence, such as `sh deployed`. */
  readonly info: string;
  readonly text: string;
}

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** As GitHub makes them of headings. */
  readonly anchors: readonly string[];
  /** Relative targets, anchors included, as they are written. */
  readonly links: readonly string[];
}

export async function pages(): Promise<Page[]> {
  const paths: string[] = [];
  for await (const path of glob(PAGES, { cwd: ROOT })) paths.push(path);
  return paths.sort().map(pageAt);
}

export function pageAt(path: string): Page {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const { blocks, prose } = split(text);
  const headings = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => title);
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return {
    path,
    text,
    blocks,
    anchors: anchorsOf(headings),
    links: links.filter((target) => !/^[a-z]+:/.test(target)),
  };
}

/** Where a link of a page leads: a path from the root, and an anchor if it has one. */
export function targetOf({ path }: Page, link: string): { readonly path: string; readonly anchor?: string } {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? path : normalize(join(dirname(path), file));
  return { path: target, ...(anchor !== undefined && { anchor }) };
}

function split(text: string): { blocks: Block[]; prose: string } {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { line: number; info: string; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const [, info] = /^```(.*)$/.exec(line) ?? [];
    if (open === undefined) {
      if (info === undefined) prose.push(line);
      else open = { line: index + 1, info, lines: [] };
    } else if (info === '') {
      blocks.push({ line: open.line, info: open.info, text: open.lines.map((each) => `${each}\n`).join('') });
      open = undefined;
    } else open.lines.push(line);
  }
  if (open) throw new Error(`the block of line ${open.line} has no end`);
  return { blocks, prose: prose.join('\n') };
}

/** Letters, digits, `_` and `-` of a heading in lower case, blanks as `-`; a heading that comes again has a number. */
function anchorsOf(headings: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return headings.map((heading) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const anchor = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}
