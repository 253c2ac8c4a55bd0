import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { densityOfRange, quantileOfRange } from '../../src/uncertainty/range.ts';

const ranges = fc
  .tuple(
    fc.integer({ min: 1, max: 1000 }),
    fc.integer({ min: 5, max: 95 }),
    fc.integer({ min: 2, max: 50 }),
  )
  .map(([low, percent, factor]) => {
    const high = low * factor;
    return { low, value: low + (percent / 100) * (high - low), high };
  });
const SETTINGS = { seed: 20250326, numRuns: 100 };

describe('a range as a distribution', () => {
  test('has its nominal in the middle and never leaves its ends', () => {
    expect(quantileOfRange({ low: 30, value: 150, high: 500 }, 0.5)).toBeCloseTo(150, 9);
    fc.assert(
      fc.property(ranges, fc.integer({ min: 0, max: 100 }), (range, percent) => {
        const u = percent / 100;
        const x = quantileOfRange(range, u);
        expect(x).toBeGreaterThanOrEqual(range.low * (1 - 1e-12));
        expect(x).toBeLessThanOrEqual(range.high * (1 + 1e-12));
      }),
      SETTINGS,
    );
  });

  test('spreads evenly over factors on each side: 30 to 150 as 150 to 500', () => {
    const range = { low: 30, value: 150, high: 600 };
    expect(quantileOfRange(range, 0.25)).toBeCloseTo(Math.sqrt(30 * 150), 9);
    expect(quantileOfRange(range, 0.75)).toBeCloseTo(300, 9);
  });

  test('with a nominal at an end is spread over the whole, and from 0 evenly', () => {
    expect(quantileOfRange({ low: 1, value: 1, high: 4 }, 0.5)).toBeCloseTo(2, 9);
    expect(quantileOfRange({ low: 0, value: 0, high: 4 }, 0.25)).toBe(1);
    expect(quantileOfRange({ low: 7, value: 7, high: 7 }, 0.9)).toBe(7);
  });

  test('has the density that its quantiles imply, and none outside', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 48 }), fc.boolean(), (range, n, isAbove) => {
        const u = (isAbove ? 50 + n : n) / 100;
        const step = 1e-6;
        const slope =
          (quantileOfRange(range, u + step) - quantileOfRange(range, u - step)) / (2 * step);
        expect(densityOfRange(range, quantileOfRange(range, u)) * slope).toBeCloseTo(1, 3);
      }),
      SETTINGS,
    );
    expect(densityOfRange({ low: 1, value: 2, high: 3 }, 3.01)).toBe(0);
    expect(densityOfRange({ low: 2, value: 2, high: 2 }, 2)).toBe(0);
  });
});
