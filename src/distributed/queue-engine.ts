import { setTimeout } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import { cellName } from '../experiment/cell-task.ts';
import type { Engine } from '../experiment/execute.ts';
import type { PlannedCell } from '../experiment/executed-cell.ts';
import type { CellResult } from '../experiment/results.ts';
import { UserError } from '../util/user-error.ts';
import { connect } from './connection.ts';
import { loadPackages } from './packages.ts';
import { jobIdOf, payloadOf, resultOfJob } from './payload.ts';
import { JOB_OPTIONS, KEY_PREFIX, queueName } from './queue.ts';

/** Jobs that are in the queue ahead of the one whose result is due: memory of Redis is bounded. */
const WINDOW = 4000;
const BATCH = 200;
const POLL_MILLISECONDS = 100;
/** A job that fails is submitted once more: the first may have been another's, or damaged. */
const MAX_FAILURES = 2;

export interface QueueEngineOptions {
  /** redis:// or rediss://, with user and password where needed. */
  readonly url: string;
  /** Of this program; only workers of the same build compute for it. */
  readonly build: string;
  /** Told in one sentence what goes wrong without ending the run. */
  readonly onNotice: (sentence: string) => void;
}

/**
 * Computes cells on whatever workers take them from a queue in Redis. Submitting is idempotent: a
 * cell that somebody else has submitted, or that an earlier run has left, is computed once.
 * Results come in the order of the cells.
 */
export function queueEngine({ url, build, onNotice }: QueueEngineOptions): Engine {
  return async (cells, onResult) => {
    const packages = await loadPackages();
    const payloads = (cell: PlannedCell) => ({ name: 'cell', data: payloadOf(cell) });
    // Before anything is submitted: a cell that can't travel ends the run here.
    for (const cell of cells) payloads(cell);
    const { redis, shown } = await connect(packages, url, onNotice);
    const queue = new packages.Queue(queueName(build), { connection: redis, prefix: KEY_PREFIX });
    queue.on('error', () => undefined);
    const submit = async (batch: readonly PlannedCell[]): Promise<void> => {
      const jobs = batch.map((cell) => ({
        ...payloads(cell),
        opts: { ...JOB_OPTIONS, jobId: jobIdOf(cell) },
      }));
      await queue.addBulk(jobs);
    };
    try {
      if (cells.length > 0 && (await queue.getWorkersCount()) === 0) {
        onNotice(
          `no worker of this version and build (${build}) is at ${shown} yet; the run waits for one.`,
        );
      }
      let submitted = 0;
      for (const [index, cell] of cells.entries()) {
        while (submitted < Math.min(cells.length, index + WINDOW)) {
          await submit(cells.slice(submitted, submitted + BATCH));
          submitted += BATCH;
        }
        onResult(await resultOf(queue, cell, submit), index);
      }
    } finally {
      await queue.close();
      redis.disconnect();
    }
  };
}

type Submit = (batch: readonly PlannedCell[]) => Promise<void>;

/** Waits for the result of a submitted cell, and submits it again where the queue has lost it. */
async function resultOf(queue: Queue, cell: PlannedCell, submit: Submit): Promise<CellResult> {
  const jobId = jobIdOf(cell);
  for (let failures = 0; ; ) {
    const job: Job | undefined = await queue.getJob(jobId);
    // A Redis that keeps nothing was started anew.
    if (job === undefined) await submit([cell]);
    else if (job.finishedOn !== undefined) {
      const failure = await failureOf(job, cell);
      if (!(failure instanceof UserError)) return failure;
      failures += 1;
      if (failures === MAX_FAILURES) throw failure;
      // Another client may have removed it already.
      await job.remove().catch(() => undefined);
      await submit([cell]);
    }
    if (job?.finishedOn === undefined) await setTimeout(POLL_MILLISECONDS);
  }
}

/** The result of a finished job, or why it has none. */
async function failureOf(job: Job, cell: PlannedCell): Promise<CellResult | UserError> {
  if (await job.isFailed()) {
    const reason = (job.failedReason ?? 'no reason is given').replace(/\.$/, '');
    const cure = 'Look at what its worker says, and run again with --resume';
    return new UserError('input', cellName(cell), `it failed on a worker: ${reason}`, cure);
  }
  try {
    return resultOfJob(job.returnvalue, cell);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
