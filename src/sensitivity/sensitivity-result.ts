import type { ComparisonUncertainty, Interval } from '../run/results.ts';

/** How much of the answer's variance one unknown explains; shares of 1. */
export interface UnknownEffect {
  readonly path: string;
  readonly unit: string;
  readonly low: number;
  readonly nominal: number;
  readonly high: number;
  readonly confidence: string;
  /** First-order Sobol index: alone. */
  readonly first: Interval;
  /** Total Sobol index: alone or together with others. */
  readonly total: Interval;
  /** Saving ratio with this unknown at its 5 % and 95 % point, all others in their middle, fitted again. */
  readonly ratioAtLow: number;
  readonly ratioAtHigh: number;
}

/** Where a share is saved: the rate of exits from which on, for one working set. */
export interface BreakEvenPoint {
  readonly savingRatio: number;
  /** `below`: at the lowest rate of the map already; `never`: not at the highest. */
  readonly reached: 'below' | 'within' | 'never';
  readonly exitsPerSecond: number | null;
}

/** One working set of the map. */
export interface BreakEvenRow {
  /** 4 KiB pages of data that the guest's program comes back to. */
  readonly workingSetPages: number;
  /** Saving ratio at each rate of the map. */
  readonly savingRatios: readonly number[];
  readonly points: readonly BreakEvenPoint[];
}

export interface BreakEvenMap {
  readonly exitsPerSecond: readonly number[];
  readonly rows: readonly BreakEvenRow[];
}

/** What the answer of one suite depends on. Times are modelled. */
export interface SensitivityResult {
  readonly suite: string;
  readonly question: string;
  readonly machine: string;
  readonly baseline: string;
  readonly strategy: string;
  /** How many. */
  readonly seeds: number;
  /** Over seeds alone, at the nominal numbers. */
  readonly overSeeds: { readonly savingNs: Interval; readonly savingRatio: Interval };
  /** Seeds and numbers together. */
  readonly uncertainty: ComparisonUncertainty;
  /**
   * Between which saving ratios all runs of the analysis lie, at the prices of any draw, and the share of the draws that
   * were beyond what was run at their prices, and count with that. Absent in analyses of earlier versions.
   */
  readonly reached?: {
    readonly low: number;
    readonly high: number;
    readonly heldShare: number;
  };
  /** By total index, largest first. */
  readonly unknowns: readonly UnknownEffect[];
  /** Unknowns that change nothing here. */
  readonly withoutEffect: readonly string[];
  /** Share of the draws for which the published rates can be met inside all ranges. */
  readonly plausibleShare: number;
  /** How far interpolated answers are off, in saving ratio, at points that were run in full. */
  readonly interpolation: { readonly points: number; readonly largestError: number };
  /** Null for a workload without an L2. */
  readonly breakEven: BreakEvenMap | null;
  /** Cells that were run for all of this. */
  readonly cells: number;
}
