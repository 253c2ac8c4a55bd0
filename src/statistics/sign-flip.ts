/** Up to this many differences every combination of signs is counted, from halves of 2^10 sums. */
const MOST_FOR_EXACT = 20;
const DRAWS = 9999;
/** Sums that differ by rounding alone count as equal, relative to the sum of all magnitudes. */
const ROUNDING = 1e-12;

export interface SignFlipTest {
  /** Two-sided p-value of "the differences are as often negative as positive, in any size". */
  readonly p: number;
  /** True when every combination of signs was counted. */
  readonly exact: boolean;
}

/** Every sum of the magnitudes with either sign, ascending. */
function signedSums(magnitudes: Float64Array): Float64Array {
  let sums = Float64Array.of(0);
  for (const magnitude of magnitudes) {
    const next = new Float64Array(sums.length * 2);
    sums.forEach((sum, index) => {
      next[2 * index] = sum + magnitude;
      next[2 * index + 1] = sum - magnitude;
    });
    sums = next;
  }
  return sums.sort();
}

/** Pairs of a number from each ascending array whose sum is at least `threshold`. */
function countPairsFrom(threshold: number, left: Float64Array, right: Float64Array): number {
  let pairs = 0;
  let from = right.length;
  for (const value of left) {
    while (from > 0 && value + right[from - 1]! >= threshold) from -= 1;
    pairs += right.length - from;
  }
  return pairs;
}

/**
 * Share of the combinations of signs whose sum is at least as far from 0: twice that of the sums above it,
 * since turning all signs turns the sum. Each half of the differences has its sums listed and sorted, and
 * pairs of them are counted without being visited (E. Horowitz and S. Sahni, Journal of the ACM 21(2), 1974).
 */
function exactShare(magnitudes: Float64Array, threshold: number): number {
  if (threshold <= 0) return 1;
  const middle = Math.ceil(magnitudes.length / 2);
  const left = signedSums(magnitudes.subarray(0, middle));
  const right = signedSums(magnitudes.subarray(middle));
  return (2 * countPairsFrom(threshold, left, right)) / (left.length * right.length);
}

/**
 * Sign-flip (randomisation) test of paired differences, two-sided, with the sum as the statistic.
 * R. A. Fisher, "The Design of Experiments", 1935, section 21. Differences of 0 carry no sign and
 * change nothing. Exact up to 20 differences; beyond, (1 + k) / (1 + 9999) over 9999 random
 * combinations, which is never 0 and keeps the stated error rate (Phipson and Smyth, Statistical
 * Applications in Genetics and Molecular Biology 9(1), 2010).
 * `nextUint32` gives integers from 0 to 2^32 - 1; it is drawn from only when not exact.
 */
export function signFlipTest(
  differences: readonly number[],
  nextUint32: () => number,
): SignFlipTest {
  if (differences.some((value) => !Number.isFinite(value))) {
    throw new RangeError('sign-flip test: a difference is not a finite number');
  }
  const signed = differences.filter((value) => value !== 0);
  if (signed.length === 0) return { p: 1, exact: true };
  const magnitudes = Float64Array.from(signed, Math.abs);
  const observed = Math.abs(signed.reduce((sum, value) => sum + value, 0));
  const total = magnitudes.reduce((sum, value) => sum + value, 0);
  const threshold = observed - ROUNDING * total;
  if (magnitudes.length <= MOST_FOR_EXACT) {
    return { p: exactShare(magnitudes, threshold), exact: true };
  }
  let extreme = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    let sum = 0;
    for (const magnitude of magnitudes) sum += nextUint32() < 2147483648 ? magnitude : -magnitude;
    if (Math.abs(sum) >= threshold) extreme++;
  }
  return { p: (1 + extreme) / (1 + DRAWS), exact: false };
}
