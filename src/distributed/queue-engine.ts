import { setTimeout } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { cellName, computeCell } from '../run/cell-task.ts';
import type { Engine } from '../run/execute.ts';
import type { PlannedCell } from '../run/executed-cell.ts';
import type { CellResult } from '../run/results.ts';
import { UserError } from '../util/user-error.ts';
import { connect } from './connection.ts';
import { loadPackages } from './packages.ts';
import { jobIdOf, payloadOf, resultOfJob } from './payload.ts';
import { JOB_OPTIONS, KEY_PREFIX, queueName } from './queue.ts';
import { type Damaged, damageIn, readJob, removeTraces } from './repair.ts';

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
  /** Which of so many cells are computed here once more, to be compared. */
  readonly verified: (cells: number) => ReadonlySet<number>;
}

/**
 * Computes cells on whatever workers take them from a queue in Redis. Submitting is idempotent: a
 * cell that somebody else has submitted, or that an earlier run has left, is computed once.
 * Results come in the order of the cells.
 */
export function queueEngine({ url, build, onNotice, verified }: QueueEngineOptions): Engine {
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
      try {
        await queue.addBulk(jobs);
      } catch (error) {
        if (damageIn(error) === null) throw error;
        await repairAll(asking, batch);
        await queue.addBulk(jobs);
      }
    };
    const asking: Asking = { queue, redis, submit, onNotice };
    try {
      if (cells.length > 0 && (await queue.getWorkersCount()) === 0) {
        onNotice(
          `no worker of this version and build (${build}) is at ${shown} yet; the run waits for one.`,
        );
      }
      const toVerify = verified(cells.length);
      let submitted = 0;
      for (const [index, cell] of cells.entries()) {
        while (submitted < Math.min(cells.length, index + WINDOW)) {
          await submit(cells.slice(submitted, submitted + BATCH));
          submitted += BATCH;
        }
        const answer = await resultOf(asking, cell);
        if (toVerify.has(index)) await verify(asking, cells, cell, answer);
        onResult(answer.result, index, null);
      }
    } finally {
      await queue.close();
      redis.disconnect();
    }
  };
}

/** What `resultOf` needs of a run. */
interface Asking {
  readonly queue: Queue;
  readonly redis: Redis;
  readonly submit: (batch: readonly PlannedCell[]) => Promise<void>;
  readonly onNotice: (sentence: string) => void;
}

/** A result with the name of its worker, as far as that tells the truth. */
interface Answer {
  readonly result: CellResult;
  readonly worker: string;
}

/** Waits for the result of a submitted cell, and submits it again where the queue has lost it. */
async function resultOf(asking: Asking, cell: PlannedCell): Promise<Answer> {
  const { queue, submit } = asking;
  const jobId = jobIdOf(cell);
  for (let failures = 0; ; ) {
    const job = await readJob(queue, jobId);
    // A Redis that keeps nothing was started anew.
    if (job === undefined) await submit([cell]);
    else if ('cause' in job || job.finishedOn !== undefined) {
      const answer = 'cause' in job ? damagedJob(cell, job) : await answerOf(job, cell);
      if (!(answer instanceof UserError)) return answer;
      failures += 1;
      if (failures === MAX_FAILURES) throw answer;
      if ('cause' in job) await repair(asking, cell, job);
      // Another client may have removed it already.
      else await job.remove().catch(() => undefined);
      await submit([cell]);
    }
    if (job === undefined || 'cause' in job || job.finishedOn === undefined) {
      await setTimeout(POLL_MILLISECONDS);
    }
  }
}

/** Removes the jobs of some cells that can't be read. */
async function repairAll(asking: Asking, batch: readonly PlannedCell[]): Promise<void> {
  for (const cell of batch) {
    const job = await readJob(asking.queue, jobIdOf(cell));
    if (job !== undefined && 'cause' in job) await repair(asking, cell, job);
  }
}

async function repair(
  { queue, redis, onNotice }: Asking,
  cell: PlannedCell,
  job: Damaged,
): Promise<void> {
  onNotice(`the job of ${cellName(cell)} is damaged, ${job.cause}; it is submitted again.`);
  await removeTraces(redis, queue, jobIdOf(cell));
}

function damagedJob(cell: PlannedCell, { cause }: Damaged): UserError {
  const cure = 'Look who else writes to this Redis, and run again with --resume';
  return new UserError('input', cellName(cell), `its job is damaged again: ${cause}`, cure);
}

/**
 * Computes a cell here and compares. Throws UserError('input') with the name of a worker whose result is
 * another one; what it gave or may still give for the cells of this run is removed from the queue before.
 */
async function verify(
  { queue, redis }: Asking,
  cells: readonly PlannedCell[],
  cell: PlannedCell,
  { result, worker }: Answer,
): Promise<void> {
  const own = computeCell(cell);
  if (JSON.stringify(own) === JSON.stringify(result)) return;
  for (const each of cells) {
    const job = await readJob(queue, jobIdOf(each));
    const isHonest =
      job !== undefined &&
      !('cause' in job) &&
      job.finishedOn !== undefined &&
      job.processedBy !== worker;
    // What is not finished goes, too: the worker may hold it, or take it after this run has ended.
    if (job !== undefined && !isHonest) await removeTraces(redis, queue, jobIdOf(each));
  }
  throw new UserError(
    'input',
    `worker ${worker}`,
    `its result of ${cellName(cell)} is false: a mean of ${result.meanNs} ns, and this program computes ${own.meanNs} ns`,
    'Stop it, and run again in another folder: what it gave before may be false, too. Its results are removed from the queue',
  );
}

/** The result of a finished job, or why it has none. */
async function answerOf(job: Job, cell: PlannedCell): Promise<Answer | UserError> {
  if (await job.isFailed()) {
    const reason = (job.failedReason ?? 'no reason is given').replace(/\.$/, '');
    const cure = 'Look at what its worker says, and run again with --resume';
    return new UserError('input', cellName(cell), `it failed on a worker: ${reason}`, cure);
  }
  try {
    return {
      result: resultOfJob(job.returnvalue, cell),
      worker: job.processedBy ?? 'without a name',
    };
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
