import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { endWith } from '../../output/io.ts';
import { WORKER_HELP } from '../../output/messages.ts';
import { wholeNumber } from '../../select/strategies.ts';

const MAX_JOBS = 1024;
const MAX_SECONDS = 86_400;
/** Redis sees a sign of life every half of it. */
const LOCK_SECONDS = 30;

export interface WorkerFlags {
  readonly redis?: string;
  readonly jobs: number;
  readonly lock: number;
  readonly idle?: number;
}

/** `worker --redis URL`: computes the cells that others have submitted to a queue. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('compute cells that "run --engine bullmq" has put into a queue in Redis')
    .option('--redis <url>', 'redis:// or rediss:// (default: $ASIDBENCH_REDIS)')
    .option(
      '--jobs <n>',
      'cells at a time, each on a thread of its own',
      wholeNumber('--jobs', MAX_JOBS),
      availableParallelism(),
    )
    .option(
      '--lock <seconds>',
      'a worker that is silent for so long loses its cells to others',
      wholeNumber('--lock', MAX_SECONDS),
      LOCK_SECONDS,
    )
    .option(
      '--idle <seconds>',
      'end when there was nothing to do for so long (default: never)',
      wholeNumber('--idle', MAX_SECONDS),
    )
    .addHelpText('after', WORKER_HELP)
    .action(async (flags: WorkerFlags) => {
      const { performWork } = await import('./perform.ts');
      endWith(await performWork(flags));
    });
}
