import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** The lists and sorted sets of BullMQ that a job's id may stand in. */
const LISTS = ['wait', 'active', 'paused'] as const;
const SORTED_SETS = ['completed', 'failed', 'delayed', 'prioritized'] as const;

/** A job that stands in Redis and can't be read. */
export interface Damaged {
  readonly cause: string;
}

/** What a queue holds under an id; undefined: nothing. Errors of the connection are thrown. */
export async function readJob(queue: Queue, id: string): Promise<Job | undefined | Damaged> {
  try {
    return await queue.getJob(id);
  } catch (error) {
    const cause = damageIn(error);
    if (cause === null) throw error;
    return { cause };
  }
}

/** Removes everything that Redis holds of a job, whatever it is. */
export async function removeTraces(redis: Redis, queue: Queue, id: string): Promise<void> {
  const key = queue.toKey(id);
  await redis.del(key, `${key}:lock`, `${key}:logs`, `${key}:dependencies`, `${key}:processed`);
  for (const list of LISTS) await redis.lrem(queue.toKey(list), 0, id);
  for (const set of SORTED_SETS) await redis.zrem(queue.toKey(set), id);
  await redis.srem(queue.toKey('stalled'), id);
}

/** The damage that an error tells of, as the end of a sentence; null: it tells of none. */
export function damageIn(error: unknown): string | null {
  if (error instanceof SyntaxError) return 'its data or its options are not JSON';
  if (!(error instanceof Error)) return null;
  if (error.message.includes('WRONGTYPE')) return 'another type of value stands at its key';
  return error instanceof TypeError || error instanceof RangeError
    ? 'its fields are not those of a job'
    : null;
}
