import { describe, expect, it, vi } from 'vitest';
import {
  BCA,
  coverage,
  deviationOf,
  EXPONENTIAL,
  falseEquivalence,
  falsePositives,
  familyErrors,
  LAPLACE,
  lognormal,
  NORMAL,
  observedPower,
  rareEvent,
  ratioCoverage,
  STUDENT3,
  settledInterval,
  stoppingInTwoStages,
  withUnseen,
} from '../../scripts/statistics-trials.ts';
import { pairedPower } from '../../src/statistics/power.ts';

vi.setConfig({ testTimeout: 60_000 });

const TRIALS = 500;
const SEEDS = 20;

/** Four standard errors of a share over TRIALS: the fixed seeds pass or a method is wrong. */
const slack = (share: number, trials = TRIALS) => 4 * Math.sqrt((share * (1 - share)) / trials);

describe(`a 95 % interval over ${SEEDS} seeds, ${TRIALS} trials`, () => {
  it.each([NORMAL, LAPLACE, STUDENT3, lognormal(0.3), lognormal(0.6), EXPONENTIAL])(
    'holds the mean of $name data about as often as it says',
    (population) => {
      expect(Math.abs(coverage(population, SEEDS, TRIALS) - 0.95)).toBeLessThan(slack(0.95));
    },
  );

  it.each([NORMAL, EXPONENTIAL])('of a ratio of $name data does too', (population) => {
    expect(Math.abs(ratioCoverage(population, SEEDS, TRIALS) - 0.95)).toBeLessThan(slack(0.95));
  });

  it('is what BCa is not: that one misses exponential data of 10 seeds too often', () => {
    expect(coverage(EXPONENTIAL, 10, TRIALS, BCA)).toBeLessThan(0.95 - slack(0.95));
    expect(coverage(EXPONENTIAL, 10, TRIALS)).toBeGreaterThan(0.95 - slack(0.95));
  });
});

describe('an interval where an event makes the whole difference to a seed', () => {
  it.each([0.005, 0.05, 0.1, 0.2, 0.25])(
    'holds the mean at a chance of %s, however few seeds',
    (chance) => {
      for (const seeds of [SEEDS, 10, 5]) {
        const share = coverage(rareEvent(chance), seeds, TRIALS, withUnseen(chance, 1));
        expect(share).toBeGreaterThan(0.95 - slack(0.95));
      }
    },
  );

  it('misses it in a third of cases by what the seeds saw alone', () => {
    // All 20 alike: 0.95 to the 20th, 35.8 %.
    expect(coverage(rareEvent(0.05), SEEDS, TRIALS)).toBeLessThan(0.72);
  });
});

describe('tests on data without a difference', () => {
  it.each([NORMAL, LAPLACE, STUDENT3])('find one in 5 % of trials on $name data', (population) => {
    const found = falsePositives(population, 12, TRIALS);
    for (const share of [found.signFlip, found.signedRank]) {
      expect(Math.abs(share - 0.05)).toBeLessThan(slack(0.05));
    }
  });

  it('let a difference as large as the bound pass as none in at most 5 %', () => {
    expect(falseEquivalence(NORMAL, SEEDS, TRIALS)).toBeLessThan(0.05 + slack(0.05));
  });

  it('err on any of twelve in at most 5 % after Holm', () => {
    const share = familyErrors(12, SEEDS, TRIALS);
    expect(share).toBeLessThan(0.05 + slack(0.05));
    expect(share).toBeGreaterThan(0.01);
  });
});

describe('tests on data with a difference', () => {
  it('find it as often as predicted', () => {
    const found = observedPower(0.8, 12, TRIALS);
    const predicted = pairedPower(12, 0.8, 0.05);
    expect(Math.abs(found.studentT - predicted)).toBeLessThan(slack(predicted));
    // On normal data the others are about as good.
    expect(Math.abs(found.signFlip - predicted)).toBeLessThan(slack(predicted) + 0.03);
    expect(Math.abs(found.signedRank - predicted)).toBeLessThan(slack(predicted) + 0.05);
  });
});

describe('the interval of seeds that settle', () => {
  it.each([NORMAL, LAPLACE, lognormal(0.3)])(
    'holds the mean of $name data about as often as it says, wherever it stops',
    (population) => {
      const deviation = deviationOf(population);
      for (const half of [1.2, 0.6, 0.3]) {
        const found = settledInterval(
          population,
          { pilot: 8, most: SEEDS },
          half * deviation,
          TRIALS,
        );
        expect(found.coverage, `${half}`).toBeGreaterThan(0.94 - slack(0.95));
      }
    },
  );

  it('takes more seeds the narrower it is to be, up to the most', () => {
    const seeds = [1.2, 0.6, 0.3].map(
      (half) => settledInterval(NORMAL, { pilot: 8, most: SEEDS }, half, 100).meanSeeds,
    );
    expect(seeds[0]).toBeLessThan(9);
    expect(seeds[1]).toBeGreaterThan(13);
    expect(seeds[2]).toBeGreaterThan(19.5);
  });
});

describe('stopping at a precision in two stages', () => {
  it('holds the truth at least as often as stated', () => {
    const { coverage: held, meanSeeds } = stoppingInTwoStages(NORMAL, 10, 0.5, TRIALS);
    expect(held).toBeGreaterThan(0.95 - slack(0.95));
    // (t s / h)² with s = 1: 20.5 on average, and never fewer than the pilot.
    expect(meanSeeds).toBeGreaterThan(19);
    expect(meanSeeds).toBeLessThan(23);
  });
});
