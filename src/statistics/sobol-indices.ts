import { bcaInterval } from './bca-interval.ts';
import type { EstimatedInterval } from './estimated-interval.ts';

const RESAMPLES = 400;
const LEVEL = 0.95;

/**
 * Outputs of a model at two independent designs of `n` rows, and, for each input, at the first design
 * with that input's column taken from the second.
 */
export interface SobolOutputs {
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** One array per input. */
  readonly swapped: readonly Float64Array[];
}

/** Shares of an output's variance that one input explains. */
export interface SobolIndex {
  /** Alone. */
  readonly first: EstimatedInterval;
  /** Alone or together with others; 1 minus the sum of `first` over inputs is what acts jointly. */
  readonly total: EstimatedInterval;
}

/** Output variance over both designs, around 0 being their common mean. */
function varianceOf(a: Float64Array, b: Float64Array, rows: Int32Array, centre: number): number {
  let squares = 0;
  for (const row of rows) {
    const x = a[row]! - centre;
    const y = b[row]! - centre;
    squares += x * x + y * y;
  }
  return squares / (2 * rows.length);
}

/**
 * First-order and total Sobol indices of each input, with 95 % BCa intervals over the rows. First
 * order after Saltelli and others (Computer Physics Communications 181, 2010), total after Jansen
 * (Computer Physics Communications 117, 1999). All 0 for an output that does not vary.
 */
export function sobolIndices(outputs: SobolOutputs, nextUint32: () => number): SobolIndex[] {
  const { first: a, second: b, swapped } = outputs;
  const rows = a.length;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += a[row]! + b[row]!;
  const centre = sum / (2 * rows);
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  if (varianceOf(a, b, all, centre) === 0) {
    const none = { point: 0, low: 0, high: 0 };
    return swapped.map(() => ({ first: none, total: none }));
  }
  const interval = (statistic: (rows: Int32Array) => number) =>
    bcaInterval({ sampleCount: rows, statistic, level: LEVEL, resamples: RESAMPLES, nextUint32 });
  return swapped.map((ab) => ({
    first: interval((chosen) => {
      let products = 0;
      for (const row of chosen) products += (b[row]! - centre) * (ab[row]! - a[row]!);
      return products / chosen.length / varianceOf(a, b, chosen, centre);
    }),
    total: interval((chosen) => {
      let squares = 0;
      for (const row of chosen) squares += (a[row]! - ab[row]!) * (a[row]! - ab[row]!);
      return squares / (2 * chosen.length) / varianceOf(a, b, chosen, centre);
    }),
  }));
}
