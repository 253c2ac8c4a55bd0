/** Index drawn by weight; `draw` is from 0 to 1, `total` the sum of the weights. */
export function drawIndex(weights: readonly number[], total: number, draw: number): number {
  let rest = draw * total;
  for (let index = 0; index < weights.length; index += 1) {
    rest -= weights[index]!;
    if (rest < 0) return index;
  }
  return weights.length - 1;
}
