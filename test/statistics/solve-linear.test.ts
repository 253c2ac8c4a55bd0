import { describe, expect, test } from 'vitest';
import { solveLinear } from '../../src/statistics/solve-linear.ts';

describe('a square system', () => {
  test('of three equations, worked by hand', () => {
    const { solution, determinant } = solveLinear(
      [
        [2, 1, -1],
        [-3, -1, 2],
        [-2, 1, 2],
      ],
      [8, -11, -3],
    );
    expect(solution.map((value) => Math.round(value * 1e9) / 1e9)).toEqual([2, 3, -1]);
    expect(determinant).toBeCloseTo(-1, 12);
  });

  test('whose first pivot is 0 is solved by the others', () => {
    const { solution, determinant } = solveLinear(
      [
        [0, 2],
        [4, 1],
      ],
      [6, 11],
    );
    expect(solution).toEqual([2, 3]);
    expect(determinant).toBe(-8);
  });

  test('without a solution has none that is finite', () => {
    const { solution, determinant } = solveLinear(
      [
        [1, 2],
        [2, 4],
      ],
      [1, 3],
    );
    expect(Math.abs(determinant)).toBe(0);
    expect(solution.some((value) => !Number.isFinite(value))).toBe(true);
  });

  test('leaves what it was given as it was', () => {
    const matrix = [
      [1, 1],
      [1, -1],
    ];
    solveLinear(matrix, [2, 0]);
    expect(matrix).toEqual([
      [1, 1],
      [1, -1],
    ]);
  });
});
