import { keyOf } from '../../rig/once.ts';
import { expectedOfCell } from '../../run/check-cell.ts';
import type { Engine, OnResult } from '../../run/execute.ts';
import type { PlannedCell } from '../../run/executed-cell.ts';
import { parseCell } from '../../run/parse-run.ts';
import { withKnown } from '../../run/precision.ts';
import type { CellResult } from '../../run/results.ts';
import { UserError } from '../../util/user-error.ts';
import type { Store } from './store.ts';

/** More are computed again: they would all be in memory at once, some kilobytes each. */
const MOST_CELLS = 4000;

/** An engine that hands out what is kept, and keeps what it computes. */
export function keptEngine(engine: Engine, store: Store, build: string): Engine {
  return async (cells, onResult, stop) => {
    const kept = keptCells(store, build, cells);
    try {
      const onEach: OnResult = (result, index, contents) => {
        if (!kept.has(result.cellId)) keepCell(store, build, cells[index]!, result);
        onResult(result, index, contents);
      };
      await withKnown(engine, kept)(cells, onEach, stop);
    } finally {
      store.close();
    }
  };
}

/** Results of these cells that earlier runs of the same build kept, by cell id. */
function keptCells(
  store: Store,
  build: string,
  cells: readonly PlannedCell[],
): Map<string, CellResult> {
  const found = new Map<string, CellResult>();
  for (const cell of cells.slice(0, MOST_CELLS)) {
    const bytes = store.get('cells', cellKey(build, cell));
    const result = bytes === null ? null : trusted(bytes, cell);
    if (result !== null) found.set(cell.cellId, result);
  }
  // An id names behaviours: two strategies that behave alike have one, and each its own result.
  for (const id of repeatedIds(cells)) found.delete(id);
  return found;
}

/** Keeps a result for later runs. */
function keepCell(store: Store, build: string, cell: PlannedCell, result: CellResult): void {
  store.put('cells', cellKey(build, cell), Buffer.from(JSON.stringify(result)));
}

function cellKey(build: string, { cellId, suite, machineId, strategy, seed }: PlannedCell): string {
  return keyOf(build, cellId, suite.id, machineId, strategy.id, seed);
}

/** What is kept is read like a results file: a cell that contradicts itself is computed again. */
function trusted(bytes: Buffer, cell: PlannedCell): CellResult | null {
  try {
    const expected = expectedOfCell(cell);
    return parseCell(bytes.toString(), 'kept cell', { expected, cure: 'It is computed again' });
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function repeatedIds(cells: readonly PlannedCell[]): readonly string[] {
  const seen = new Set<string>();
  return cells.flatMap(({ cellId }) => {
    if (seen.has(cellId)) return [cellId];
    seen.add(cellId);
    return [];
  });
}
