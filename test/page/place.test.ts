import { describe, expect, test } from 'vitest';
import { numberOfLabel, placeOnAxis } from '../../src/page/place.ts';

describe('a place on an axis of classes', () => {
  const rates = [1000, 3000, 10_000];

  test('is in the middle of the class of a number that is on it', () => {
    expect(rates.map((rate) => placeOnAxis(rates, rate))).toEqual([0.5, 1.5, 2.5]);
  });

  test('lies between two classes in equal factors, and never outside', () => {
    expect(placeOnAxis(rates, Math.sqrt(3000 * 10_000))).toBeCloseTo(2, 9);
    expect(placeOnAxis(rates, 1)).toBe(0.5);
    expect(placeOnAxis(rates, 300_000)).toBe(2.5);
  });

  test('is said by labels with thousands and units', () => {
    expect(['10\u202f000/s', '2,048', '8'].map(numberOfLabel)).toEqual([10_000, 2048, 8]);
  });
});
