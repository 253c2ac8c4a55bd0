import type { PageTrace } from '../inputs/page-trace.ts';
import { shareArrays } from '../parallel/share-array.ts';
import type { Task } from '../parallel/task.ts';
import { pageTrace, providePageTraces } from '../workloads/captures.ts';
import { tracePath } from './prepare-workload.ts';
import type { CellResult } from './results.ts';
import { type Cell, runCell } from './run-cell.ts';

/** What every cell of a run may read: decoded once, in memory that all threads share. */
export interface SharedInputs {
  readonly traces: ReadonlyMap<string, PageTrace>;
}

/** A cell as work for a pool. */
export const cellTask: Task<SharedInputs, Cell, CellResult> = {
  module: import.meta.url,
  name: 'cellTask',
  run: (cell, shared) => {
    providePageTraces(shared.traces);
    return runCell(cell);
  },
};

/** `cpuid-npt-npt on zen3-milan, kvm-6.14, seed 3`, for messages. */
export function cellName(cell: Cell): string {
  return `${cell.suite.id} on ${cell.machineId}, ${cell.strategy.id}, seed ${cell.seed}`;
}

/** Reads the traces that cells need, into shared memory. */
export function sharedInputs(cells: readonly Cell[]): SharedInputs {
  const paths = new Set<string>();
  for (const { suite } of cells) {
    if (suite.workload.kind !== 'program') continue;
    const path = tracePath(suite, suite.workload);
    if (path !== null) paths.add(path);
  }
  return { traces: new Map([...paths].map((path) => [path, shareArrays(pageTrace(path))])) };
}
