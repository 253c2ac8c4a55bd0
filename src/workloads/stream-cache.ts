import type { PageTables } from '../hardware/page-tables.ts';
import type { TlbArrays } from '../hardware/tlb-arrays.ts';
import { isSameUse, planTouches, type TouchPlan } from '../hardware/touch-plan.ts';
import { firstLevelUse, type TouchStream } from '../hardware/touch-stream.ts';

/** What is found out once about a captured or traced sequence of touches, for every world that runs it. */
interface Analysis {
  /** Indices of its pages in the order of their first touches. */
  readonly pageOrder: Int32Array;
  /** One for each way in which the pages fell into sets and entries so far. */
  readonly plans: TouchPlan[];
}

/** Kept as long as the touches themselves are; of long traces only the one that ran last. */
const analyses = new WeakMap<Int32Array, Analysis>();
const LONG = 100_000;
let lastLong: Int32Array | null = null;

function analysisOf(touches: Int32Array, pageCount: number): Analysis {
  let analysis = analyses.get(touches);
  if (analysis === undefined) {
    const isKnown = new Uint8Array(pageCount);
    const order: number[] = [];
    for (const touch of touches) {
      const page = Math.floor(touch / 2);
      if (isKnown[page] === 1) continue;
      isKnown[page] = 1;
      order.push(page);
    }
    analysis = { pageOrder: Int32Array.from(order), plans: [] };
    analyses.set(touches, analysis);
    if (touches.length >= LONG) {
      // Cells come suite by suite, and a plan of a long trace takes tens of megabytes.
      if (lastLong !== null) analyses.delete(lastLong);
      lastLong = touches;
    }
  }
  return analysis;
}

/**
 * Touches as a stream of rows, which `rowOf` makes in the order of the pages' first touches. The plan
 * comes from an earlier world if the pages use its first-level arrays alike.
 */
export function streamOf(
  touches: Int32Array,
  pages: Float64Array,
  rowOf: (page: number) => number,
  arrays: TlbArrays,
  tables: PageTables,
): TouchStream {
  const { pageOrder, plans } = analysisOf(touches, pages.length);
  const rows = new Int32Array(pages.length * 2).fill(-1);
  for (const index of pageOrder) {
    const row = rowOf(pages[index]!);
    rows[index * 2] = row;
    rows[index * 2 + 1] = row;
  }
  const use = firstLevelUse(arrays, tables, rows);
  if (use === null) return { touches, rows, plan: null };
  let plan = plans.find((known) => isSameUse(known.use, use));
  if (plan === undefined) {
    plan = planTouches(touches, use);
    plans.push(plan);
  }
  return { touches, rows, plan };
}

/** Rows of a stream's pages in the order of their first touches, each once. */
export function rowsInOrder({ touches, rows }: TouchStream): Int32Array {
  // Two pages never share a row: a mapping is made for each.
  return analysisOf(touches, rows.length / 2).pageOrder.map((page) => rows[page * 2]!);
}
