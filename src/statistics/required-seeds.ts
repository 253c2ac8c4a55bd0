import { pairedPower } from './power.ts';
import { studentQuantile } from './student-t.ts';

const MOST_SEEDS = 1_000_000;

/** The smallest count from `from` on that is enough; `isEnough` stays true once it is. */
function smallestEnough(from: number, isEnough: (count: number) => boolean): number {
  let high = from;
  while (!isEnough(high)) {
    if (high >= MOST_SEEDS) return MOST_SEEDS;
    high = Math.min(MOST_SEEDS, high * 2);
  }
  let low = Math.max(from, Math.floor(high / 2));
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/**
 * Seeds that a paired t test needs to find a true mean difference of `effect` standard deviations
 * with the chance `power` at the level `alpha`. From 2 to a million.
 */
export function seedsForPower(effect: number, alpha: number, power: number): number {
  if (effect === 0) return MOST_SEEDS;
  return smallestEnough(2, (pairs) => pairedPower(pairs, effect, alpha) >= power);
}

export interface Pilot {
  /** Sample standard deviation of the pilot's values. */
  readonly deviation: number;
  /** Number of the pilot's values, at least 2. */
  readonly count: number;
}

/**
 * How many seeds in all an interval of ± `halfWidth` needs, after a pilot: the second stage of
 * C. Stein, "A two-sample test for a linear hypothesis whose power is independent of the variance",
 * Annals of Mathematical Statistics 16(3), 1945. The mean of that many ± `halfWidth` holds the
 * true mean with at least the chance `level` for normal data, however long the pilot was.
 * Looking at the interval after each seed and stopping when it is short enough has no such promise.
 */
export function seedsForPrecision(pilot: Pilot, halfWidth: number, level: number): number {
  if (!(halfWidth > 0)) throw new RangeError(`precision: ${halfWidth} is not above 0`);
  if (!(pilot.count >= 2)) throw new RangeError(`precision: a pilot of ${pilot.count} values`);
  const ratio = (studentQuantile((1 + level) / 2, pilot.count - 1) * pilot.deviation) / halfWidth;
  return Math.min(MOST_SEEDS, Math.max(pilot.count, Math.ceil(ratio * ratio)));
}
