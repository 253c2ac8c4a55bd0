/** A value with its weight, which is not negative. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/**
 * For each share in `shares` the value below which that share of the weight lies, linear between the
 * middles of two neighbouring weights; the outermost values beyond them. Throws RangeError without any
 * weight.
 */
export function weightedQuantiles(
  values: readonly Weighted[],
  shares: readonly number[],
): readonly number[] {
  const sorted = values.filter(({ weight }) => weight > 0).sort((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  if (!(total > 0)) throw new RangeError('weighted quantile: nothing has a weight');
  return shares.map((share) => valueAt(sorted, share * total));
}

/** The value at a sum of weights. */
function valueAt(sorted: readonly Weighted[], wanted: number): number {
  let passed = 0;
  let previous: { middle: number; value: number } | undefined;
  for (const { value, weight } of sorted) {
    const middle = passed + weight / 2;
    if (middle >= wanted) {
      if (previous === undefined) return value;
      const share = (wanted - previous.middle) / (middle - previous.middle);
      return previous.value + share * (value - previous.value);
    }
    previous = { middle, value };
    passed += weight;
  }
  return previous!.value;
}

/** As how many draws of equal weight these count: (sum of weights)² / sum of squares (Kish 1965). */
export function effectiveCount(weights: readonly number[]): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const squares = weights.reduce((total, weight) => total + weight * weight, 0);
  return squares === 0 ? 0 : (sum * sum) / squares;
}
