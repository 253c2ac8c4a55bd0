/**
 * The columns of an array's slots, one slot after the other: 32 bytes, so that what an access reads of
 * a slot lies in one cache line. A slot is named by the index of its first column.
 *
 * Modules of the access path bind these constants once more. V8 (Node 20) folds a constant of the module that it
 * compiles into the code; an imported one it reads from memory, checks and adds as a fraction at each use.
 */
export const SLOT = 8;
/** Interned page; NONE in a slot that was never filled. */
export const KEY = 0;
/** Tag it was filled under; DEAD_TAG when empty or invalidated page by page. */
export const TAG = 1;
/** Whose translation it is; no hardware has this column. */
export const OWNER = 2;
/** Oracle time of the oldest part that the translation was made from; nor this one. */
export const BORN = 3;
/** When it was used last; under FIFO, when it was filled. */
export const STAMP = 4;
/** The next slot with the same key, or NONE. */
export const SAME_KEY = 5;
/** Neighbours in an AgeOrder. */
export const NEWER = 6;
export const OLDER = 7;

export const NONE = -1;

/**
 * Restarts the clock of a column of ages, whose order inside each set it keeps. `width` is the number of
 * columns of a slot. Returns the time to go on from.
 */
export function renumberAges(
  cells: Int32Array,
  width: number,
  column: number,
  ways: number,
): number {
  for (let first = 0; first < cells.length; first += ways * width) {
    const slots = Array.from({ length: ways }, (_, way) => first + way * width);
    slots.sort((a, b) => cells[a + column]! - cells[b + column]!);
    for (const [rank, slot] of slots.entries()) cells[slot + column] = rank;
  }
  return ways;
}
