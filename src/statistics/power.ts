import { normalCdf } from './normal.ts';
import { logGamma } from './special-functions.ts';
import { studentQuantile } from './student-t.ts';

/** Even number of Simpson's intervals; the integrand is smooth, so the error is below 1e-7 even with one degree of freedom. */
const STEPS = 4000;

/**
 * Probability that a noncentral t, (Z + shift) / sqrt(chi² / degrees), is at most `t`: the normal
 * probability averaged over the distribution of the estimated standard deviation.
 */
export function noncentralStudentCdf(t: number, degrees: number, shift: number): number {
  const logScale =
    Math.log(2) + (degrees / 2) * Math.log(degrees / 2) - logGamma(Math.max(0.5, degrees / 2));
  const density = (s: number): number =>
    s === 0
      ? degrees === 1
        ? Math.exp(logScale)
        : 0
      : Math.exp(logScale + (degrees - 1) * Math.log(s) - (degrees * s * s) / 2);
  // The ratio of estimated to true deviation; 10 standard errors hold all but 1e-20 of it.
  const reach = 10 / Math.sqrt(2 * degrees);
  const from = Math.max(0, 1 - reach);
  const width = (1 + reach - from) / STEPS;
  let sum = 0;
  for (let step = 0; step <= STEPS; step++) {
    const s = from + step * width;
    const weight = step === 0 || step === STEPS ? 1 : step % 2 === 1 ? 4 : 2;
    sum += weight * density(s) * normalCdf(t * s - shift);
  }
  return (sum * width) / 3;
}

/**
 * Power of a two-sided paired t test: the chance that it finds a true mean difference of `effect`
 * standard deviations with `pairs` pairs (at least 2) at the level `alpha`.
 */
export function pairedPower(pairs: number, effect: number, alpha: number): number {
  const degrees = pairs - 1;
  const critical = studentQuantile(1 - alpha / 2, degrees);
  const shift = Math.abs(effect) * Math.sqrt(pairs);
  const missed =
    noncentralStudentCdf(critical, degrees, shift) -
    noncentralStudentCdf(-critical, degrees, shift);
  return 1 - missed;
}
