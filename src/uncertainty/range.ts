/** What a number could be, and what it is taken to be. */
export interface Range {
  readonly low: number;
  readonly value: number;
  readonly high: number;
}

/** From `a` to `b` by the share `v`: in equal factors where both are above 0, else in equal steps. */
function between(a: number, b: number, v: number): number {
  return a > 0 ? a * Math.exp(Math.log(b / a) * v) : a + (b - a) * v;
}

/** Density of what `between` gives for a uniform share. */
function densityBetween(a: number, b: number, x: number): number {
  return a > 0 ? 1 / (x * Math.log(b / a)) : 1 / (b - a);
}

/** True where the nominal divides the range; at an end of it, it says nothing of its own. */
function isInside({ low, value, high }: Range): boolean {
  return value > low && value < high;
}

/**
 * The number below which the true one lies with the chance `u`: half of the chance lies on each side
 * of the nominal, spread evenly over factors. All that a range says is its ends and its middle.
 */
export function quantileOfRange(range: Range, u: number): number {
  const { low, value, high } = range;
  if (low === high) return low;
  if (!isInside(range)) return between(low, high, u);
  return u < 0.5 ? between(low, value, 2 * u) : between(value, high, 2 * u - 1);
}

/** Density of `quantileOfRange` at `x`; 0 outside of the range. */
export function densityOfRange(range: Range, x: number): number {
  const { low, value, high } = range;
  if (x < low || x > high || low === high) return 0;
  if (!isInside(range)) return densityBetween(low, high, x);
  return x < value ? densityBetween(low, value, x) / 2 : densityBetween(value, high, x) / 2;
}
