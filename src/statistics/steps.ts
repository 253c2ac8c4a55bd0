import { ascending, quantileOfSorted } from './quantile.ts';

/** A rise of a curve over numbers of pages: the last size before it and the first after. */
export interface CurveStep {
  /** Index of the last size of the plateau below. */
  readonly lastFlat: number;
  readonly firstRaised: number;
  /** Median of the plateau below. */
  readonly before: number;
  /** Median of the plateau above; null where the curve rises on without one. */
  readonly after: number | null;
}

const FIRST_PLATEAU = 3;

function median(values: readonly number[]): number {
  return quantileOfSorted(ascending(values), 0.5);
}

/** First index from `from` on whose values stay within `threshold` for a doubling; or -1. */
function plateauFrom(
  from: number,
  pages: readonly number[],
  values: readonly number[],
  threshold: number,
): number {
  for (let start = from; start < pages.length; start += 1) {
    const end = pages[start]! * 2;
    if (end > pages.at(-1)!) return -1;
    const within = values.filter((_, index) => index >= start && pages[index]! <= end);
    if (Math.max(...within) - Math.min(...within) <= threshold) return start;
  }
  return -1;
}

/**
 * Where a curve leaves a plateau: two sizes in a row lie more than `threshold` above the plateau's
 * median. The next plateau begins where a whole doubling varies by no more than `threshold`.
 * `pages` ascend; the first three sizes are the first plateau.
 */
export function findSteps(
  pages: readonly number[],
  values: readonly number[],
  threshold: number,
): readonly CurveStep[] {
  const steps: CurveStep[] = [];
  let start = 0;
  while (start >= 0) {
    const raised = firstRaised(start, values, threshold);
    if (raised < 0) break;
    const before = median(values.slice(start, raised));
    const next = plateauFrom(raised, pages, values, threshold);
    const end = next < 0 ? -1 : firstRaised(next, values, threshold);
    const above = values.slice(next, end < 0 ? undefined : end);
    steps.push({
      lastFlat: raised - 1,
      firstRaised: raised,
      before,
      after: next < 0 ? null : median(above),
    });
    start = next;
  }
  return steps;
}

function firstRaised(start: number, values: readonly number[], threshold: number): number {
  for (let index = start + FIRST_PLATEAU; index + 1 < values.length; index += 1) {
    const limit = median(values.slice(start, index)) + threshold;
    if (values[index]! > limit && values[index + 1]! > limit) return index;
  }
  return -1;
}
