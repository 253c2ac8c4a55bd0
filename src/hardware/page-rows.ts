/**
 * Columns of the rows of PageTables. What a walk reads of a page lies side by side, because the rows of a
 * large program don't fit the caches of the machine that simulates it.
 */

/** Numbers in a row of a page. */
export const ROW = 24;
/** Interned number of the page, as its TLB entry is looked up. */
export const KEY = 0;
/** Index in PAGE_SIZES of its TLB entry. */
export const SIZE = 1;
/** Oracle: entries made earlier are stale. */
export const REQUIRED = 2;
/** The page number mod SET_MODULUS, from which the set follows. */
export const LOW = 3;
export const IS_GLOBAL = 4;
/** Lowest level of the first dimension that holds the leaf (0 PTE, 1 PDE, 2 PDPTE). */
export const LEAF_LEVEL = 5;
/** 1 once a walk has reached it: later walks are not first touches. */
export const SEEN = 6;
/** Nested mapping of the page itself; NATIVE for a native walk. */
export const PAGE_NESTED = 7;
/** By level: the line of the entry, and the nested mapping of the table that holds it or NATIVE. */
export const LINE = 8;
export const TABLE_NESTED = 12;
/** By level from 1 on: walk-cache key and set index of the entry. Level 0 would be the column before. */
export const UPPER_KEY = 15;
export const UPPER_LOW = 18;
/** Oracle: the class of stale hits after REQUIRED was raised. */
export const REQUIRED_CLASS = 22;
/** Row number of another piece of the same large page, in a ring; its own where it has no other. */
export const NEXT_PIECE = 23;

/** Numbers in a row of a guest-physical page. The columns are those of the second dimension. */
export const NESTED_ROW = 16;
export const NESTED_KEY = 0;
export const NESTED_LOW = 1;
export const NESTED_REQUIRED = 2;
/** Oracle time of the source that the entry was made from, or UP_TO_DATE. */
export const NESTED_BORN = 3;
export const NESTED_LEAF_LEVEL = 4;
export const NESTED_SEEN = 5;
export const NESTED_LINE = 6;
/** By level from 1 on, as above. */
export const NESTED_UPPER_KEY = 9;
export const NESTED_UPPER_LOW = 12;

/** In place of a nested mapping: there is no second dimension. */
export const NATIVE = -1;
/** Later than any oracle time. */
export const UP_TO_DATE = 2_147_483_647;
