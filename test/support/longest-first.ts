// The order of files: what takes longest begins first, so that no worker is left with it when the others are through. vitest
// knows how long a file took only where it has run before, and goes by sizes otherwise.
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, in this order; files that are not here come after those. */
const LONGEST = [
  'tools/docs/pasted',
  'deployment/serverless',
  'deployment/deploy.moto',
  'deployment/release',
  'attack/bad-requests',
  'tools/local/start',
  'attack/simulation/sabotage',
  'attack/simulation/simulation',
  'tools/cli/asks',
  'attack/writers/holder',
];

const FOLDER = new URL('..', import.meta.url).pathname;

function placeOf({ moduleId }: TestSpecification): number {
  const at = LONGEST.indexOf(relative(FOLDER, moduleId).replace(/\.test\.ts$/, ''));
  return at === -1 ? LONGEST.length : at;
}

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
