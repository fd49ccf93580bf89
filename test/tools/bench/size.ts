// How big the deployed functions are.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAll, totalBytes } from '../../../lib/build/bundle.ts';
import { loadedBytes, zipBytes } from '../../deployment/bytes.ts';
import { type Goal, type Result, single } from './result.ts';

/** KB of a zip, by function. */
const GOALS: Readonly<Record<string, number>> = { 'get-group': 100, 'create-group': 100 };

export async function run(): Promise<Result[]> {
  const outdir = await mkdtemp(join(tmpdir(), 'size-'));
  try {
    const figures: Result['figures'][number][] = [];
    const goals: Goal[] = [];
    for (const bundle of await bundleAll({ outdir })) {
      const zip = (await zipBytes(bundle)) / 1000;
      const { name } = bundle;
      figures.push(
        [`${name}: zip`, 'KB', single(zip)],
        [`${name}: loaded at start, unzipped`, 'KB', single(loadedBytes(bundle) / 1000)],
        [`${name}: all, unzipped`, 'KB', single(totalBytes(bundle) / 1000)],
      );
      const atMost = GOALS[name];
      if (atMost === undefined) continue;
      goals.push({ ratio: { of: name, to: '1 KB', ...single(zip) }, says: `${name}: zip in KB`, atMost });
    }
    return [{ title: 'Size', figures, goals, notes: ['KB are 1000 bytes; zip at level 9.'] }];
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
