import { type Engine, localEngine } from '../experiment/execute.ts';
import type { RunFlags } from './commands/run.ts';
import { requiredRedisUrl } from './select.ts';

/** Threads of this machine, or the workers of a queue: what the flags say. */
export async function engineFor(
  flags: RunFlags,
  build: string,
  onNotice: (sentence: string) => void,
): Promise<Engine> {
  if (flags.engine !== 'bullmq') return localEngine(flags.jobs, onNotice);
  const { queueEngine } = await import('../distributed/queue-engine.ts');
  return queueEngine({ url: requiredRedisUrl(flags.redis), build, onNotice });
}
