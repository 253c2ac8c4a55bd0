import { expect, test } from 'vitest';
import { requiredRuns } from '../../src/statistics/required-runs.ts';

// Exact numbers for a two-sided two-sample t test at 0.05 with power 0.8, as in J. Cohen, "Statistical
// Power Analysis for the Behavioral Sciences", 2nd ed. 1988, table 2.4.1.
test.each([
  [0.2, 394],
  [0.5, 64],
  [0.8, 26],
  [1, 17],
])('an effect of %s standard deviations needs %s runs on each side', (effect, runs) => {
  expect(Math.abs(requiredRuns(effect) - runs)).toBeLessThanOrEqual(1);
});

test('a large effect still needs two runs, or there is no deviation to compare with', () => {
  expect(requiredRuns(100)).toBe(2);
});

test('no effect is no question', () => {
  expect(() => requiredRuns(0)).toThrow('is not above 0');
});
