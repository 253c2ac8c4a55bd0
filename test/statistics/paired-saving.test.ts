import { describe, expect, it } from 'vitest';
import { meanInterval, pairedSaving } from '../../src/statistics/paired-saving.ts';
import { prngFor } from '../../src/util/prng.ts';

const stream = () => prngFor(1, 'test').nextUint32;

describe('pairedSaving', () => {
  it('gives the mean difference and one minus the ratio of the sums', () => {
    const { savingNs, savingRatio } = pairedSaving({
      before: [4000, 3900, 4100],
      after: [3400, 3300, 3500],
      nextUint32: stream(),
    });
    expect(savingNs.point).toBeCloseTo(600, 9);
    expect(savingRatio.point).toBeCloseTo(1 - 10200 / 12000, 12);
  });

  it('cancels what a seed adds to both sides: equal differences give a point', () => {
    const before = [1000, 9000, 5000, 3000];
    const after = before.map((value) => value - 250);
    const { savingNs } = pairedSaving({ before, after, nextUint32: stream() });
    expect(savingNs).toEqual({ point: 250, low: 250, high: 250 });
  });

  it('keeps the sign: a strategy that costs time has a negative saving', () => {
    const { savingNs, savingRatio } = pairedSaving({
      before: [100, 102, 99, 101],
      after: [110, 111, 112, 110],
      nextUint32: stream(),
    });
    expect(savingNs.high).toBeLessThan(0);
    expect(savingRatio.high).toBeLessThan(0);
  });

  it('scales: times in a unit a thousand times smaller give the same ratio', () => {
    const before = [4, 5, 6, 7, 9];
    const after = [3, 5, 4, 6, 6];
    const thousandfold = (values: readonly number[]) => values.map((value) => value * 1024);
    const small = pairedSaving({ before, after, nextUint32: stream() });
    const large = pairedSaving({
      before: thousandfold(before),
      after: thousandfold(after),
      nextUint32: stream(),
    });
    expect(large.savingRatio).toEqual(small.savingRatio);
  });

  it('gives the same interval again for the same stream', () => {
    const samples = { before: [10, 12, 15, 11], after: [9, 10, 15, 8] };
    expect(pairedSaving({ ...samples, nextUint32: stream() })).toEqual(
      pairedSaving({ ...samples, nextUint32: stream() }),
    );
  });

  it('refuses sides of different length, no samples, and a time of 0', () => {
    const nextUint32 = stream();
    expect(() => pairedSaving({ before: [1, 2], after: [1], nextUint32 })).toThrow('2 before');
    expect(() => pairedSaving({ before: [], after: [], nextUint32 })).toThrow('0 numerators');
    expect(() => pairedSaving({ before: [0], after: [1], nextUint32 })).toThrow('not above 0');
  });
});

describe('meanInterval', () => {
  it('holds the mean between its ends', () => {
    const { low, point, high } = meanInterval([1, 2, 3, 4, 10], stream());
    expect(point).toBe(4);
    expect(low).toBeLessThan(4);
    expect(high).toBeGreaterThan(4);
  });
});
