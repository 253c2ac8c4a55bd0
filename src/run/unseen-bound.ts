import type { EstimatedInterval } from '../statistics/estimated-interval.ts';
import type { PairedSaving } from '../statistics/paired-saving.ts';
import { atLeastAround } from '../statistics/unseen.ts';
import { verdictOf } from '../uncertainty/answer-uncertainty.ts';
import type { ComparisonUncertainty, UnseenEvent } from './results.ts';

/** By how much unseen events can move the mean time of both sides, in nanoseconds per round trip. */
export interface UnseenShift {
  readonly events: readonly string[];
  readonly beforeNs: number;
  readonly afterNs: number;
}

function shiftNs(events: readonly UnseenEvent[], strategy: string): number {
  return events
    .filter((each) => each.strategy === strategy)
    .reduce((sum, { perRoundTrip, mostNs }) => sum + perRoundTrip * mostNs, 0);
}

/** What a scenario's unseen events can do to two strategies on a machine. */
export function unseenShift(
  scenario: readonly UnseenEvent[],
  machine: string,
  sides: { readonly before: string; readonly after: string },
): UnseenShift {
  const here = scenario.filter(
    (each) => each.machine === machine && [sides.before, sides.after].includes(each.strategy),
  );
  return {
    events: [...new Set(here.map(({ event }) => event))],
    beforeNs: shiftNs(here, sides.before),
    afterNs: shiftNs(here, sides.after),
  };
}

/**
 * An event meets both sides in the same round trip, and makes each of them slower: their difference
 * moves by no more than the larger effect.
 */
export function savingShiftNs({ beforeNs, afterNs }: UnseenShift): number {
  return Math.max(beforeNs, afterNs);
}

/** A saving whose intervals reach as far as unseen events can move it; the ratio by s/b + |ratio| b'/b. */
export function savingAround(
  seen: PairedSaving,
  meanBeforeNs: number,
  shift: UnseenShift,
): PairedSaving {
  const saving = savingShiftNs(shift);
  const ofTime = Math.abs(seen.savingRatio.point) * shift.beforeNs;
  return {
    savingNs: atLeastAround(seen.savingNs, saving),
    savingRatio: atLeastAround(seen.savingRatio, (saving + ofTime) / meanBeforeNs),
  };
}

/** The whole interval, wider at each end by as much as that over seeds has become. */
export function uncertaintyAround(
  uncertainty: ComparisonUncertainty,
  seen: PairedSaving,
  widened: PairedSaving,
): ComparisonUncertainty {
  const wider = (key: keyof PairedSaving): EstimatedInterval => {
    const { point, low, high } = uncertainty[key];
    return {
      point,
      low: low - (seen[key].low - widened[key].low),
      high: high + (widened[key].high - seen[key].high),
    };
  };
  const savingRatio = wider('savingRatio');
  const verdict = verdictOf(savingRatio, uncertainty.effectiveDraws);
  return { ...uncertainty, savingNs: wider('savingNs'), savingRatio, verdict };
}
