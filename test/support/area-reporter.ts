// The end of a run: what each area of the tests came to, and what was skipped for which reason.
import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

interface Area {
  files: number;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
}

const NOTHING: Area = { files: 0, passed: 0, failed: 0, skipped: 0, seconds: 0 };
const FOLDER = new URL('..', import.meta.url).pathname;

export default class AreaReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const areas = new Map<string, Area>();
    /** Reason, file, number of tests. */
    const skipped = new Map<string, Map<string, number>>();
    for (const module of modules) {
      const path = relative(FOLDER, module.moduleId);
      const name = path.split('/')[0] as string;
      const area = areas.get(name) ?? { ...NOTHING };
      areas.set(name, area);
      area.files += 1;
      area.seconds += module.diagnostic().duration / 1_000;
      // A file that does not load has no tests that could fail.
      if (module.state() === 'failed' && module.errors().length > 0) area.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') area[state] += 1;
        else {
          area.skipped += 1;
          const reason = reasonOf(test);
          const files = skipped.get(reason) ?? new Map<string, number>();
          skipped.set(reason, files.set(path, (files.get(path) ?? 0) + 1));
        }
      }
    }
    const lines = [...areas].toSorted().map(([name, area]) => rowOf(name, area));
    for (const [reason, files] of skipped) {
      const counts = Array.from(files, ([path, count]) => `  ${path}: ${count}`);
      lines.push('', `skipped: ${reason}`, ...counts);
    }
    process.stdout.write(`\n${lines.join('\n')}\n\n`);
  }
}

function rowOf(name: string, { files, passed, failed, skipped, seconds }: Area): string {
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  return `${name.padEnd(12)}${counts}, ${files} files, ${Math.round(seconds)} s of tests`;
}

/** That of the test or of the nearest suite around it that has one. */
function reasonOf(test: TestCase): string {
  for (let at: TestCase | TestCase['parent'] = test; at.type !== 'module'; at = at.parent) {
    const { skipped } = at.meta();
    if (skipped !== undefined) return skipped;
  }
  return 'by hand, or because another test of its suite did not begin';
}
