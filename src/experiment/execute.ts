import { makeManifest } from './manifest.ts';
import { planCells } from './plan.ts';
import type { CellResult } from './results.ts';
import { runCell } from './run-cell.ts';
import type { RunHooks, RunOutcome, RunRequest } from './run-request.ts';
import { runOnWorkers } from './worker-pool.ts';

/** Computes every cell of a request. The results depend on the request only, not on `jobs`. */
export async function runSuites(request: RunRequest, hooks: RunHooks): Promise<RunOutcome> {
  const cells = planCells(request);
  const results: CellResult[] = [];
  const accept = (result: CellResult): void => {
    results.push(result);
    hooks.onCell(result, results.length, cells.length);
  };
  if (request.jobs === 1) {
    for (const cell of cells) {
      accept(runCell(cell));
      // Lets a Ctrl-C in between two cells.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } else await runOnWorkers(cells, request.jobs, accept);
  return { manifest: makeManifest(request), cells: results };
}
