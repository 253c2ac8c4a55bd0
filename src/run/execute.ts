import { openPool } from '../parallel/pool.ts';
import { planCells } from '../suite/plan.ts';
import type { RunRequest } from '../suite/run-request.ts';
import {
  cellName,
  cellTask,
  type SharedTrace,
  type TraceNeed,
  traceTask,
  withSharedTraces,
} from './cell-task.ts';
import type { PlannedCell } from './executed-cell.ts';
import { makeManifest } from './manifest.ts';
import type { CellResult } from './results.ts';
import type { RunHooks, RunOutcome } from './run-hooks.ts';

/**
 * Something that computes cells and hands the results out in the order of the cells. When `stop` is aborted it ends
 * the work that it can, and hands out no more.
 */
export type Engine = (
  cells: readonly PlannedCell[],
  onResult: (result: CellResult, index: number) => void,
  stop?: AbortSignal,
) => Promise<void>;

/** Computes cells on threads of this machine. The results don't depend on `jobs`. */
export function localEngine(jobs: number, onNotice?: (sentence: string) => void): Engine {
  return async (cells, onResult, stop) => {
    const threads = Math.max(1, Math.min(jobs, cells.length));
    const pool = openPool(cellTask, null, {
      jobs: threads,
      describe: ({ cell }) => cellName(cell),
      ...(onNotice === undefined ? {} : { onNotice }),
    });
    stop?.addEventListener('abort', () => void pool.close());
    let isFirst = true;
    const make = async (need: TraceNeed): Promise<SharedTrace> => {
      const name = `the page trace ${need.path}`;
      if (!isFirst) return pool.prepare(traceTask, need, name);
      // Threads take about as long to start as it takes to make the first trace here.
      isFirst = false;
      return traceTask.run(need, null);
    };
    try {
      await pool.run(withSharedTraces(cells, make), onResult);
    } finally {
      await pool.close();
    }
  };
}

/** Computes every cell of a request and keeps all results. */
export async function runSuites(
  request: RunRequest,
  hooks: Partial<RunHooks> = {},
): Promise<RunOutcome> {
  const plan = planCells(request);
  const cells: CellResult[] = [];
  await localEngine(request.jobs, hooks.onNotice)(plan, (result) => {
    cells.push(result);
    hooks.onCell?.(result, cells.length, plan.length);
  });
  return { manifest: makeManifest(request), cells };
}
