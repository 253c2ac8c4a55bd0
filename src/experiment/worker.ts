import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../util/user-error.ts';
import { type Cell, runCell } from './run-cell.ts';

/** A worker thread: gets the plan once, then indices into it, and answers each with its result. */
const cells: readonly Cell[] = workerData;
const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only');

port.on('message', (index: number) => {
  const cell = cells[index];
  if (cell === undefined) throw new RangeError(`the plan has no cell ${index}`);
  try {
    port.postMessage({ index, result: runCell(cell) });
  } catch (error) {
    // A class does not survive the way between threads; a user's mistake must stay one.
    if (!(error instanceof UserError)) throw error;
    port.postMessage({ index, mistake: { kind: error.kind, sentence: error.message } });
  }
});
