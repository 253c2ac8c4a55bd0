import { describe, expect, it } from 'vitest';
import { atLeastAround, isRare } from '../../src/statistics/unseen.ts';

/** Probability of fewer than three of `trials`, term by term. */
function fewerThanThree(chance: number, trials: number): number {
  let pairs = 0;
  for (let i = 0; i < trials; i += 1) pairs += i;
  const power = (base: number, times: number) =>
    Array.from({ length: times }).reduce<number>((product) => product * base, 1);
  const miss = 1 - chance;
  return (
    power(miss, trials) +
    trials * chance * power(miss, trials - 1) +
    pairs * chance * chance * power(miss, Math.max(0, trials - 2))
  );
}

describe('isRare', () => {
  it('says whether trials see an event fewer than three times in more than 2.5 % of cases', () => {
    for (const trials of [1, 2, 3, 20, 800]) {
      for (let chance = 0.001; chance < 1; chance += 0.007) {
        expect(isRare(chance, trials), `${chance} of ${trials}`).toBe(
          fewerThanThree(chance, trials) > 0.025,
        );
      }
    }
  });

  it('turns at 7.2 expected events where trials are many, and at 28.4 % of 20', () => {
    expect([isRare(7.2e-6, 1e6), isRare(7.25e-6, 1e6)]).toEqual([true, false]);
    expect([isRare(0.31, 20), isRare(0.32, 20)]).toEqual([true, false]);
  });

  it('is false of what never or always happens', () => {
    expect([isRare(0, 20), isRare(1, 20)]).toEqual([false, false]);
  });

  it('refuses what is no chance and no number of trials', () => {
    expect(() => isRare(1.5, 20)).toThrow('a chance of 1.5 in 20 trials');
    expect(() => isRare(Number.NaN, 20)).toThrow(RangeError);
    expect(() => isRare(0.5, 0)).toThrow(RangeError);
  });
});

describe('atLeastAround', () => {
  it('moves the ends that are nearer than the shift, and no other', () => {
    const interval = { point: 10, low: 9, high: 15 };
    expect(atLeastAround(interval, 3)).toEqual({ point: 10, low: 7, high: 15 });
    expect(atLeastAround(interval, 0)).toEqual(interval);
    expect(atLeastAround({ point: 2, low: 2, high: 2 }, 0.5)).toEqual({
      point: 2,
      low: 1.5,
      high: 2.5,
    });
  });
});
