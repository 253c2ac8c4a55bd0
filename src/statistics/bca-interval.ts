import type { EstimatedInterval } from './estimated-interval.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { ascending, quantileOfSorted } from './quantile.ts';

/** What to resample. Indices stand for whole samples, so that pairs stay pairs. */
export interface BootstrapProblem {
  /** Number of samples, at least 1. */
  readonly sampleCount: number;
  /** The statistic of the samples with these indices; an index may repeat. */
  readonly statistic: (indices: Int32Array) => number;
  /** Probability that the interval is to cover, for example 0.95. */
  readonly level: number;
  /** Number of bootstrap samples, at least 1; 2000 is enough for a 95 % interval. */
  readonly resamples: number;
  /** Source of integers from 0 to 2^32 - 1; sampleCount × resamples of them are drawn. */
  readonly nextUint32: () => number;
}

function checkProblem({ sampleCount, level, resamples }: BootstrapProblem): void {
  if (!Number.isInteger(sampleCount) || sampleCount < 1) {
    throw new RangeError(`bootstrap: ${sampleCount} samples; at least 1 is needed`);
  }
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`bootstrap: ${resamples} resamples; at least 1 is needed`);
  }
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`bootstrap: level ${level} is not between 0 and 1`);
  }
}

/** The statistic of each bootstrap sample, ascending. */
function bootstrapReplicates(problem: BootstrapProblem): number[] {
  const { sampleCount, statistic, resamples, nextUint32 } = problem;
  const indices = new Int32Array(sampleCount);
  const replicates = new Float64Array(resamples);
  for (let replicate = 0; replicate < resamples; replicate++) {
    for (let i = 0; i < sampleCount; i++) {
      // Scaling instead of a remainder: one draw per index; the bias is below sampleCount / 2^32.
      indices[i] = Math.floor((nextUint32() * sampleCount) / 4294967296);
    }
    replicates[replicate] = statistic(indices);
  }
  return ascending(replicates);
}

/**
 * Acceleration: how fast the statistic's spread changes with its value, from the skewness of the
 * jackknife values. 0 where it can't be told (one sample, or no spread).
 */
function jackknifeAcceleration({ sampleCount, statistic }: BootstrapProblem): number {
  if (sampleCount < 2) return 0;
  const values = new Float64Array(sampleCount);
  const rest = new Int32Array(sampleCount - 1);
  let total = 0;
  for (let left = 0; left < sampleCount; left++) {
    for (let i = 0; i < rest.length; i++) rest[i] = i < left ? i : i + 1;
    const value = statistic(rest);
    values[left] = value;
    total += value;
  }
  const mean = total / sampleCount;
  let squares = 0;
  let cubes = 0;
  for (const value of values) {
    const difference = mean - value;
    squares += difference * difference;
    cubes += difference * difference * difference;
  }
  return squares === 0 ? 0 : cubes / (6 * squares * Math.sqrt(squares));
}

/** Statistics of the same samples differ by less than this share of them. */
const ROUNDING = 1e-12;

/** z of the share of replicates below the point; those that equal it count by half. */
function biasCorrection(sorted: readonly number[], point: number): number {
  let below = 0;
  let equal = 0;
  const rounding = ROUNDING * Math.abs(point);
  for (const replicate of sorted) {
    // The same samples in another order have a sum with another last digit.
    if (Math.abs(replicate - point) <= rounding) equal++;
    else if (replicate < point) below++;
  }
  const share = (below + equal / 2) / sorted.length;
  // With every replicate on one side z would be infinite; half a replicate is the resolution.
  const least = 0.5 / sorted.length;
  return normalQuantile(Math.min(Math.max(share, least), 1 - least));
}

/** The percentile of the replicates that stands for the percentile `p` of the truth. */
function adjustedPercentile(p: number, bias: number, acceleration: number): number {
  const shifted = bias + normalQuantile(p);
  const divisor = 1 - acceleration * shifted;
  // The formula has a pole that only a wildly skewed statistic reaches: the extreme is the answer.
  if (divisor <= 0) return shifted < 0 ? 0 : 1;
  return normalCdf(bias + shifted / divisor);
}

/**
 * Bias-corrected and accelerated bootstrap interval of a statistic: B. Efron, "Better bootstrap
 * confidence intervals", Journal of the American Statistical Association 82(397), 1987.
 * When all replicates are equal (constant data, or one sample) the interval is that point.
 * Throws RangeError for impossible counts or levels, and for a statistic that is not a number.
 */
export function bcaInterval(problem: BootstrapProblem): EstimatedInterval {
  checkProblem(problem);
  const point = problem.statistic(Int32Array.from({ length: problem.sampleCount }, (_, i) => i));
  const sorted = bootstrapReplicates(problem);
  const least = sorted[0]!;
  const greatest = sorted[sorted.length - 1]!;
  // NaN sorts last, so the ends tell about all.
  if (!Number.isFinite(point) || !Number.isFinite(least) || !Number.isFinite(greatest)) {
    throw new RangeError('bootstrap: the statistic is not a finite number for every sample');
  }
  if (least === greatest) return { point, low: point, high: point };
  const bias = biasCorrection(sorted, point);
  const acceleration = jackknifeAcceleration(problem);
  const tail = (1 - problem.level) / 2;
  return {
    point,
    low: quantileOfSorted(sorted, adjustedPercentile(tail, bias, acceleration)),
    high: quantileOfSorted(sorted, adjustedPercentile(1 - tail, bias, acceleration)),
  };
}
