// Which of a bundle's files lead to which. esbuild also writes chunks of modules whose import it then drops.
import type { Metafile } from 'esbuild';

type Kind = Metafile['outputs'][string]['imports'][number]['kind'];

/** What loading a file loads at once. */
export const AT_ONCE: readonly Kind[] = ['import-statement'];
/** What a file can ever come to load. */
export const EVER: readonly Kind[] = [...AT_ONCE, 'dynamic-import'];

/** The output `entry` and every output that it leads to by imports of these kinds, under esbuild's paths. */
export function reachedFrom(entry: string, { outputs }: Metafile, kinds: readonly Kind[]): Set<string> {
  const reached = new Set([entry]);
  for (const path of reached) {
    for (const { path: next, kind, external } of outputs[path]?.imports ?? []) {
      if (!external && kinds.includes(kind)) reached.add(next);
    }
  }
  return reached;
}
