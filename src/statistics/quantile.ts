import { quantileSorted } from 'simple-statistics';

/** A copy of `values` in ascending order of number. */
export function ascending(values: readonly number[] | Float64Array): number[] {
  // Float64Array sorts by number; Array sorts by text unless it is told otherwise.
  const sorted = new Float64Array(values).sort();
  // By index: an iterator makes an object for each number, and resamples are many.
  const numbers: number[] = [];
  for (let at = 0; at < sorted.length; at += 1) numbers.push(sorted[at]!);
  return numbers;
}

/**
 * The `p` quantile, p in [0, 1], of numbers in ascending order: linear between the two nearest
 * (type 7 of Hyndman and Fan, The American Statistician 50(4), 1996; the default of numpy and R).
 * Throws RangeError for no values and for a `p` outside of its range.
 */
export function quantileOfSorted(sorted: number[], p: number): number {
  if (sorted.length === 0) throw new RangeError('quantile: there are no values');
  if (!(p >= 0 && p <= 1)) throw new RangeError(`quantile: ${p} is not in [0, 1]`);
  return quantileSorted(sorted, p);
}
