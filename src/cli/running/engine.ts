import { randomInt } from 'node:crypto';
import { type Engine, localEngine } from '../../run/execute.ts';
import { UserError } from '../../util/user-error.ts';
import type { RunFlags } from '../commands/run/flags.ts';
import { requiredRedisUrl } from '../select/strategies.ts';

/** Threads of this machine, or the workers of a queue: what the flags say. */
export async function engineFor(
  flags: RunFlags,
  build: string,
  onNotice: (sentence: string) => void,
): Promise<Engine> {
  if (flags.engine !== 'bullmq') {
    if (flags.verify !== undefined) throw nothingToVerify();
    return localEngine(flags.jobs, onNotice);
  }
  const { queueEngine } = await import('../../distributed/queue-engine.ts');
  const count = flags.verify ?? 0;
  const verified = (cells: number): ReadonlySet<number> => drawn(Math.min(count, cells), cells);
  return queueEngine({ url: requiredRedisUrl(flags.redis), build, onNotice, verified });
}

/** `count` of the numbers below `below`. Not by a seed: who knew which would lie elsewhere. */
function drawn(count: number, below: number): ReadonlySet<number> {
  const numbers = new Set<number>();
  while (numbers.size < count) numbers.add(randomInt(below));
  return numbers;
}

function nothingToVerify(): UserError {
  const cause = 'cells are computed here, and there is no worker to verify';
  return new UserError('usage', '--verify', cause, 'Give it together with --engine bullmq');
}
