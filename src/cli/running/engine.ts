import { randomInt } from 'node:crypto';
import { type Engine, localEngine } from '../../run/execute.ts';
import { UserError } from '../../util/user-error.ts';
import { keptEngine } from '../kept/kept-cells.ts';
import { openStore } from '../kept/store.ts';
import { requiredRedisUrl } from '../select/redis-url.ts';

/** Flags that say who computes cells. */
export interface EngineFlags {
  readonly jobs: number;
  /** Absent: threads. */
  readonly engine?: 'threads' | 'bullmq' | undefined;
  readonly redis?: string | undefined;
  /** Cells of workers that are computed here once more. */
  readonly verify?: number | undefined;
  /** Whether what earlier runs kept is left aside. */
  readonly fresh?: boolean | undefined;
}

/** Threads of this machine, or the workers of a queue: what the flags say. */
export async function engineFor(
  flags: EngineFlags,
  build: string,
  onNotice: (sentence: string) => void,
): Promise<Engine> {
  if (flags.engine !== 'bullmq') {
    if (flags.verify !== undefined) throw nothingToVerify();
    const store = openStore(flags.fresh === true);
    return keptEngine(localEngine(flags.jobs, onNotice), store, build);
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
