import { describe, expect, it } from 'vitest';
import { bcaInterval } from '../../src/statistics/bca-interval.ts';
import { type Prng, prngFor, xoshiro128starstar } from '../../src/util/prng.ts';
import scipy from './fixtures/scipy.json' with { type: 'json' };

type Statistic = (indices: Int32Array) => number;

const sumAt = (values: readonly number[], indices: Int32Array) =>
  indices.reduce((sum, index) => sum + values[index]!, 0);

const meanOf =
  (values: readonly number[]): Statistic =>
  (indices) =>
    sumAt(values, indices) / indices.length;

function statisticOf(name: string, before: readonly number[], after: readonly number[]): Statistic {
  if (name === 'ratio') return (indices) => 1 - sumAt(after, indices) / sumAt(before, indices);
  if (name === 'mean_of_before') return meanOf(before);
  return meanOf(before.map((value, index) => value - after[index]!));
}

const problem = (statistic: Statistic, sampleCount: number, prng: Prng) => ({
  sampleCount,
  statistic,
  level: 0.95,
  resamples: 2000,
  nextUint32: prng.nextUint32,
});

describe('bcaInterval against scipy.stats.bootstrap on the same bootstrap samples', () => {
  it.each(scipy.bca)('agrees to 1e-9 on $name', (reference) => {
    const { before, after, level, resamples } = reference;
    const interval = bcaInterval({
      sampleCount: before.length,
      statistic: statisticOf(reference.statistic, before, after),
      level,
      resamples,
      nextUint32: xoshiro128starstar([1, 2, 3, 4]).nextUint32,
    });
    const scale = Math.abs(reference.point);
    for (const end of ['point', 'low', 'high'] as const) {
      expect(Math.abs(interval[end] - reference[end]) / scale).toBeLessThan(1e-9);
    }
  });
});

describe('bcaInterval', () => {
  it('is a point for constant data', () => {
    const interval = bcaInterval(problem(meanOf([5, 5, 5, 5]), 4, prngFor(1, 'constant')));
    expect(interval).toEqual({ point: 5, low: 5, high: 5 });
  });

  it('is a point for one sample', () => {
    const interval = bcaInterval(problem(meanOf([3]), 1, prngFor(1, 'one')));
    expect(interval).toEqual({ point: 3, low: 3, high: 3 });
  });

  it('chooses the upper half of the samples with the upper half of the draws', () => {
    let draw = 0;
    const halves = () => {
      draw += 1;
      return draw % 2 === 0 ? 0 : 2_147_483_648;
    };
    // Each resample has one of both samples, and so the mean of both.
    const interval = bcaInterval({
      ...problem(meanOf([0, 1]), 2, prngFor(1, 'x')),
      nextUint32: halves,
    });
    expect(interval).toEqual({ point: 0.5, low: 0.5, high: 0.5 });
  });

  it('needs one resample, no more', () => {
    const one = { ...problem(meanOf([1, 2, 3]), 3, prngFor(1, 'one resample')), resamples: 1 };
    const { low, high } = bcaInterval(one);
    expect(low).toBe(high);
  });

  it('takes replicates that differ from the point by rounding for ties', () => {
    const values = [0.1, 0.7, 0.2, 0.7, 0.1, 0.2, 0.7, 0.1];
    // In whole tenths every tie is exact; as fractions most sums end in another last digit.
    const exact = meanOf(values.map((value) => Math.round(value * 10)));
    const tenths = bcaInterval(problem(exact, 8, prngFor(1, 'ties')));
    const fractions = bcaInterval(problem(meanOf(values), 8, prngFor(1, 'ties')));
    expect(fractions.low).toBeCloseTo(tenths.low / 10, 12);
    expect(fractions.high).toBeCloseTo(tenths.high / 10, 12);
  });

  it('stays finite when no replicate lies below the point', () => {
    const smallest: Statistic = (indices) => Math.min(...indices);
    const { low, high } = bcaInterval(problem(smallest, 8, prngFor(1, 'minimum')));
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(7);
  });

  it('refuses no samples, no resamples, an impossible level and a statistic that is NaN', () => {
    const good = problem(meanOf([1, 2, 3]), 3, prngFor(1, 'bad'));
    expect(() => bcaInterval({ ...good, sampleCount: 0 })).toThrow('0 samples');
    expect(() => bcaInterval({ ...good, resamples: 0 })).toThrow('0 resamples');
    expect(() => bcaInterval({ ...good, level: 1 })).toThrow('level 1');
    expect(() => bcaInterval({ ...good, statistic: () => Number.NaN })).toThrow('finite');
  });
});
