import { describe, expect, test } from 'vitest';
import { effectiveCount, weightedQuantiles } from '../../src/statistics/weighted-quantile.ts';

const equal = (values: readonly number[]) => values.map((value) => ({ value, weight: 1 }));

describe('weightedQuantiles', () => {
  test('of equal weights is the middle value, and the ends beyond the outermost', () => {
    expect(weightedQuantiles(equal([3, 1, 2]), [0.5, 0, 1])).toEqual([2, 1, 3]);
  });

  test('counts a value of weight 2 like two values, and one of weight 0 like none', () => {
    const weighted = [
      { value: 1, weight: 1 },
      { value: 2, weight: 2 },
      { value: 9, weight: 0 },
    ];
    const [last, between] = weightedQuantiles(weighted, [1, 5 / 12]);
    expect(last).toBe(2);
    // Middles of the weights lie at 1/6 and 4/6 of the whole.
    expect(between).toBeCloseTo(1.5, 12);
  });

  test('refuses values without any weight', () => {
    const weightless = [{ value: 1, weight: 0 }];
    expect(() => weightedQuantiles(weightless, [0.5])).toThrow('nothing has a weight');
  });
});

test('draws of equal weight count fully, one of many counts as one', () => {
  expect(effectiveCount([2, 2, 2, 2])).toBe(4);
  expect(effectiveCount([1, 0, 0, 0])).toBe(1);
  expect(effectiveCount([])).toBe(0);
});
