import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type ExitKind, UserError } from '../util/user-error.ts';
import type { CellResult } from './results.ts';
import type { Cell } from './run-cell.ts';

interface Answer {
  readonly index: number;
  readonly result?: CellResult;
  readonly mistake?: { readonly kind: ExitKind; readonly sentence: string };
}

/** The compiled worker: beside this file in dist, or in dist when this file runs from the sources. */
function workerPath(): string {
  const here = fileURLToPath(new URL('./worker.js', import.meta.url));
  if (existsSync(here)) return here;
  return fileURLToPath(new URL('../../dist/src/experiment/worker.js', import.meta.url));
}

/**
 * Runs cells on `jobs` threads. Results are handed out in plan order, each as soon as all before it
 * are there, so that nothing downstream depends on the number of threads. Rejects when a worker fails.
 */
export function runOnWorkers(
  cells: readonly Cell[],
  jobs: number,
  onResult: (result: CellResult, index: number) => void,
): Promise<void> {
  const path = workerPath();
  const results: (CellResult | undefined)[] = new Array(cells.length);
  let nextToStart = 0;
  let nextToHand = 0;
  const workers = Array.from(
    { length: Math.min(jobs, cells.length) },
    () => new Worker(path, { workerData: cells }),
  );
  const stop = () => Promise.all(workers.map((worker) => worker.terminate()));
  const done = new Promise<void>((resolve, reject) => {
    const start = (worker: Worker): void => {
      if (nextToStart === cells.length) return;
      worker.postMessage(nextToStart);
      nextToStart += 1;
    };
    for (const worker of workers) {
      worker.on('error', reject);
      worker.on('message', ({ index, result, mistake }: Answer) => {
        if (mistake !== undefined) {
          reject(UserError.fromSentence(mistake.kind, mistake.sentence));
          return;
        }
        results[index] = result;
        start(worker);
        for (let ready = results[nextToHand]; ready !== undefined; ready = results[nextToHand]) {
          results[nextToHand] = undefined;
          onResult(ready, nextToHand);
          nextToHand += 1;
        }
        if (nextToHand === cells.length) resolve();
      });
      start(worker);
    }
  });
  return done.finally(stop);
}
