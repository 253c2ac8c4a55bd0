import { localEngine } from '../../run/execute.ts';
import type { PlannedCell } from '../../run/executed-cell.ts';
import type { CellResult } from '../../run/results.ts';
import { keptEngine } from '../kept/kept-cells.ts';
import { openStore } from '../kept/store.ts';
import { startTerminalProgress } from '../output/progress.ts';
import { buildHash } from './build-hash.ts';

/** How cells are computed that belong to no run. */
export interface CellFlags {
  readonly jobs: number;
  readonly json: boolean;
  readonly fresh: boolean;
}

/** Computes cells on threads, unless they are kept, with progress unless JSON is asked for. */
export async function runCells(
  cells: readonly PlannedCell[],
  { jobs, json, fresh }: CellFlags,
): Promise<readonly CellResult[]> {
  const engine = keptEngine(localEngine(jobs), openStore(fresh), buildHash());
  const progress = json ? null : startTerminalProgress();
  const results: CellResult[] = [];
  try {
    await engine(cells, (cell) => {
      results.push(cell);
      progress?.advance(results.length, cells.length);
    });
  } finally {
    progress?.finish();
  }
  return results;
}
