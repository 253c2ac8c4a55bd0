import { normalQuantile } from './normal.ts';

/**
 * Runs that each of two kernels needs, so that a two-sided t test of their means finds a true
 * difference of `effect` standard deviations of one run with probability `power`. The normal formula
 * with the correction for an estimated deviation: W. C. Guenther, "Sample size formulas for normal
 * theory t tests", The American Statistician 35(4), 1981. `effect` is above 0.
 */
export function requiredRuns(effect: number, alpha = 0.05, power = 0.8): number {
  if (!(effect > 0)) throw new RangeError(`requiredRuns: the effect ${effect} is not above 0`);
  const level = normalQuantile(1 - alpha / 2);
  const reach = (level + normalQuantile(power)) / effect;
  return Math.max(2, Math.ceil(2 * reach * reach + (level * level) / 4));
}
