import { ascending, quantileOfSorted } from '../statistics/quantile.ts';
import { type CurveStep, findSteps } from '../statistics/steps.ts';
import { type HostNanoseconds, hostNanoseconds } from '../units/quantity.ts';
import { type Prng, prngFor } from '../util/prng.ts';
import type { Samples } from './measure.ts';

/** A value with a 95 % bootstrap interval over rounds. */
export interface Estimate<T extends number = number> {
  readonly point: T;
  readonly low: T;
  readonly high: T;
}

export interface CurvePoint {
  readonly pages: number;
  /** Time of one load with one line per page, with lines side by side, and the difference. */
  readonly spread: Estimate<HostNanoseconds>;
  readonly packed: Estimate<HostNanoseconds>;
  readonly translation: Estimate<HostNanoseconds>;
}

/** What one step of the curve says; `isClear` when nearly every resample has it at this place. */
export interface Knee {
  readonly isClear: boolean;
  /** Share of resamples that have this step. */
  readonly share: number;
  /** Largest footprint without the miss: from the last flat size to just below the first raised one. */
  readonly reachPages: Estimate;
  /** Rise from plateau to plateau; null where no plateau follows. */
  readonly rise: Estimate<HostNanoseconds> | null;
}

export interface Estimates {
  readonly clockGhz: Estimate;
  readonly curve: readonly CurvePoint[];
  readonly knees: readonly Knee[];
}

const RESAMPLES = 400;
const LOW = 0.025;
const HIGH = 0.975;
/** A rise of fewer cycles is taken for noise: no second-level TLB of x86 answers within two. */
export const STEP_CYCLES = 2;
/** A knee may wander this far between resamples and still be the same one. */
const SAME_KNEE = 1.5;
const CLEAR_SHARE = 0.95;
const MOST_KNEES = 2;

const median = (values: readonly number[]): number => quantileOfSorted(ascending(values), 0.5);

function estimate(point: number, resampled: readonly number[]): Estimate {
  const sorted = ascending(resampled);
  return { point, low: quantileOfSorted(sorted, LOW), high: quantileOfSorted(sorted, HIGH) };
}

function hostEstimate(point: number, resampled: readonly number[]): Estimate<HostNanoseconds> {
  const { low, high } = estimate(point, resampled);
  return {
    point: hostNanoseconds(point),
    low: hostNanoseconds(low),
    high: hostNanoseconds(high),
  };
}

/** Medians over some of the rounds. */
interface Medians {
  readonly clockGhz: number;
  readonly spread: readonly number[];
  readonly packed: readonly number[];
  readonly translation: readonly number[];
}

function mediansOf(samples: Samples, rounds: readonly number[]): Medians {
  const over = (values: readonly number[]) => median(rounds.map((round) => values[round]!));
  return {
    clockGhz: over(samples.clockGhz),
    spread: samples.byPages.map((each) => over(each.spread)),
    packed: samples.byPages.map((each) => over(each.packed)),
    translation: samples.byPages.map((each) =>
      over(each.spread.map((spread, round) => spread - each.packed[round]!)),
    ),
  };
}

/** Draws rounds with replacement: a round stays whole, so sizes that met one disturbance do. */
function resampledRounds(count: number, prng: Prng): number[] {
  return Array.from({ length: count }, () => prng.nextInt(count));
}

/** Steps of a curve of host time, the threshold in cycles of the measured clock. */
function stepsOf(pages: readonly number[], medians: Medians): readonly CurveStep[] {
  return findSteps(pages, medians.translation, STEP_CYCLES / medians.clockGhz).slice(0, MOST_KNEES);
}

/** Curve, clock and knees with their intervals. The same samples give the same estimates. */
export function estimateFrom(samples: Samples): Estimates {
  const count = samples.clockGhz.length;
  const pages = samples.byPages.map((each) => each.pages);
  const all = mediansOf(
    samples,
    Array.from({ length: count }, (_, round) => round),
  );
  const prng = prngFor(1, 'rounds of the probe, resampled');
  const resampled = Array.from({ length: RESAMPLES }, () =>
    mediansOf(samples, resampledRounds(count, prng)),
  );
  const curve = pages.map((each, index) => ({
    pages: each,
    spread: pointEstimate(all, resampled, (medians) => medians.spread[index]!),
    packed: pointEstimate(all, resampled, (medians) => medians.packed[index]!),
    translation: pointEstimate(all, resampled, (medians) => medians.translation[index]!),
  }));
  const steps = resampled.map((medians) => stepsOf(pages, medians));
  return {
    clockGhz: estimate(
      all.clockGhz,
      resampled.map((medians) => medians.clockGhz),
    ),
    curve,
    knees: stepsOf(pages, all).map((step) => kneeOf(step, pages, steps)),
  };
}

function pointEstimate(
  all: Medians,
  resampled: readonly Medians[],
  pick: (medians: Medians) => number,
): Estimate<HostNanoseconds> {
  return hostEstimate(pick(all), resampled.map(pick));
}

function kneeOf(
  step: CurveStep,
  pages: readonly number[],
  resampled: readonly (readonly CurveStep[])[],
): Knee {
  const reach = pages[step.lastFlat]!;
  const same = resampled.flatMap((steps) => {
    const found = steps.find((each) => isNear(pages[each.lastFlat]!, reach));
    return found === undefined ? [] : [found];
  });
  const share = same.length / resampled.length;
  const rises = same.flatMap(({ before, after }) => (after === null ? [] : [after - before]));
  const low = ascending([step, ...same].map((each) => pages[each.lastFlat]!));
  // The first raised size is one page too many at least.
  const high = ascending([step, ...same].map((each) => pages[each.firstRaised]! - 1));
  return {
    isClear: share >= CLEAR_SHARE,
    share,
    reachPages: {
      point: reach,
      low: Math.floor(quantileOfSorted(low, LOW)),
      high: Math.ceil(quantileOfSorted(high, HIGH)),
    },
    rise: step.after === null ? null : hostEstimate(step.after - step.before, rises),
  };
}

function isNear(a: number, b: number): boolean {
  return a <= b * SAME_KNEE && b <= a * SAME_KNEE;
}
