import type { CellResult } from '../experiment/results.ts';
import { runCell } from '../experiment/run-cell.ts';
import type { Task } from '../parallel/task.ts';
import { cellOfPayload } from './payload.ts';

/** A job of the queue as somebody sent it. */
export interface SentJob {
  readonly data: unknown;
  readonly jobId: string;
}

/** Checking and computing a job as work for a pool: a hostile text keeps one thread busy and no lock. */
export const jobTask: Task<null, SentJob, CellResult> = {
  module: import.meta.url,
  name: 'jobTask',
  run: ({ data, jobId }) => runCell(cellOfPayload(data, jobId)),
};
