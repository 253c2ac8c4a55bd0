import type { Comparison, ComparisonUncertainty, Interval } from './results.ts';

/** A saving with all that is known to be unknown about it: the interval that leads in every output. */
export interface WholeSaving {
  readonly ns: Interval;
  readonly ratio: Interval;
  /** What was varied. */
  readonly over: 'seeds' | `seeds, ${ComparisonUncertainty['varied']}`;
  /** Whether the sign holds over all of that. */
  readonly verdict: ComparisonUncertainty['verdict'];
}

/** The widest interval there is: over what is `known` beside seeds, else over seeds alone. */
export function widestSaving(
  { savingNs, savingRatio }: Pick<Comparison, 'savingNs' | 'savingRatio'>,
  known: ComparisonUncertainty | undefined,
): WholeSaving {
  if (known === undefined) {
    return { ns: savingNs, ratio: savingRatio, over: 'seeds', verdict: verdictOver(savingRatio) };
  }
  const { varied, verdict } = known;
  return { ns: known.savingNs, ratio: known.savingRatio, over: `seeds, ${varied}`, verdict };
}

/** An interval that was found with other seeds, about what these gave. */
export function aroundPoint({ low, high }: Interval, point: number): Interval {
  return { point, low: Math.min(low, point), high: Math.max(high, point) };
}

function verdictOver({ low, high }: Interval): WholeSaving['verdict'] {
  if (low === 0 && high === 0) return 'no difference';
  return low > 0 ? 'saves' : high < 0 ? 'costs' : 'cannot tell';
}
