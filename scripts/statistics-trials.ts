import { bcaInterval } from '../src/statistics/bca-interval.ts';
import { equivalenceP } from '../src/statistics/equivalence.ts';
import type { EstimatedInterval } from '../src/statistics/estimated-interval.ts';
import { holm } from '../src/statistics/holm.ts';
import { normalQuantile } from '../src/statistics/normal.ts';
import { meanInterval, pairedSaving } from '../src/statistics/paired-saving.ts';
import { seedsForPrecision } from '../src/statistics/required-seeds.ts';
import { signFlipTest } from '../src/statistics/sign-flip.ts';
import { signedRankTest } from '../src/statistics/signed-rank.ts';
import { studentQuantile } from '../src/statistics/student-t.ts';
import { atLeastAround, isRare } from '../src/statistics/unseen.ts';
import { type Prng, prngFor } from '../src/util/prng.ts';

/** A population to draw from, with the mean that its intervals should hold. */
export interface Population {
  readonly name: string;
  readonly mean: number;
  readonly draw: (prng: Prng) => number;
}

/** Uniform strictly between 0 and 1. */
const drawUniform = (prng: Prng) => prng.nextFloat() + 1 / 8589934592;
const drawNormal = (prng: Prng) => normalQuantile(drawUniform(prng));

export const NORMAL: Population = { name: 'normal', mean: 0, draw: drawNormal };
export const UNIFORM: Population = { name: 'uniform', mean: 0.5, draw: drawUniform };
export const EXPONENTIAL: Population = {
  name: 'exponential',
  mean: 1,
  draw: (prng) => -Math.log(drawUniform(prng)),
};
export const LAPLACE: Population = {
  name: 'Laplace',
  mean: 0,
  draw: (prng) => EXPONENTIAL.draw(prng) - EXPONENTIAL.draw(prng),
};
/** Its variance is finite, its skewness is not. */
export const STUDENT3: Population = {
  name: "Student's t, 3 degrees",
  mean: 0,
  draw: (prng) => {
    let squares = 0;
    const z = drawNormal(prng);
    for (let i = 0; i < 3; i++) {
      const other = drawNormal(prng);
      squares += other * other;
    }
    return z / Math.sqrt(squares / 3);
  },
};
/** `sigma` is the standard deviation of the logarithm. */
export function lognormal(sigma: number): Population {
  return {
    name: `lognormal, sigma ${sigma}`,
    mean: Math.exp((sigma * sigma) / 2),
    draw: (prng) => Math.exp(sigma * drawNormal(prng)),
  };
}
/** One value in five is another: what a rare event does to a mean. */
export const RARE: Population = {
  name: 'two values, 4 : 1, and a little noise',
  mean: 0.2,
  draw: (prng) => (prng.nextFloat() < 0.2 ? 1 : 0) + 0.05 * drawNormal(prng),
};
/** 1 with this chance, else 0: an event that changes a seed by as much as it can. */
export function rareEvent(chance: number): Population {
  return {
    name: `one seed in ${Math.round(1 / chance)}`,
    mean: chance,
    draw: (prng) => (prng.nextFloat() < chance ? 1 : 0),
  };
}
/** Draws with replacement from given values, whose mean is then the truth. */
export function sampled(name: string, values: readonly number[]): Population {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { name, mean, draw: (prng) => values[prng.nextInt(values.length)]! };
}

export type IntervalMethod = (
  values: readonly number[],
  nextUint32: () => number,
) => EstimatedInterval;

export const SHIPPED: IntervalMethod = meanInterval;

/** What earlier versions reported; kept to show why it is not used for means of few seeds. */
export const BCA: IntervalMethod = (values, nextUint32) =>
  bcaInterval({
    sampleCount: values.length,
    statistic: (indices) => {
      let sum = 0;
      for (const index of indices) sum += values[index]!;
      return sum / indices.length;
    },
    level: 0.95,
    resamples: 2000,
    nextUint32,
  });

/** What a run reports where an event of this chance per seed changes a seed by `size` at most. */
export function withUnseen(chance: number, size: number): IntervalMethod {
  return (values, nextUint32) => {
    const seen = meanInterval(values, nextUint32);
    return isRare(chance, values.length) ? atLeastAround(seen, chance * size) : seen;
  };
}

/** `count` draws for one trial. */
export function drawSample(population: Population, count: number, trial: number): number[] {
  const prng = prngFor(trial, `trial of ${population.name}`);
  return Array.from({ length: count }, () => population.draw(prng));
}

/** Share of `trials` in which `holds` is true. */
export function shareOf(trials: number, holds: (trial: number) => boolean): number {
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) if (holds(trial)) hits++;
  return hits / trials;
}

const bootstrap = (trial: number) => prngFor(trial, 'bootstrap of a trial').nextUint32;

/** Share of 95 % intervals of the mean of `count` draws that hold the true mean. */
export function coverage(
  population: Population,
  count: number,
  trials: number,
  method: IntervalMethod = SHIPPED,
): number {
  return shareOf(trials, (trial) => {
    const { low, high } = method(drawSample(population, count, trial), bootstrap(trial));
    return low <= population.mean && population.mean <= high;
  });
}

/**
 * The same for the saving ratio of pairs: the time before scatters as the population says around
 * 4000 ns with a deviation of 3 %, and 15 % of it on average are saved, a share that scatters too.
 */
export function ratioCoverage(population: Population, count: number, trials: number): number {
  return shareOf(trials, (trial) => {
    const shapes = drawSample(population, 2 * count, trial);
    const before = shapes.slice(0, count).map((x) => 4000 + 120 * (x - population.mean));
    const after = before.map(
      (time, i) => time * (0.85 - 0.02 * (shapes[count + i]! - population.mean)),
    );
    const { savingRatio } = pairedSaving({ before, after, nextUint32: bootstrap(trial) });
    const { low, high } = savingRatio;
    return low <= 0.15 && 0.15 <= high;
  });
}

/** Share of `trials` on data without a difference in which each test finds one at 5 %. */
export function falsePositives(population: Population, count: number, trials: number) {
  const null_ = (trial: number) =>
    drawSample(population, count, trial).map((value) => value - population.mean);
  return {
    signFlip: shareOf(trials, (trial) => signFlipTest(null_(trial), bootstrap(trial)).p <= 0.05),
    signedRank: shareOf(trials, (trial) => signedRankTest(null_(trial)).p <= 0.05),
    interval: shareOf(trials, (trial) => {
      const { low, high } = SHIPPED(null_(trial), bootstrap(trial));
      return low > 0 || high < 0;
    }),
  };
}

/** Share of `trials` in which a difference as large as the bound passes as none, at 5 %. */
export function falseEquivalence(population: Population, count: number, trials: number): number {
  return shareOf(trials, (trial) => {
    const values = drawSample(population, count, trial).map((x) => x - population.mean + 1);
    return equivalenceP(values, 1) <= 0.05;
  });
}

/** Share of families of `size` comparisons without any difference of which Holm lets one through. */
export function familyErrors(size: number, count: number, trials: number): number {
  return shareOf(trials, (trial) => {
    const all = drawSample(NORMAL, size * count, trial);
    const p = Array.from({ length: size }, (_, i) => {
      return signedRankTest(all.slice(i * count, (i + 1) * count)).p;
    });
    return holm(p).some((value) => value <= 0.05);
  });
}

/** Share of `trials` in which tests find a true mean of `effect` standard deviations at 5 %. */
export function observedPower(effect: number, count: number, trials: number) {
  const shifted = (trial: number) => drawSample(NORMAL, count, trial).map((x) => x + effect);
  return {
    studentT: shareOf(trials, (trial) => {
      const { mean, deviation } = moments(shifted(trial));
      const t = (mean / deviation) * Math.sqrt(count);
      return Math.abs(t) >= studentQuantile(0.975, count - 1);
    }),
    signFlip: shareOf(trials, (trial) => signFlipTest(shifted(trial), bootstrap(trial)).p <= 0.05),
    signedRank: shareOf(trials, (trial) => signedRankTest(shifted(trial)).p <= 0.05),
  };
}

function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

export interface StoppingTrials {
  /** Share of the intervals of the stated half width that hold the true mean. */
  readonly coverage: number;
  readonly meanSeeds: number;
}

/** Stopping as `seedsForPrecision` says, after a pilot. */
export function stoppingInTwoStages(
  population: Population,
  pilot: number,
  halfWidth: number,
  trials: number,
): StoppingTrials {
  return stopping(population, halfWidth, trials, (next) => {
    const values = Array.from({ length: pilot }, next);
    const { deviation } = moments(values);
    const wanted = seedsForPrecision({ deviation, count: pilot }, halfWidth, 0.95);
    while (values.length < wanted) values.push(next());
    return values;
  });
}

/**
 * What a run without --seeds reports: a pilot, as many seeds as `seedsForPrecision` says for the half width, at most
 * `most`, and the interval of all of them. Its coverage is that of the interval, whatever its width.
 */
export function settledInterval(
  population: Population,
  seeds: { readonly pilot: number; readonly most: number },
  halfWidth: number,
  trials: number,
): StoppingTrials {
  let taken = 0;
  const covered = shareOf(trials, (trial) => {
    const prng = prngFor(trial, `settling of ${population.name}`);
    const next = () => population.draw(prng);
    const values = Array.from({ length: seeds.pilot }, next);
    const pilot = { deviation: moments(values).deviation, count: seeds.pilot };
    const wanted = Math.min(seeds.most, seedsForPrecision(pilot, halfWidth, 0.95));
    while (values.length < wanted) values.push(next());
    taken += values.length;
    const { low, high } = SHIPPED(values, bootstrap(trial));
    return low <= population.mean && population.mean <= high;
  });
  return { coverage: covered, meanSeeds: taken / trials };
}

/** The deviation of a population, from many draws. */
export function deviationOf(population: Population): number {
  return moments(drawSample(population, 20_000, 0)).deviation;
}

/** Looking after each seed and stopping once the interval is short: what not to do. */
export function stoppingWhenShort(
  population: Population,
  pilot: number,
  halfWidth: number,
  trials: number,
): StoppingTrials {
  return stopping(population, halfWidth, trials, (next) => {
    const values = Array.from({ length: pilot }, next);
    for (;;) {
      const half = studentQuantile(0.975, values.length - 1) * moments(values).deviation;
      if (half / Math.sqrt(values.length) <= halfWidth) return values;
      values.push(next());
    }
  });
}

function stopping(
  population: Population,
  halfWidth: number,
  trials: number,
  run: (next: () => number) => readonly number[],
): StoppingTrials {
  let seeds = 0;
  const covered = shareOf(trials, (trial) => {
    const prng = prngFor(trial, `stopping of ${population.name}`);
    const values = run(() => population.draw(prng));
    seeds += values.length;
    return Math.abs(moments(values).mean - population.mean) <= halfWidth;
  });
  return { coverage: covered, meanSeeds: seeds / trials };
}
