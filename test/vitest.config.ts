// One configuration for every suite. `npm test` runs them all; suites that need a tool that is absent
// skip with the reason printed.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // No suite may let a secret through, made up though they are.
    setupFiles: [new URL('attack/watch-setup.ts', import.meta.url).pathname],
    // One worker a core: many suites wait for processes of their own, and vitest would leave a core idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
