import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { builtSources, isBuilt } from './test/built-sources.ts';

const ROOT = import.meta.dirname;

/**
 * `npm test` runs what finds most (CONTRIBUTING.md says how long it takes); `npm run test:all` (`--mode all`) the files named
 * `*.long.test.ts` too, and the larger amounts of `test/amount.ts`. The build holds compiled copies of the
 * tests, which nobody runs. No test is timed: the limit only ends one that hangs, however busy the
 * machine is.
 */
export default defineConfig(({ mode }) => ({
  // `npm run dev` and the mutation runner say `--mode sources`: what they test, they change.
  plugins: mode !== 'sources' && isBuilt(ROOT) ? [builtSources(ROOT)] : [],
  test: {
    // Node loads it.
    server: { deps: { external: [/\/dist\//] } },
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(mode === 'all' ? [] : ['**/*.long.test.ts'])],
    env: {
      ASIDBENCH_TESTS: mode === 'all' ? 'all' : 'quick',
      // What a test shows, it computes.
      ASIDBENCH_FRESH: '1',
    },
    // Tests of the command line run what is built, which no import of theirs tells.
    watchTriggerPatterns: [
      {
        pattern: /dist\/src\/cli\/commands\/(\w+)\b/,
        testsToRun: (_file, [, command]) => `test/cli/${command}.test.ts`,
      },
    ],
    globalSetup: ['test/bundle-page.ts'],
    // Files share the modules of a worker. Isolated ones would load the whole model anew for each file, which
    // takes as long as the tests do.
    isolate: false,
    // By default Vitest leaves a core free, which on two cores means one file at a time.
    maxWorkers: availableParallelism(),
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
}));
