import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hodgesLehmann } from '../../src/statistics/hodges-lehmann.ts';
import { signFlipTest } from '../../src/statistics/sign-flip.ts';
import { signedRankTest } from '../../src/statistics/signed-rank.ts';
import { prngFor } from '../../src/util/prng.ts';
import scipy from './fixtures/inference.json' with { type: 'json' };

const never = (): number => {
  throw new Error('an exact test draws nothing');
};
const differences = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 12 });
const SETTINGS = { seed: 20250326, numRuns: 100 };

describe('signFlipTest', () => {
  it.each(scipy.samples)('of $name is as enumerated: $signFlipP', ({ values, signFlipP }) => {
    expect(signFlipTest(values, never)).toEqual({ p: signFlipP, exact: true });
  });

  it('counts what visiting every combination of signs counts, ties too', () => {
    const visited = (values: readonly number[]): number => {
      const size = Math.abs(values.reduce((sum, value) => sum + value, 0));
      let sums = [0];
      for (const value of values) sums = sums.flatMap((sum) => [sum + value, sum - value]);
      return sums.filter((sum) => Math.abs(sum) >= size).length / sums.length;
    };
    fc.assert(
      fc.property(differences, (values) => {
        expect(signFlipTest(values, never).p).toBe(visited(values));
      }),
      SETTINGS,
    );
  });

  it('draws beyond 20 differences, near the exact answer and never 0', () => {
    const values = Array.from({ length: 21 }, (_, i) => i - 7.5);
    const { p, exact } = signFlipTest(values, prngFor(1, 'sign flip').nextUint32);
    expect(exact).toBe(false);
    // One value fewer is counted exactly, and changes little.
    expect(Math.abs(p - signFlipTest(values.slice(1), never).p)).toBeLessThan(0.1);
    const allPositive = values.map((value) => Math.abs(value) + 100);
    expect(signFlipTest(allPositive, prngFor(1, 'sign flip').nextUint32).p).toBe(1 / 10_000);
  });

  it('does not care which side is called before, nor about the unit', () => {
    fc.assert(
      fc.property(differences, fc.constantFrom(-1, 0.1, 1e6), (values, factor) => {
        const scaled = values.map((value) => value * factor);
        expect(signFlipTest(scaled, never).p).toBe(signFlipTest(values, never).p);
      }),
      SETTINGS,
    );
  });

  it('finds nothing in differences of 0 and refuses NaN', () => {
    expect(signFlipTest([0, 0], never)).toEqual({ p: 1, exact: true });
    expect(() => signFlipTest([Number.NaN], never)).toThrow('not a finite number');
  });
});

describe('signedRankTest', () => {
  it.each(scipy.samples)('of $name is as enumerated', ({ values, signedRank }) => {
    const { p, ...rest } = signedRankTest(values);
    expect(rest).toEqual({ positiveRankSum: signedRank.positiveRankSum, count: signedRank.count });
    expect(p).toBeCloseTo(signedRank.p, 12);
  });

  it.each(scipy.scipySignedRank)('of %s is what scipy says: %d', (name, p) => {
    const { values } = scipy.samples.find((sample) => sample.name === name)!;
    expect(signedRankTest(values).p).toBeCloseTo(Number(p), 12);
  });

  it('does not care which side is called before', () => {
    fc.assert(
      fc.property(differences, (values) => {
        const turned = signedRankTest(values.map((value) => -value));
        expect(turned.p).toBeCloseTo(signedRankTest(values).p, 12);
      }),
      SETTINGS,
    );
  });

  it('is exact for 300 differences, and close to that beyond', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) => (i % 9 < 4 ? -i - 1 : i + 1));
    const exact = signedRankTest(many(300)).p;
    expect(exact).toBeGreaterThan(0.01);
    // The value that is added has the highest rank, so it counts.
    expect(Math.abs(signedRankTest(many(301)).p - exact)).toBeLessThan(0.05);
  });

  it('finds nothing in differences of 0 and refuses what is infinite', () => {
    expect(signedRankTest([0])).toEqual({ positiveRankSum: 0, p: 1, count: 0 });
    expect(() => signedRankTest([Number.POSITIVE_INFINITY])).toThrow('not a finite number');
  });
});

describe('hodgesLehmann', () => {
  it.each(scipy.samples)('of $name is $hodgesLehmann', ({ values, hodgesLehmann: expected }) => {
    expect(hodgesLehmann(values)).toBeCloseTo(expected, 12);
  });

  it('moves with the values and hardly minds a wild one', () => {
    const values = [1, 2, 3, 4, 5];
    expect(hodgesLehmann(values.map((value) => value + 10))).toBe(hodgesLehmann(values) + 10);
    expect(hodgesLehmann([1, 2, 3, 4, 1e9])).toBeLessThan(5);
    expect(() => hodgesLehmann([])).toThrow('no values');
  });
});
