import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * The build holds compiled copies of the tests; only the sources are run. No test is timed: the limit
 * only ends one that hangs, however busy the machine is.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/bundle-page.ts'],
    // By default Vitest leaves a core free, which on two cores means one file at a time.
    maxWorkers: availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
