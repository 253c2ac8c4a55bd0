import { bcaInterval, type EstimatedInterval } from './bca-interval.ts';

/** Level and number of resamples of every interval that the project reports. */
export const INTERVAL_LEVEL = 0.95;
export const INTERVAL_RESAMPLES = 2000;

/** Two measurements of the same seeds; `before[i]` and `after[i]` belong together. */
export interface PairedSamples {
  /** Nanoseconds per round trip under the baseline, one number per seed; above 0. */
  readonly before: readonly number[];
  /** The same under the strategy; as long as `before`. */
  readonly after: readonly number[];
  /** Source of integers from 0 to 2^32 - 1. */
  readonly nextUint32: () => number;
}

export interface PairedSaving {
  /** Mean of before - after: positive is a saving. */
  readonly savingNs: EstimatedInterval;
  /** 1 - sum(after) / sum(before): 0.148 is 14.8 % less time. */
  readonly savingRatio: EstimatedInterval;
}

function sumAt(values: Float64Array, indices: Int32Array): number {
  let sum = 0;
  for (const index of indices) sum += values[index]!;
  return sum;
}

/** Mean of `values`, with a 95 % BCa interval. */
export function meanInterval(
  values: readonly number[],
  nextUint32: () => number,
): EstimatedInterval {
  const samples = Float64Array.from(values);
  return bcaInterval({
    sampleCount: samples.length,
    statistic: (indices) => sumAt(samples, indices) / indices.length,
    level: INTERVAL_LEVEL,
    resamples: INTERVAL_RESAMPLES,
    nextUint32,
  });
}

/**
 * What a strategy saves against a baseline on the same seeds, with 95 % BCa intervals over the
 * seeds. Pairs are resampled whole, so what a seed adds to both sides cancels.
 * Throws RangeError when the sides differ in length, are empty, or `before` is not above 0.
 */
export function pairedSaving({ before, after, nextUint32 }: PairedSamples): PairedSaving {
  if (before.length !== after.length) {
    throw new RangeError(`paired saving: ${before.length} before, ${after.length} after`);
  }
  if (before.some((value) => !(value > 0))) {
    throw new RangeError('paired saving: a time before is not above 0');
  }
  const beforeNs = Float64Array.from(before);
  const afterNs = Float64Array.from(after);
  const differences = before.map((value, index) => value - after[index]!);
  const savingRatio = bcaInterval({
    sampleCount: beforeNs.length,
    statistic: (indices) => 1 - sumAt(afterNs, indices) / sumAt(beforeNs, indices),
    level: INTERVAL_LEVEL,
    resamples: INTERVAL_RESAMPLES,
    nextUint32,
  });
  return { savingNs: meanInterval(differences, nextUint32), savingRatio };
}
