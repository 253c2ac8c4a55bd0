import { describe, expect, it } from 'vitest';
import { ascending, quantileOfSorted } from '../../src/statistics/quantile.ts';
import scipy from './fixtures/scipy.json' with { type: 'json' };

describe('quantileOfSorted', () => {
  it.each(scipy.quantile.at)('at %d is %d, as numpy has it', (p, value) => {
    const sorted = ascending(scipy.quantile.values);
    expect(quantileOfSorted(sorted, p!)).toBeCloseTo(value!, 9);
  });

  it('of one value is that value', () => {
    expect(quantileOfSorted([7], 0.99)).toBe(7);
  });

  it('refuses no values and an impossible p', () => {
    expect(() => quantileOfSorted([], 0.5)).toThrow('there are no values');
    expect(() => quantileOfSorted([1], 1.5)).toThrow('1.5 is not in [0, 1]');
    expect(() => quantileOfSorted([1], Number.NaN)).toThrow(RangeError);
  });
});

describe('ascending', () => {
  it('sorts by number and leaves its argument alone', () => {
    const values = [10, 9, -1, 1e-3];
    expect(ascending(values)).toEqual([-1, 1e-3, 9, 10]);
    expect(values).toEqual([10, 9, -1, 1e-3]);
  });
});
