import type { Job } from 'bullmq';
import { openPool } from '../parallel/pool.ts';
import type { CellResult } from '../run/results.ts';
import { UserError } from '../util/user-error.ts';
import { connect } from './connection.ts';
import { jobTask } from './job-task.ts';
import { loadPackages } from './packages.ts';
import { KEY_PREFIX, queueName } from './queue.ts';

/** Workers that may die with the same job before it fails. */
const MAX_LOST_WORKERS = 5;
const MILLISECONDS = 1000;

export interface QueueWorkerOptions {
  readonly url: string;
  /** What results say of who made them, such as the host and the number of the process. */
  readonly name: string;
  /** Of this program; it computes only for runs of the same build. */
  readonly build: string;
  /** Cells at a time, each on a thread of its own. */
  readonly jobs: number;
  /** A worker that is silent for so long has lost its jobs to others. */
  readonly lockSeconds: number;
  /** Ends when there was nothing to do for so long; null: never. */
  readonly idleSeconds: number | null;
  /** Told in one sentence what goes wrong, and never ends the worker. */
  readonly onNotice: (sentence: string) => void;
  /** Told after each cell. */
  readonly onCell: () => void;
}

export interface QueueWorker {
  /** Resolves when the worker has ended. */
  readonly ended: Promise<void>;
  /** Takes no more cells, finishes those it has, and ends. */
  readonly stop: () => void;
}

/**
 * Takes cells from the queue in Redis and computes them. Reading a job and computing it are done on threads,
 * so that this thread is free to renew the locks: a cell may take any time, and a text that is made to. A worker that is killed loses its
 * locks, and its cells are done by others.
 */
export async function startQueueWorker(options: QueueWorkerOptions): Promise<QueueWorker> {
  const packages = await loadPackages();
  const { redis } = await connect(packages, options.url, options.onNotice);
  const pool = openPool(jobTask, null, {
    jobs: options.jobs,
    alwaysThreads: true,
    describe: ({ jobId }) => `job ${jobId}`,
    onNotice: options.onNotice,
  });

  async function compute(job: Job): Promise<CellResult> {
    try {
      const result = await pool.submit({ data: job.data, jobId: job.id ?? '' });
      options.onCell();
      return result;
    } catch (error) {
      // Cells are deterministic: what a user has to mend fails every time.
      if (error instanceof UserError) throw new packages.UnrecoverableError(error.message);
      throw error;
    }
  }

  const lockDuration = options.lockSeconds * MILLISECONDS;
  const worker = new packages.Worker(queueName(options.build), compute, {
    connection: redis,
    prefix: KEY_PREFIX,
    name: options.name,
    concurrency: options.jobs,
    lockDuration,
    stalledInterval: lockDuration / 2,
    maxStalledCount: MAX_LOST_WORKERS,
  });
  worker.on('error', () => undefined);
  worker.on('failed', (_job, error) => options.onNotice(error.message));
  worker.on('stalled', (id) =>
    options.onNotice(`job ${id}: its worker is gone; it is done again.`),
  );

  let resolveEnded = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    resolveEnded = resolve;
  });
  const stop = async (): Promise<void> => {
    await worker.close();
    await pool.close();
    redis.disconnect();
    resolveEnded();
  };
  stopWhenIdle(worker, options.idleSeconds, () => void stop());
  return { ended, stop: () => void stop() };
}

/** What `stopWhenIdle` needs of a worker of BullMQ. */
interface Busy {
  on(event: 'active' | 'completed' | 'failed', listener: () => void): unknown;
}

function stopWhenIdle(worker: Busy, idleSeconds: number | null, stop: () => void): void {
  if (idleSeconds === null) return;
  let active = 0;
  let timer = setTimeout(stop, idleSeconds * MILLISECONDS);
  worker.on('active', () => {
    active += 1;
    clearTimeout(timer);
  });
  for (const event of ['completed', 'failed'] as const) {
    worker.on(event, () => {
      active -= 1;
      if (active > 0) return;
      clearTimeout(timer);
      timer = setTimeout(stop, idleSeconds * MILLISECONDS);
    });
  }
}
