import type { Prng } from './prng.ts';

/**
 * Latin hypercube: `count` points in [0, 1), row by row, of which each dimension has one in each
 * of `count` equal intervals (M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21(2), 1979).
 */
export function latinHypercube(count: number, dimensions: number, prng: Prng): Float64Array {
  const points = new Float64Array(count * dimensions);
  for (let dimension = 0; dimension < dimensions; dimension++) {
    const order = Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last--) {
      const other = prng.nextInt(last + 1);
      const kept = order[last]!;
      order[last] = order[other]!;
      order[other] = kept;
    }
    for (let index = 0; index < count; index++) {
      points[index * dimensions + dimension] = (order[index]! + prng.nextFloat()) / count;
    }
  }
  return points;
}
