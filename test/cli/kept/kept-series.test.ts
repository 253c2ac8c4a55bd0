import { afterAll, expect, test } from 'vitest';
import { QUICK_BOUNDS } from '../../../src/checker/check.ts';
import { keptVerdicts } from '../../../src/cli/kept/kept-verdicts.ts';
import { storeIn } from '../../../src/cli/kept/store.ts';
import { runSeries } from '../../../src/series/run-series.ts';
import type { VerdictQuestion } from '../../../src/series/verdicts.ts';
import { shippedSuites } from '../../../src/suite/load-suite.ts';
import { temporaryFolder } from '../command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const suite = shippedSuites().find(({ id }) => id === 'cpuid-npt-npt')!;
const request = {
  suites: [{ ...suite, trips: { warmUp: 5, measured: 10 } }],
  seeds: 2,
  bounds: { ...QUICK_BOUNDS, maxStates: 300, runs: 0 },
  jobs: 2,
};

test('verdicts of check --series are found once, and the report is the same', async () => {
  const kept = keptVerdicts(storeIn(folder.path, 1e8));
  let found = 0;
  const verdicts = {
    get: kept.get,
    put: (question: VerdictQuestion, answer: Parameters<typeof kept.put>[1]) => {
      found += 1;
      kept.put(question, answer);
    },
  };
  const first = await runSeries({ ...request, verdicts }, () => undefined);
  expect(found).toBeGreaterThan(10);
  const before = found;
  const again = await runSeries({ ...request, verdicts }, () => undefined);
  expect(found).toBe(before);
  expect(again).toEqual(first);
  const others = { ...request, bounds: { ...request.bounds, maxStates: 301 }, verdicts };
  await runSeries(others, () => undefined);
  expect(found).toBe(2 * before);
});
