import { effectiveCount, weightedQuantiles } from '../statistics/weighted-quantile.ts';
import type { Prng } from '../util/prng.ts';
import { sobolPoints } from '../util/sobol-sequence.ts';
import {
  type AnswerModel,
  drawPricer,
  type PricedDraw,
  type SideEvents,
  timesOf,
} from './answer-model.ts';
import { type Ends, heldTo, type Reach, reachOf } from './reach.ts';

/** Draws of an answer; a power of two keeps a Sobol sequence even. */
const DRAWS = 1024;
const LEVEL = 0.95;
/** With fewer draws that count, an interval of them says nothing. */
const FEWEST_EFFECTIVE = 30;

export type SignVerdict = 'saves' | 'costs' | 'no difference' | 'cannot tell';

/** What an answer could be when the seeds and the numbers of the model were others. */
export interface AnswerUncertainty {
  /** 95 % of the weight of the draws, seeds and numbers together. */
  readonly savingNs: Ends;
  readonly savingRatio: Ends;
  /** The same with the numbers alone, as if there were infinitely many seeds. */
  readonly savingRatioOfNumbers: Ends;
  /** Share of the variance of the saving that seeds make; numbers make the rest. */
  readonly seedShare: number;
  readonly verdict: SignVerdict;
  readonly draws: number;
  /** As how many equally likely draws they count after the calibration has weighted them. */
  readonly effectiveDraws: number;
  /** Between which saving ratios all that was run lies, at the prices of any draw; null where events are not interpolated. */
  readonly reached: Ends | null;
  /** Share of the weight of the draws that were beyond what was run at their prices, and so were held to it. */
  readonly heldShare: number;
}

/** The draws of a model: independent of the question as long as its events are. */
export function drawPrices(model: AnswerModel, prng: Prng): PricedDraw[] {
  const price = drawPricer(model);
  const dimensions = model.unknowns.length;
  const points = sobolPoints(DRAWS, dimensions, prng);
  return Array.from({ length: DRAWS }, (_, row) =>
    price(points.subarray(row * dimensions, (row + 1) * dimensions)),
  );
}

/** One draw's answer, without and with another choice of seeds. */
interface Drawn {
  readonly weight: number;
  readonly savingNs: number;
  readonly ratio: number;
  readonly savingOfSeedsNs: number;
  readonly ratioOfSeeds: number;
  readonly seedVariance: number;
  readonly reached: Ends | null;
  readonly isHeld: boolean;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function answerOf(
  draw: PricedDraw,
  events: SideEvents,
  seeds: readonly SideEvents[],
  reach: Reach | null,
  prng: Prng,
): Drawn {
  const { beforeNs, afterNs } = timesOf(events, draw.prices);
  const interpolatedNs = beforeNs - afterNs;
  const interpolated = interpolatedNs / beforeNs;
  const savingNs = reach === null ? interpolatedNs : heldTo(reach.savingNs, interpolatedNs);
  const ratio = reach === null ? interpolated : heldTo(reach.savingRatio, interpolated);
  const count = seeds.length;
  const savings = new Float64Array(count);
  const befores = new Float64Array(count);
  let savingSum = 0;
  let beforeSum = 0;
  for (let seed = 0; seed < count; seed++) {
    const times = timesOf(seeds[seed]!, draw.prices);
    savings[seed] = times.beforeNs - times.afterNs;
    befores[seed] = times.beforeNs;
    savingSum += savings[seed]!;
    beforeSum += befores[seed]!;
  }
  const mean = savingSum / count;
  let savingChosen = 0;
  let beforeChosen = 0;
  let squares = 0;
  for (let seed = 0; seed < count; seed++) {
    const chosen = prng.nextInt(count);
    savingChosen += savings[chosen]!;
    beforeChosen += befores[chosen]!;
    squares += (savings[seed]! - mean) * (savings[seed]! - mean);
  }
  // Resampling makes the spread of a mean too small by this much.
  const widening = count < 2 ? 0 : Math.sqrt(count / (count - 1));
  return {
    weight: draw.weight,
    savingNs,
    ratio,
    savingOfSeedsNs: savingNs + widening * (savingChosen / count - mean),
    ratioOfSeeds: ratio + widening * (savingChosen / beforeChosen - savingSum / beforeSum),
    seedVariance: count < 2 ? 0 : squares / (count - 1) / count,
    reached: reach?.savingRatio ?? null,
    isHeld: ratio !== interpolated,
  };
}

function endsOf(drawn: readonly Drawn[], value: (each: Drawn) => number): Ends {
  const values = drawn.map((each) => ({ value: value(each), weight: each.weight }));
  const tail = (1 - LEVEL) / 2;
  const [low, high] = weightedQuantiles(values, [tail, 1 - tail]);
  return { low: low!, high: high! };
}

/**
 * Whether the sign holds. An interval that reaches 0 means that the sign flips inside the plausible
 * ranges, and so does a calibration that hardly any draw can meet.
 */
export function verdictOf({ low, high }: Ends, effectiveDraws: number): SignVerdict {
  if (effectiveDraws < FEWEST_EFFECTIVE) return 'cannot tell';
  if (low === 0 && high === 0) return 'no difference';
  if (low > 0) return 'saves';
  return high < 0 ? 'costs' : 'cannot tell';
}

/**
 * The answer over all draws. `eventsAt` gives the mean events of both sides for the sizes and the workload
 * of a draw; `seeds` those of each seed at the nominals, whose differences are taken to be alike
 * everywhere. `runs`: events of all that was run to interpolate from; effects that are added up can give more than any
 * of them has, and no draw counts with that. Undefined where no draw can meet the calibration.
 */
export function answerUncertainty(
  draws: readonly PricedDraw[],
  eventsAt: AnswerModel['events'],
  seeds: readonly SideEvents[],
  prng: Prng,
  runs: readonly SideEvents[] = [],
): AnswerUncertainty | undefined {
  const drawn = draws
    .filter(({ weight }) => weight > 0)
    .map((draw) => {
      const reach = runs.length === 0 ? null : reachOf(runs, draw.prices);
      return answerOf(draw, eventsAt(draw.values), seeds, reach, prng);
    });
  if (drawn.length === 0) return undefined;
  const total = sum(drawn.map(({ weight }) => weight));
  const mean = sum(drawn.map(({ weight, savingNs }) => weight * savingNs)) / total;
  const weighted = (value: (each: Drawn) => number) =>
    sum(drawn.map((each) => each.weight * value(each))) / total;
  const ofNumbers = weighted(({ savingNs }) => (savingNs - mean) * (savingNs - mean));
  const ofSeeds = weighted(({ seedVariance }) => seedVariance);
  const effectiveDraws = effectiveCount(drawn.map(({ weight }) => weight));
  const savingRatio = endsOf(drawn, ({ ratioOfSeeds }) => ratioOfSeeds);
  return {
    savingNs: endsOf(drawn, ({ savingOfSeedsNs }) => savingOfSeedsNs),
    savingRatio,
    savingRatioOfNumbers: endsOf(drawn, ({ ratio }) => ratio),
    seedShare: ofSeeds + ofNumbers === 0 ? 0 : ofSeeds / (ofSeeds + ofNumbers),
    verdict: verdictOf(savingRatio, effectiveDraws),
    draws: draws.length,
    effectiveDraws,
    reached: reachedBy(drawn),
    heldShare: weighted(({ isHeld }) => Number(isHeld)),
  };
}

function reachedBy(drawn: readonly Drawn[]): Ends | null {
  const all = drawn.flatMap(({ reached }) => (reached === null ? [] : [reached]));
  if (all.length === 0) return null;
  return {
    low: Math.min(...all.map(({ low }) => low)),
    high: Math.max(...all.map(({ high }) => high)),
  };
}
