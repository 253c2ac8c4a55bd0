import { describe, expect, test } from 'vitest';
import { latinHypercube } from '../../src/util/latin-hypercube.ts';
import { prngFor } from '../../src/util/prng.ts';
import { MOST_DIMENSIONS, sobolPoints } from '../../src/util/sobol-sequence.ts';
import scipy from '../statistics/fixtures/inference.json' with { type: 'json' };

const column = (points: Float64Array, dimensions: number, dimension: number) =>
  Array.from(points).filter((_, index) => index % dimensions === dimension);

/** How many of `parts` equal intervals hold exactly one of as many points. */
const stratified = (values: readonly number[]) =>
  new Set(values.map((value) => Math.floor(value * values.length))).size;

describe('a Sobol sequence', () => {
  test('is point for point that of scipy, in 21 dimensions', () => {
    const dimensions = scipy.sobol[0]!.length;
    const points = Array.from(sobolPoints(scipy.sobol.length, dimensions, null));
    expect(points).toEqual(scipy.sobol.flat());
  });

  test('has in every dimension one point in each interval, scrambled or not', () => {
    for (const prng of [null, prngFor(1, 'scramble')]) {
      const points = sobolPoints(256, MOST_DIMENSIONS, prng);
      for (let dimension = 0; dimension < MOST_DIMENSIONS; dimension++) {
        expect(stratified(column(points, MOST_DIMENSIONS, dimension))).toBe(256);
      }
    }
  });

  test('has in its first two dimensions one point in each of 16 × 16 squares, scrambled too', () => {
    const points = sobolPoints(256, 2, prngFor(3, 'scramble'));
    const squares = new Set<number>();
    for (let i = 0; i < 256; i++) {
      squares.add(Math.floor(points[2 * i]! * 16) * 16 + Math.floor(points[2 * i + 1]! * 16));
    }
    expect(squares.size).toBe(256);
  });

  test('integrates better than random points do', () => {
    const error = (prng: ReturnType<typeof prngFor>) => {
      const points = sobolPoints(1024, 6, prng);
      let sum = 0;
      for (let i = 0; i < 1024; i++) {
        let product = 1;
        for (let d = 0; d < 6; d++) product *= 2 * points[6 * i + d]!;
        sum += product;
      }
      return Math.abs(sum / 1024 - 1);
    };
    // The standard error of 1024 random points is sqrt((4/3)^6 - 1) / 32 = 0.067.
    for (const seed of [1, 2, 3, 4]) expect(error(prngFor(seed, 'scramble'))).toBeLessThan(0.03);
  });

  test('differs between seeds, and refuses too many dimensions', () => {
    const one = sobolPoints(8, 3, prngFor(1, 'scramble'));
    expect(sobolPoints(8, 3, prngFor(1, 'scramble'))).toEqual(one);
    expect(sobolPoints(8, 3, prngFor(2, 'scramble'))).not.toEqual(one);
    expect(() => sobolPoints(8, MOST_DIMENSIONS + 1, null)).toThrow('81 dimensions');
  });
});

test('a Latin hypercube has one point in each interval of each dimension', () => {
  const points = latinHypercube(50, 7, prngFor(1, 'hypercube'));
  for (let dimension = 0; dimension < 7; dimension++) {
    expect(stratified(column(points, 7, dimension))).toBe(50);
  }
  expect(latinHypercube(50, 7, prngFor(1, 'hypercube'))).toEqual(points);
});
