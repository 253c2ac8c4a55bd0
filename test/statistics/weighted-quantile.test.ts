import { describe, expect, test } from 'vitest';
import { effectiveCount, weightedQuantile } from '../../src/statistics/weighted-quantile.ts';

const equal = (values: readonly number[]) => values.map((value) => ({ value, weight: 1 }));

describe('weightedQuantile', () => {
  test('of equal weights is the middle value, and the ends beyond the outermost', () => {
    expect(weightedQuantile(equal([3, 1, 2]), 0.5)).toBe(2);
    expect(weightedQuantile(equal([3, 1, 2]), 0)).toBe(1);
    expect(weightedQuantile(equal([3, 1, 2]), 1)).toBe(3);
  });

  test('counts a value of weight 2 like two values, and one of weight 0 like none', () => {
    const weighted = [
      { value: 1, weight: 1 },
      { value: 2, weight: 2 },
      { value: 9, weight: 0 },
    ];
    expect(weightedQuantile(weighted, 1)).toBe(2);
    // Middles of the weights lie at 1/6 and 4/6 of the whole.
    expect(weightedQuantile(weighted, 5 / 12)).toBeCloseTo(1.5, 12);
  });

  test('refuses values without any weight', () => {
    expect(() => weightedQuantile([{ value: 1, weight: 0 }], 0.5)).toThrow('nothing has a weight');
  });
});

test('draws of equal weight count fully, one of many counts as one', () => {
  expect(effectiveCount([2, 2, 2, 2])).toBe(4);
  expect(effectiveCount([1, 0, 0, 0])).toBe(1);
  expect(effectiveCount([])).toBe(0);
});
