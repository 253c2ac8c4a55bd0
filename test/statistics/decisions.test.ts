import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equivalenceP, isEquivalent } from '../../src/statistics/equivalence.ts';
import { holm } from '../../src/statistics/holm.ts';
import { seedsForPower, seedsForPrecision } from '../../src/statistics/required-seeds.ts';
import scipy from './fixtures/inference.json' with { type: 'json' };

describe('holm', () => {
  it('adjusts the example of a textbook', () => {
    for (const [index, value] of holm(scipy.holm.p).entries()) {
      expect(value).toBeCloseTo(scipy.holm.adjusted[index]!, 12);
    }
  });

  it('never makes a p-value smaller, never larger than Bonferroni does, and keeps their order', () => {
    const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(probabilities, (p) => {
        const adjusted = holm(p);
        for (let i = 0; i < p.length; i++) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p[i]!);
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p.length * p[i]!));
          for (let j = 0; j < p.length; j++) {
            if (p[i]! < p[j]!) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
          }
        }
      }),
      { seed: 20250326 },
    );
  });

  it('refuses what is no probability', () => {
    expect(() => holm([0.1, Number.NaN])).toThrow('not in [0, 1]');
  });
});

describe('equivalence', () => {
  it.each(scipy.equivalence)(
    'of %s within %d has the p-value of two t tests: %d',
    (name, bound, p) => {
      const { values } = scipy.samples.find((sample) => sample.name === name)!;
      expect(equivalenceP(values, Number(bound))).toBeCloseTo(Number(p), 9);
    },
  );

  it('is shown by an interval that lies within the bound, not by one that only overlaps', () => {
    expect(isEquivalent({ low: -0.001, high: 0.004 }, 0.005)).toBe(true);
    expect(isEquivalent({ low: -0.001, high: 0.006 }, 0.005)).toBe(false);
    expect(isEquivalent({ low: -0.006, high: 0.001 }, 0.005)).toBe(false);
  });

  it('needs no test where all differences are alike', () => {
    expect(equivalenceP([2, 2, 2], 3)).toBe(0);
    expect(equivalenceP([2, 2, 2], 1)).toBe(1);
    expect(() => equivalenceP([1], 1)).toThrow('at least 2');
    expect(() => equivalenceP([1, 2], 0)).toThrow('not above 0');
  });
});

describe('the number of seeds', () => {
  it.each(scipy.seedsForPower)(
    'for an effect of %d at %d with power %d is %d',
    (e, a, power, n) => {
      expect(seedsForPower(e!, a!, power!)).toBe(n);
    },
  );

  it('for no effect is as many as there may be', () => {
    expect(seedsForPower(0, 0.05, 0.8)).toBe(1_000_000);
  });

  it('for a difference that nobody could miss is two', () => {
    expect(seedsForPower(1000, 0.05, 0.8)).toBe(2);
  });

  it('for a precision is (t s / h)², and at least the pilot', () => {
    // t(0.975, 9) = 2.26216: (2.26216 × 10 / 2)² = 127.9.
    expect(seedsForPrecision({ deviation: 10, count: 10 }, 2, 0.95)).toBe(128);
    expect(seedsForPrecision({ deviation: 0.1, count: 10 }, 2, 0.95)).toBe(10);
    expect(() => seedsForPrecision({ deviation: 1, count: 10 }, 0, 0.95)).toThrow('not above 0');
    expect(() => seedsForPrecision({ deviation: 1, count: 1 }, 1, 0.95)).toThrow('pilot of 1');
  });
});
