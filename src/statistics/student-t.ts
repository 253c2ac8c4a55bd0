import { normalQuantile } from './normal.ts';
import { regularisedBeta } from './special-functions.ts';

/** Probability that Student's t with `degrees` of freedom (at least 1) is at most `t`. */
export function studentCdf(t: number, degrees: number): number {
  if (!(degrees >= 1)) throw new RangeError(`Student's t: ${degrees} degrees of freedom`);
  if (Number.isNaN(t)) return Number.NaN;
  if (!Number.isFinite(t)) return t < 0 ? 0 : 1;
  const tail = regularisedBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t < 0 ? tail : 1 - tail;
}

/**
 * The t whose studentCdf(t, degrees) is `p`, for p strictly between 0 and 1. By bisection in the
 * tail of `p`; relative error about 1e-12.
 */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`Student's t: the probability ${p} has no quantile`);
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  // The tails of t are heavier than the normal's, so its quantile is a bound on this side.
  let low = normalQuantile(tail);
  while (studentCdf(low, degrees) > tail) low *= 2;
  let high = 0;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, degrees) < tail) low = middle;
    else high = middle;
  }
  return p < 0.5 ? high : -high;
}
