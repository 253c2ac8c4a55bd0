import { defineConfig } from 'vitest/config';

/** The build holds compiled copies of the tests; only the sources are run. */
export default defineConfig({
  test: { include: ['test/**/*.test.ts'] },
});
