import { type FlagValues, parsed, parsedOr } from '../../flags/flag.ts';
import { wholeNumber } from '../../flags/parse.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { JOBS, REDIS } from '../../flags/shared.ts';

const MAX_SECONDS = 86_400;
/** Redis sees a sign of life every half of it. */
const LOCK_SECONDS = 30;

const FLAGS = {
  redis: REDIS,
  jobs: { ...JOBS, what: 'cells at a time, each on a thread of its own' },
  lock: parsedOr(
    '--lock <seconds>',
    'a worker that is silent for so long loses its cells to others',
    wholeNumber(MAX_SECONDS),
    LOCK_SECONDS,
  ),
  idle: parsed(
    '--idle <seconds>',
    'end when there was nothing to do for so long (default: never)',
    wholeNumber(MAX_SECONDS),
  ),
};

export type WorkerFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [],
  flags: FLAGS,
  details: `
Start any number of them on any machines with the same version, before or
after the run. A worker that is killed loses nothing: after --lock seconds its
cells are done by others. The queue is a Redis, started for example with
redis-server --appendonly yes; put a password and TLS on it where others reach
it.`,
  examples: ['worker --redis redis://queue', 'run headline --engine bullmq --redis redis://queue'],
};
