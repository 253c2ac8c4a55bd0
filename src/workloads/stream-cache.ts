import type { PageTables } from '../hardware/page-tables.ts';
import type { TlbArrays } from '../hardware/tlb-arrays.ts';
import { planTouches, type TouchPlan } from '../hardware/touch-plan.ts';
import { firstLevelUse, type TouchStream } from '../hardware/touch-stream.ts';

/**
 * A plan and what it holds for. Which pages share an entry or a set follows from their numbers, which
 * the touches stand for, from the sizes of their entries, and from the arrays.
 */
export interface KnownPlan {
  /** `TlbArrays.firstShape`. */
  readonly shape: string;
  /** Of the pages' entries, in the order of first touches. */
  readonly sizes: Uint8Array;
  /** Null for arrays that have no plan. */
  readonly plan: TouchPlan | null;
}

/**
 * What is found out once about a captured or traced sequence of touches, for every world that runs it.
 * Plain data: threads can give it to each other.
 */
export interface TouchAnalysis {
  /** Indices of its pages in the order of their first touches. */
  readonly pageOrder: Int32Array;
  /** One for each shape of arrays and sizes of pages that it ran with so far. */
  readonly plans: readonly KnownPlan[];
}

interface OwnAnalysis extends TouchAnalysis {
  readonly plans: KnownPlan[];
}

/** Kept as long as the touches themselves are; of long traces only the one that ran last. */
const analyses = new WeakMap<Int32Array, OwnAnalysis>();
const LONG = 100_000;
let lastLong: Int32Array | null = null;

function analysisOf(touches: Int32Array, pageCount: number): OwnAnalysis {
  let analysis = analyses.get(touches);
  if (analysis === undefined) {
    const isKnown = new Uint8Array(pageCount);
    const order: number[] = [];
    // By index: an iterator makes an object for each of millions of touches.
    for (let at = 0; at < touches.length; at += 1) {
      const page = Math.floor(touches[at]! / 2);
      if (isKnown[page] === 1) continue;
      isKnown[page] = 1;
      order.push(page);
    }
    analysis = { pageOrder: Int32Array.from(order), plans: [] };
    keepAnalysis(touches, analysis);
  }
  return analysis;
}

function keepAnalysis(touches: Int32Array, analysis: OwnAnalysis): void {
  analyses.set(touches, analysis);
  if (touches.length < LONG) return;
  // Cells come suite by suite, and a plan of a long trace takes tens of megabytes.
  if (lastLong !== null) analyses.delete(lastLong);
  lastLong = touches;
}

/**
 * What is known of touches so far, and is then forgotten here: whoever takes it gives it to all.
 * Undefined if no world has run them.
 */
export function takeAnalysis(touches: Int32Array): TouchAnalysis | undefined {
  const known = analyses.get(touches);
  analyses.delete(touches);
  if (lastLong === touches) lastLong = null;
  return known;
}

/** What another thread found out about touches; `streamOf` then does not find it out again. */
export function provideAnalysis(touches: Int32Array, given: TouchAnalysis): void {
  const own = analyses.get(touches);
  if (own === undefined) {
    keepAnalysis(touches, { pageOrder: given.pageOrder, plans: [...given.plans] });
    return;
  }
  for (const plan of given.plans) if (!own.plans.some(isLike(plan))) own.plans.push(plan);
}

function isLike({ shape, sizes }: KnownPlan): (other: KnownPlan) => boolean {
  return (other) => other.shape === shape && other.sizes.every((size, at) => size === sizes[at]);
}

/**
 * Touches as a stream of `rows`, by touch, in which those of pages that it lacks are made: `rowOf` is
 * asked in the order of first touches. The plan comes from an earlier world if that was alike.
 */
export function streamOf(
  touches: Int32Array,
  rows: Int32Array,
  rowOf: (index: number) => number,
  arrays: TlbArrays,
  tables: PageTables,
): TouchStream {
  const { pageOrder, plans } = analysisOf(touches, rows.length / 2);
  for (const index of pageOrder) {
    if (rows[index * 2]! >= 0) continue;
    const row = rowOf(index);
    rows[index * 2] = row;
    rows[index * 2 + 1] = row;
  }
  const shape = arrays.firstShape;
  let known = plans.find(
    (each) => each.shape === shape && hasSizes(each.sizes, pageOrder, rows, tables),
  );
  if (known === undefined) {
    known = newPlan(touches, pageOrder, rows, arrays, tables);
    plans.push(known);
  }
  return { touches, rows, plan: known.plan };
}

function hasSizes(
  sizes: Uint8Array,
  pageOrder: Int32Array,
  rows: Int32Array,
  tables: PageTables,
): boolean {
  for (let at = 0; at < pageOrder.length; at += 1) {
    if (sizes[at] !== tables.sizeOf(rows[pageOrder[at]! * 2]!)) return false;
  }
  return true;
}

function newPlan(
  touches: Int32Array,
  pageOrder: Int32Array,
  rows: Int32Array,
  arrays: TlbArrays,
  tables: PageTables,
): KnownPlan {
  // Without the pages of other streams, which have come first in some worlds and not in others.
  const own = new Int32Array(rows.length).fill(-1);
  for (const index of pageOrder) own.fill(rows[index * 2]!, index * 2, index * 2 + 2);
  const use = firstLevelUse(arrays, tables, own);
  return {
    shape: arrays.firstShape,
    sizes: Uint8Array.from(pageOrder, (index) => tables.sizeOf(rows[index * 2]!)),
    plan: use === null ? null : planTouches(touches, use),
  };
}

/** Rows of a stream's pages in the order of their first touches, each once. */
export function rowsInOrder({ touches, rows }: TouchStream): Int32Array {
  // Two pages never share a row: a mapping is made for each.
  return analysisOf(touches, rows.length / 2).pageOrder.map((page) => rows[page * 2]!);
}
