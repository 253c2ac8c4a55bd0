import type { EstimatedInterval } from './estimated-interval.ts';
import { ratioInterval } from './studentized-interval.ts';

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

/** Mean of `values`, with its 95 % interval. */
export function meanInterval(
  values: readonly number[],
  nextUint32: () => number,
): EstimatedInterval {
  return ratioInterval({
    numerator: Float64Array.from(values),
    denominator: new Float64Array(values.length).fill(1),
    level: INTERVAL_LEVEL,
    resamples: INTERVAL_RESAMPLES,
    nextUint32,
  });
}

/**
 * What a strategy saves against a baseline on the same seeds, with 95 % intervals over the seeds.
 * Pairs are resampled whole, so what a seed adds to both sides cancels.
 * Throws RangeError when the sides differ in length, are empty, or `before` is not above 0.
 */
export function pairedSaving({ before, after, nextUint32 }: PairedSamples): PairedSaving {
  if (before.length !== after.length) {
    throw new RangeError(`paired saving: ${before.length} before, ${after.length} after`);
  }
  if (before.some((value) => !(value > 0))) {
    throw new RangeError('paired saving: a time before is not above 0');
  }
  const differences = before.map((value, index) => value - after[index]!);
  const savingRatio = ratioInterval({
    numerator: Float64Array.from(differences),
    denominator: Float64Array.from(before),
    level: INTERVAL_LEVEL,
    resamples: INTERVAL_RESAMPLES,
    nextUint32,
  });
  return { savingNs: meanInterval(differences, nextUint32), savingRatio };
}
