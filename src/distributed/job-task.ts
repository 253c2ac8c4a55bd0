import type { Task } from '../parallel/task.ts';
import type { CellResult } from '../run/results.ts';
import { runCell } from '../run/run-cell.ts';
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
