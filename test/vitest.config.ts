// One configuration for every suite. `npm test` runs them all; suites that need a tool that is absent
// skip with the reason printed.
import { defineConfig } from 'vitest/config';
import AreaReporter from './support/area-reporter.ts';

// Workers, and what they start, read node_modules compiled: as each file has a process of its own, that is much of a run.
process.env.NODE_COMPILE_CACHE ??= new URL('../.cache/compiled', import.meta.url).pathname;

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    globalSetup: [new URL('support/run/serve.ts', import.meta.url).pathname],
    // No suite may let a secret through, made up though they are.
    setupFiles: [new URL('attack/watch-setup.ts', import.meta.url).pathname],
    // One worker a core: many suites wait for processes of their own, and vitest would leave a core idle.
    maxWorkers: '100%',
    reporters: ['default', new AreaReporter()],
    // What the product logs is printed for tests that fail.
    silent: 'passed-only',
    // Many suites are slow by nature; only what stands out gets a line of its own.
    slowTestThreshold: 10_000,
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
