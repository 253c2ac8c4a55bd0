import type { PageTrace } from '../inputs/page-trace.ts';
import type { Task } from '../parallel/task.ts';
import { providePageTrace, readPageTraceAt } from '../workloads/captures.ts';
import { tracePath } from './prepare-workload.ts';
import type { CellResult } from './results.ts';
import { type Cell, runCell } from './run-cell.ts';

/** A cell with the page trace that it runs, if whoever asks for it has decoded that already. */
export interface CellInput {
  readonly cell: Cell;
  readonly trace: { readonly path: string; readonly content: PageTrace } | null;
}

/** A cell as work for a pool. */
export const cellTask: Task<null, CellInput, CellResult> = {
  module: import.meta.url,
  name: 'cellTask',
  run: ({ cell, trace }) => {
    if (trace !== null) providePageTrace(trace.path, trace.content);
    return runCell(cell);
  },
};

/** `cpuid-npt-npt on zen3-milan, kvm-6.14, seed 3`, for messages. */
export function cellName(cell: Cell): string {
  return `${cell.suite.id} on ${cell.machineId}, ${cell.strategy.id}, seed ${cell.seed}`;
}

/**
 * Cells with their traces in memory that all threads share: each is decoded once, when the first
 * cell that needs it is asked for, and given up with the last one. Cells of a plan come suite by suite.
 */
export function* withSharedTraces(cells: Iterable<Cell>): Generator<CellInput> {
  let latest = null as CellInput['trace'];
  for (const cell of cells) {
    const { suite } = cell;
    const path = suite.workload.kind === 'program' ? tracePath(suite, suite.workload) : null;
    if (path !== null && path !== latest?.path) {
      latest = { path, content: readPageTraceAt(path, (length) => new SharedArrayBuffer(length)) };
    }
    yield { cell, trace: path === null ? null : latest };
  }
}
