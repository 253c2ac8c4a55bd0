import { expect, test } from 'vitest';
import { noncentralStudentCdf } from '../../src/statistics/power.ts';
import { requiredRuns } from '../../src/statistics/required-runs.ts';
import { studentQuantile } from '../../src/statistics/student-t.ts';

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

/** Power of a two-sided t test of two means, from the noncentral t. */
function power(runs: number, effect: number, alpha: number): number {
  const degrees = 2 * runs - 2;
  const shift = effect * Math.sqrt(runs / 2);
  return 1 - noncentralStudentCdf(studentQuantile(1 - alpha / 2, degrees), degrees, shift);
}

test.each([1, 2, 3])(
  'at the level 0.0001 an effect of %s needs as many as the noncentral t says',
  (effect) => {
    const runs = requiredRuns(effect, 0.0001);
    expect(power(runs + 1, effect, 0.0001)).toBeGreaterThan(0.8);
    expect(power(runs - 2, effect, 0.0001)).toBeLessThan(0.8);
  },
);

test('a large effect still needs two runs, or there is no deviation to compare with', () => {
  expect(requiredRuns(100)).toBe(2);
});

test('no effect is no question', () => {
  expect(() => requiredRuns(0)).toThrow('is not above 0');
});
