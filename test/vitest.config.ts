// One configuration for every suite. `npm test` runs them all; suites that need a tool that is absent
// skip with the reason printed.
import { defineConfig } from 'vitest/config';
import AreaReporter from './support/area-reporter.ts';
import LongestFirst from './support/longest-first.ts';

// Workers, and what they start, read node_modules compiled: to load it is much of a run.
process.env.NODE_COMPILE_CACHE ??= new URL('../.cache/compiled', import.meta.url).pathname;

/**
 * Folders of which one process runs many files, one after the other: to load the SDK of AWS, zod and the stand-ins anew
 * takes longer than most of them. A file there leaves modules, environment and streams as it found them.
 */
const SHARED = 'deployment|functions|support|unit';
/**
 * But for two that load the whole of zod, which gives the product's the words of that one, and for the long ones, which would
 * hold up the others.
 */
const ALONE = [
  'test/functions/status-page.test.ts',
  'test/deployment/pages.test.ts',
  'test/deployment/{audit,bundle,deploy.moto,lambda-ric,release,serverless}.test.ts',
];

const ROOT = new URL('..', import.meta.url).pathname;

/** Of every project. */
const SUITE = {
  root: ROOT,
  // No suite may let a secret through, made up though they are.
  setupFiles: [new URL('attack/watch-setup.ts', import.meta.url).pathname],
  // What the product logs is printed for tests that fail.
  silent: 'passed-only' as const,
  testTimeout: 30_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    ...SUITE,
    projects: [
      {
        test: {
          ...SUITE,
          name: 'own process',
          include: [`test/!(${SHARED})/**/*.test.ts`, ...ALONE],
        },
      },
      {
        test: {
          ...SUITE,
          name: 'shared process',
          include: [`test/@(${SHARED})/**/*.test.ts`],
          exclude: ALONE,
          isolate: false,
        },
      },
    ],
    globalSetup: [new URL('support/run/serve.ts', import.meta.url).pathname],
    sequence: { sequencer: LongestFirst },
    // One worker a core: many suites wait for processes of their own, and vitest would leave a core idle.
    maxWorkers: '100%',
    reporters: ['default', new AreaReporter()],
    // Many suites are slow by nature; only what stands out gets a line of its own.
    slowTestThreshold: 10_000,
  },
});
