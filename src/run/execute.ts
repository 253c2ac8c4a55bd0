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
import type { TripContents } from './tlb-contents.ts';

/**
 * Something that computes cells and hands the results out in the order of the cells. When `stop` is aborted it ends
 * the work that it can, and hands out no more.
 */
export type Engine = (
  cells: readonly PlannedCell[],
  onResult: OnResult,
  stop?: AbortSignal,
) => Promise<void>;

/** `contents`: see `ComputedCell`; null also where an engine does not give them. */
export type OnResult = (result: CellResult, index: number, contents: TripContents | null) => void;

/** Computes cells on threads of this machine. The results don't depend on `jobs`. */
export function localEngine(jobs: number, onNotice?: (sentence: string) => void): Engine {
  return async (cells, onResult, stop) => {
    const threads = Math.max(1, Math.min(jobs, cells.length));
    const pool = openPool(cellTask, null, {
      jobs: threads,
      describe: ({ cell }) => cellName(cell),
      kinOf: ({ cell }) => kinOf(cell),
      ...(onNotice === undefined ? {} : { onNotice }),
    });
    stop?.addEventListener('abort', () => void pool.close());
    const make = async (need: TraceNeed): Promise<SharedTrace> => {
      // Threads take about as long to start as it takes to make a trace here, which later would keep results waiting.
      if (need.cell === cells[0]) return traceTask.run(need, null);
      return pool.prepare(traceTask, need, `the page trace ${need.path}`);
    };
    try {
      await pool.run(withSharedTraces(cells, make), ({ result, contents }, index) =>
        onResult(result, index, contents),
      );
    } finally {
      await pool.close();
    }
  };
}

/** Cells of a scenario run the same captures and traces, those of a seed in the same memory. */
function kinOf({ suite, machineId, seed }: PlannedCell) {
  const family = `${suite.id} ${machineId}`;
  return { family, siblings: `${family} ${seed}` };
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
