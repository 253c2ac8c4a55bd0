import type { PageTables } from './page-tables.ts';
import type { TlbArrays } from './tlb-arrays.ts';
import type { FirstLevelUse, TouchPlan } from './touch-plan.ts';

/** Pages touched in order. */
export interface TouchStream {
  /** Index of the page times 2, plus 1 for data or 0 for code. */
  readonly touches: Int32Array;
  /** Row of PageTables by touch, the same for a page's code and data; -1 where nothing touches the page. */
  readonly rows: Int32Array;
  /** With a plan, what hits for certain is passed over; the results are the same without. */
  readonly plan: TouchPlan | null;
}

/** A stream of rows that carries no plan. */
export function unplannedStream(mappings: Int32Array, isData: Uint8Array): TouchStream {
  let rowCount = 0;
  for (const row of mappings) rowCount = Math.max(rowCount, row + 1);
  return {
    touches: mappings.map((row, at) => row * 2 + isData[at]!),
    rows: Int32Array.from({ length: rowCount * 2 }, (_, touch) => Math.floor(touch / 2)),
    plan: null,
  };
}

/** What a stream's touches use of these arrays; null when an array that they use is not true LRU. */
export function firstLevelUse(
  arrays: TlbArrays,
  tables: PageTables,
  rows: Int32Array,
): FirstLevelUse | null {
  const ways = arrays.first.flatMap((tlb) => new Array<number>(tlb.sets).fill(tlb.ways));
  const firstSets: number[] = [];
  let setCount = 0;
  for (const tlb of arrays.first) {
    firstSets.push(setCount);
    setCount += tlb.sets;
  }
  const entryOfKey = arrays.first.map(() => new Int32Array(tables.keys.size).fill(-1));
  const entry = new Int32Array(rows.length).fill(-1);
  const sets: number[] = [];
  let sharesEntries = false;
  for (let touch = 0; touch < rows.length; touch += 1) {
    const row = rows[touch]!;
    if (row < 0) continue;
    const tlb = (touch % 2 === 1 ? arrays.firstData : arrays.firstCode)[tables.sizeOf(row)]!;
    if (!tlb.isLru) return null;
    const which = arrays.first.indexOf(tlb);
    const key = tables.keyOf(row);
    let id = entryOfKey[which]![key]!;
    if (id >= 0) sharesEntries = true;
    else {
      id = sets.length;
      entryOfKey[which]![key] = id;
      sets.push(firstSets[which]! + (tables.lowOf(row) % tlb.sets));
    }
    entry[touch] = id;
  }
  return { entry, set: Int32Array.from(sets), ways: Int32Array.from(ways), sharesEntries };
}
