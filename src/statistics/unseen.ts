import type { EstimatedInterval } from './estimated-interval.ts';

/** With fewer samples that have it, an event's share of a mean is not known from them. */
const FEWEST_SEEN = 3;
/** Of each end of a 95 % interval. */
const TAIL = 0.025;

/**
 * Whether so many independent trials see an event of this chance fewer than three times in more than
 * 2.5 % of cases: the binomial probability of 0, 1 or 2. Below three an interval of the samples misses
 * too often (docs/why/methodology.md, "Events that no seed has seen").
 */
export function isRare(chance: number, trials: number): boolean {
  if (!(chance >= 0 && chance <= 1) || !(trials >= 1)) {
    throw new RangeError(`rare events: a chance of ${chance} in ${trials} trials`);
  }
  if (chance === 0 || chance === 1) return false;
  const odds = chance / (1 - chance);
  let probability = Math.exp(trials * Math.log1p(-chance));
  let sum = 0;
  for (let seen = 0; seen < FEWEST_SEEN; seen += 1) {
    sum += probability;
    probability *= ((trials - seen) / (seen + 1)) * odds;
  }
  return sum > TAIL;
}

/**
 * The interval with each end at least `shift` away from its point: `shift` is how far the mean can be
 * from that of the samples because of what none of them has seen. An end that is farther stays.
 */
export function atLeastAround(interval: EstimatedInterval, shift: number): EstimatedInterval {
  const { point, low, high } = interval;
  return { point, low: Math.min(low, point - shift), high: Math.max(high, point + shift) };
}
