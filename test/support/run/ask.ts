// What is made once for all files of a run (serve.ts), asked for from any of them.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Bundle } from '../../../lib/build/bundle.ts';
import { bundlesIn } from '../../../lib/build/kept.ts';

export interface Taken {
  readonly url: string;
}

/**
 * @typeParam T its shape, which nothing checks
 * @throws Error with the message that making it ended with
 */
export async function ofThisRun<T>(
  what: 'bundles' | 'cli' | 'package' | 'moto' | 'moto-back',
  about: unknown = null,
): Promise<T> {
  const response = await fetch(inject('run'), { method: 'POST', body: JSON.stringify([what, about]) });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

/** Every function's bundle; nothing may be written where they are. */
export async function bundlesOfRun(): Promise<Bundle[]> {
  return bundlesIn(await ofThisRun<string>('bundles'));
}

/**
 * Copies of bundles, outside the repository, where no node_modules can come to their help.
 * @param names every function unless given
 */
export async function bundlesTo(outdir: string, ...names: string[]): Promise<Bundle[]> {
  const folder = await ofThisRun<string>('bundles');
  const all = await bundlesIn(folder);
  const wanted = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  await Promise.all(wanted.map(({ name, dir }) => cp(dir, join(outdir, name), { recursive: true })));
  return wanted.map((bundle) => {
    const dir = join(outdir, bundle.name);
    return { ...bundle, dir, file: join(dir, 'index.mjs') };
  });
}
