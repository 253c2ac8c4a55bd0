import type { Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { UserError } from '../util/user-error.ts';

/** What this folder uses of two optional packages. */
export interface QueuePackages {
  readonly Queue: typeof Queue;
  readonly Worker: typeof Worker;
  readonly UnrecoverableError: typeof UnrecoverableError;
  readonly Redis: typeof Redis;
}

/** Loads the packages when somebody asks for a queue. Throws UserError('usage') if one is absent. */
export async function loadPackages(
  load: () => Promise<QueuePackages> = importPackages,
): Promise<QueuePackages> {
  try {
    return await load();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UserError(
      'usage',
      '--redis',
      'the packages bullmq and ioredis, which are optional, are not installed',
      'Install them with "npm ci --include=optional"',
    );
  }
}

async function importPackages(): Promise<QueuePackages> {
  const [{ Queue, Worker, UnrecoverableError }, { Redis }] = await Promise.all([
    import('bullmq'),
    import('ioredis'),
  ]);
  return { Queue, Worker, UnrecoverableError, Redis };
}
