import type { EstimatedInterval } from './estimated-interval.ts';
import { ascending, quantileOfSorted } from './quantile.ts';
import { studentQuantile } from './student-t.ts';

/** With fewer samples, resamples without any spread are too common for a bootstrap. */
export const FEWEST_FOR_BOOTSTRAP = 8;

/** The ratio of two sums over the same samples; with denominators of 1 it is a mean. */
export interface RatioProblem {
  readonly numerator: Float64Array;
  /** As long as `numerator`; its sum is above 0 for every choice of samples. */
  readonly denominator: Float64Array;
  /** Probability that the interval is to cover, for example 0.95. */
  readonly level: number;
  /** Number of bootstrap samples; 2000 is enough for a 95 % interval. */
  readonly resamples: number;
  /** Source of integers from 0 to 2^32 - 1. */
  readonly nextUint32: () => number;
}

function checkProblem({ numerator, denominator, level, resamples }: RatioProblem): void {
  if (numerator.length < 1 || numerator.length !== denominator.length) {
    throw new RangeError(
      `interval: ${numerator.length} numerators, ${denominator.length} denominators`,
    );
  }
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`interval: ${resamples} resamples; at least 1 is needed`);
  }
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`interval: level ${level} is not between 0 and 1`);
  }
}

/** Less than this share of the squares is rounding: samples that are all alike. */
const ROUNDING = 1e-13;

/** Sums over some samples, from which a ratio and its standard error follow. */
class RatioSums {
  private y = 0;
  private x = 0;
  private yy = 0;
  private xy = 0;
  private xx = 0;
  private count = 0;

  add(y: number, x: number): void {
    this.y += y;
    this.x += x;
    this.yy += y * y;
    this.xy += x * y;
    this.xx += x * x;
    this.count += 1;
  }

  get ratio(): number {
    return this.y / this.x;
  }

  /** Linearised: that of the mean of (y - ratio x) / mean(x). 0 where samples are all alike. */
  get standardError(): number {
    const { ratio, count } = this;
    const squares = this.yy - 2 * ratio * this.xy + ratio * ratio * this.xx;
    if (squares <= ROUNDING * this.yy) return 0;
    return (Math.sqrt(squares / (count - 1) / count) * count) / this.x;
  }
}

/** Ratio over standard error of each bootstrap sample, ascending; infinite where it has no spread. */
function studentizedReplicates(problem: RatioProblem, centred: Float64Array): number[] {
  const { denominator, resamples, nextUint32 } = problem;
  const count = centred.length;
  const replicates = new Float64Array(resamples);
  for (let replicate = 0; replicate < resamples; replicate++) {
    const sums = new RatioSums();
    for (let i = 0; i < count; i++) {
      const index = Math.floor((nextUint32() * count) / 4294967296);
      sums.add(centred[index]!, denominator[index]!);
    }
    const { ratio } = sums;
    replicates[replicate] = ratio === 0 ? 0 : ratio / sums.standardError;
  }
  return ascending(replicates);
}

/** A finite replicate, or the fallback: too many resamples without spread say nothing. */
function finite(value: number, fallback: number): number {
  return Number.isFinite(value) ? value : fallback;
}

/**
 * Interval of a ratio of sums (or of a mean): at each end the farther one of Student's t and of the
 * bootstrap-t (B. Efron, Canadian Journal of Statistics 9(2), 1981; P. Hall, Annals of Statistics
 * 16(3), 1988). Student's t is short on skewed data, the bootstrap-t on heavy tails; together they hold
 * the truth about as often as they say (docs/why/methodology.md). With fewer than 8 samples Student's t alone,
 * which is right for normal data. One sample, or samples all alike: the point.
 */
export function ratioInterval(problem: RatioProblem): EstimatedInterval {
  checkProblem(problem);
  const { numerator, denominator, level } = problem;
  const count = numerator.length;
  const all = new RatioSums();
  for (let i = 0; i < count; i++) all.add(numerator[i]!, denominator[i]!);
  const point = all.ratio;
  if (!Number.isFinite(point)) throw new RangeError('interval: the ratio is not a finite number');
  if (count < 2 || all.standardError === 0) return { point, low: point, high: point };
  // What is left of each sample once the ratio is taken out: its own ratio is 0.
  const centred = numerator.map((y, i) => y - point * denominator[i]!);
  const rest = new RatioSums();
  for (let i = 0; i < count; i++) rest.add(centred[i]!, denominator[i]!);
  const error = rest.standardError;
  const tail = (1 - level) / 2;
  const student = studentQuantile(1 - tail, count - 1);
  let below = student;
  let above = student;
  if (count >= FEWEST_FOR_BOOTSTRAP) {
    const replicates = studentizedReplicates(problem, centred);
    below = Math.max(student, finite(quantileOfSorted(replicates, 1 - tail), student));
    above = Math.max(student, finite(-quantileOfSorted(replicates, tail), student));
  }
  return { point, low: point - below * error, high: point + above * error };
}
