import { afterAll, expect, test } from 'vitest';
import { QUICK_BOUNDS } from '../../../src/checker/check.ts';
import { keptVerdicts } from '../../../src/cli/kept/kept-verdicts.ts';
import { storeIn } from '../../../src/cli/kept/store.ts';
import { runSeries } from '../../../src/series/run-series.ts';
import type { VerdictAnswer, VerdictQuestion } from '../../../src/series/verdicts.ts';
import { shippedSuites } from '../../../src/suite/load-suite.ts';
import { temporaryFolder } from '../command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const suite = shippedSuites().find(({ id }) => id === 'cpuid-npt-npt')!;
const request = {
  suites: [{ ...suite, trips: { warmUp: 2, measured: 4 } }],
  seeds: 2,
  bounds: { ...QUICK_BOUNDS, maxStates: 300, runs: 0 },
  jobs: 1,
};
const ANSWER: VerdictAnswer = { violation: null, statesExplored: 7, exhaustive: true };

test('verdicts of check --series that are kept are not found again', async () => {
  const kept = keptVerdicts(storeIn(folder.path, 1e8));
  const asked: VerdictQuestion[] = [];
  // Whatever is not kept yet would be explored: here it is kept before anybody asks for it.
  const verdicts = {
    get: (question: VerdictQuestion): VerdictAnswer | null => {
      asked.push(question);
      if (kept.get(question) === null) kept.put(question, ANSWER);
      return kept.get(question);
    },
    put: () => {
      throw new Error('a verdict that is kept was found again');
    },
  };
  await runSeries({ ...request, verdicts }, () => undefined);
  expect(asked.length).toBeGreaterThan(10);
  const others = keptVerdicts(storeIn(folder.path, 1e8));
  expect(others.get(asked[0]!)).toEqual(ANSWER);
  expect(others.get({ ...asked[0]!, bounds: { ...request.bounds, maxStates: 301 } })).toBeNull();
});
