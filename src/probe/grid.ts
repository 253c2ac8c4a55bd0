/** Smallest and largest number of pages that the probe touches. */
export const LEAST_PAGES = 16;
export const MOST_PAGES = 65_536;
const COARSE_PER_DOUBLING = 2;
const FINE_PER_DOUBLING = 8;

/** Whole numbers from `from` to `to`, evenly spaced on a logarithmic scale, ends included. */
function geometric(from: number, to: number, perDoubling: number): number[] {
  const steps = Math.round(Math.log2(to / from) * perDoubling);
  return Array.from({ length: steps + 1 }, (_, step) =>
    Math.round(from * Math.exp((Math.LN2 * step) / perDoubling)),
  );
}

/** Numbers of pages over the whole range, two for each doubling. */
export function coarseGrid(): readonly number[] {
  return geometric(LEAST_PAGES, MOST_PAGES, COARSE_PER_DOUBLING);
}

/**
 * The coarse grid with eight sizes per doubling around each of `knees`, from one doubling below it
 * to one above. Ascending, each once.
 */
export function fineGrid(knees: readonly number[]): readonly number[] {
  const fine = geometric(LEAST_PAGES, MOST_PAGES, FINE_PER_DOUBLING);
  const near = fine.filter((pages) =>
    knees.some((knee) => pages >= knee / 2 - 1 && pages <= knee * 2 + 1),
  );
  return [...new Set([...coarseGrid(), ...near])].sort((a, b) => a - b);
}
