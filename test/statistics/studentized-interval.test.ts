import { describe, expect, it } from 'vitest';
import { studentQuantile } from '../../src/statistics/student-t.ts';
import { ratioInterval } from '../../src/statistics/studentized-interval.ts';
import { prngFor } from '../../src/util/prng.ts';

const interval = (values: readonly number[], denominators?: readonly number[]) =>
  ratioInterval({
    numerator: Float64Array.from(values),
    denominator: Float64Array.from(denominators ?? values.map(() => 1)),
    level: 0.95,
    resamples: 2000,
    nextUint32: prngFor(1, 'interval').nextUint32,
  });

const SKEWED = [1, 1.2, 1.1, 1.3, 0.9, 1, 1.2, 4, 1.1, 7];

describe('ratioInterval', () => {
  it("is Student's t with fewer than 8 samples", () => {
    const { point, low, high } = interval([1, 2, 3, 4, 5]);
    const half = studentQuantile(0.975, 4) * Math.sqrt(2.5 / 5);
    expect([point, low, high]).toEqual([3, 3 - half, 3 + half]);
  });

  it('of two samples is wide, not the point', () => {
    const { point, low, high } = interval([1, 3]);
    const half = studentQuantile(0.975, 1);
    expect(point).toBe(2);
    expect([low, high].map((end) => Math.abs(end - 2) / half)).toEqual([
      expect.closeTo(1, 12),
      expect.closeTo(1, 12),
    ]);
  });

  it('of a ratio does not depend on the unit of both sums, or of one', () => {
    const denominators = SKEWED.map((_, index) => 1 + (index % 4) / 10);
    const scaled = (numerator: number, denominator: number) =>
      interval(
        SKEWED.map((value) => value * numerator),
        denominators.map((value) => value * denominator),
      );
    const one = scaled(1, 1);
    const both = scaled(1000, 1000);
    const denominatorOnly = scaled(1, 1000);
    for (const end of ['point', 'low', 'high'] as const) {
      expect(both[end] / one[end]).toBeCloseTo(1, 9);
      expect((1000 * denominatorOnly[end]) / one[end]).toBeCloseTo(1, 9);
    }
  });

  it("is nowhere shorter than Student's t, and longer on the side of a skew", () => {
    const { point, low, high } = interval(SKEWED);
    const mean = SKEWED.reduce((sum, value) => sum + value, 0) / 10;
    const squares = SKEWED.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    const half = studentQuantile(0.975, 9) * Math.sqrt(squares / 90);
    expect(point).toBeCloseTo(mean, 12);
    expect(point - low).toBeGreaterThanOrEqual(half * (1 - 1e-12));
    expect(high - point).toBeGreaterThan(half * 1.2);
  });

  it('turns with the sign of the data', () => {
    const { low, high } = interval(SKEWED);
    const turned = interval(SKEWED.map((value) => -value));
    expect(turned.low).toBeCloseTo(-high, 9);
    expect(turned.high).toBeCloseTo(-low, 9);
  });

  it('of a ratio weighs each sample by its denominator', () => {
    expect(interval([1, 30], [10, 100]).point).toBe(31 / 110);
  });

  it('is a point for one sample, for samples all alike, and for a constant ratio', () => {
    expect(interval([3])).toEqual({ point: 3, low: 3, high: 3 });
    expect(interval([0, 0, 0])).toEqual({ point: 0, low: 0, high: 0 });
    expect(interval([0.1, 0.1, 0.1]).low).toBe(interval([0.1, 0.1, 0.1]).high);
    const constant = interval([1, 2, 3, 4, 5, 6, 7, 8, 9], [10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(constant.high - constant.low).toBeLessThan(1e-6);
  });

  it("falls back to Student's t where most resamples have no spread", () => {
    const { low, high } = interval([5, 5, 5, 5, 5, 5, 5, 5, 5, 6]);
    expect(Number.isFinite(low)).toBe(true);
    expect(high - low).toBeLessThan(2);
  });

  it('counts a resample whose ratio is the point itself as no distance', () => {
    const values = [-1, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    const { low, high } = ratioInterval({
      numerator: Float64Array.from(values),
      denominator: new Float64Array(10).fill(1),
      level: 0.2,
      resamples: 2000,
      nextUint32: prngFor(1, 'interval').nextUint32,
    });
    // A quarter of the resamples and more have mean 0, so Student's t is the farther one.
    const half = studentQuantile(0.6, 9) * Math.sqrt(2 / 90);
    expect(high).toBeCloseTo(half, 12);
    expect(low).toBeCloseTo(-half, 12);
  });

  it('refuses no samples, sides of different length, no resamples and an impossible level', () => {
    expect(() => interval([])).toThrow('0 numerators');
    expect(() => interval([1], [1, 2])).toThrow('2 denominators');
    expect(() => interval([1, 2], [0, 0])).toThrow('not a finite number');
    const good = {
      numerator: new Float64Array(2),
      denominator: new Float64Array(2).fill(1),
      level: 0.95,
      resamples: 2000,
      nextUint32: prngFor(1, 'interval').nextUint32,
    };
    expect(() => ratioInterval({ ...good, resamples: 0 })).toThrow('0 resamples');
    expect(() => ratioInterval({ ...good, level: 1 })).toThrow('level 1');
  });
});
