import { parentPort, workerData } from 'node:worker_threads';
import { type Cell, runCell } from './run-cell.ts';

/** A worker thread: gets the plan once, then indices into it, and answers each with its result. */
const cells: readonly Cell[] = workerData;
const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only');

port.on('message', (index: number) => {
  const cell = cells[index];
  if (cell === undefined) throw new RangeError(`the plan has no cell ${index}`);
  port.postMessage({ index, result: runCell(cell) });
});
