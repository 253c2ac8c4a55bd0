/**
 * P-values adjusted for being many: comparing each with 0.05 errs on any of them with at most 5 %.
 * S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 6(2), 1979. In the order of `p`; needs no independence.
 */
export function holm(p: readonly number[]): number[] {
  if (p.some((value) => !(value >= 0 && value <= 1))) {
    throw new RangeError('Holm: a p-value is not in [0, 1]');
  }
  const order = p.map((_, index) => index);
  order.sort((a, b) => p[a]! - p[b]!);
  const adjusted = new Array<number>(p.length).fill(1);
  let largest = 0;
  for (const [position, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (p.length - position) * p[index]!));
    adjusted[index] = largest;
  }
  return adjusted;
}
