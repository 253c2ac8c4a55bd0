import { studentCdf } from './student-t.ts';

/**
 * Whether an interval shows that a quantity is, for all practical purposes, 0: it lies within plus or
 * minus `bound`. With a 95 % interval a difference as large as `bound` passes in at most 2.5 % of cases;
 * the usual two one-sided tests at 5 % are the same with a 90 % interval.
 */
export function isEquivalent(
  interval: { readonly low: number; readonly high: number },
  bound: number,
): boolean {
  return interval.low >= -bound && interval.high <= bound;
}

/**
 * P-value of "the mean difference is as large as `bound` or larger", from two one-sided t tests
 * (D. J. Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15(6), 1987). Small means:
 * no difference, within the bound. At least two differences; `bound` above 0.
 */
export function equivalenceP(differences: readonly number[], bound: number): number {
  if (!(bound > 0)) throw new RangeError(`equivalence: the bound ${bound} is not above 0`);
  const n = differences.length;
  if (n < 2) throw new RangeError(`equivalence: ${n} differences; at least 2 are needed`);
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const squares = differences.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const error = Math.sqrt(squares / (n - 1) / n);
  if (error === 0) return Math.abs(mean) < bound ? 0 : 1;
  const above = studentCdf((mean - bound) / error, n - 1);
  const below = 1 - studentCdf((mean + bound) / error, n - 1);
  return Math.max(above, below);
}
