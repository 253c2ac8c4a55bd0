import { Worker } from 'node:worker_threads';
import { UserError } from '../util/user-error.ts';
import type { Answer, Question, ThreadData } from './messages.ts';
import type { PoolOptions } from './pool.ts';
import { compiledModule, type Task } from './task.ts';

/** Questions that a thread holds: the one it works on and one that waits, so that it never waits. */
const DEPTH = 2;
/** Work on typed arrays makes little garbage; Node's own limit would cost each thread 40 MB. */
const YOUNG_MEBIBYTES = 8;
/** Threads that may die of one input before it counts as the cause. */
const MAX_DEATHS = 2;

/** An input on its way to an output. */
interface Job<Input, Output> {
  readonly id: number;
  readonly input: Input;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: Error) => void;
  deaths: number;
}

interface Thread<Input, Output> {
  readonly worker: Worker;
  /** Oldest first: that one is being worked on. */
  readonly held: Job<Input, Output>[];
  /** Why it is ending, if it said so. */
  lastError: Error | null;
}

export interface Threads<Input, Output> {
  readonly submit: (input: Input) => Promise<Output>;
  /** Starts those that have not been needed so far. */
  readonly startAll: () => void;
  readonly close: () => Promise<void>;
}

/** Why a thread is gone, in words. */
function causeOfDeath(error: Error | null, exitCode: number): string {
  const code = error !== null && 'code' in error ? error.code : '';
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'ran out of memory';
  if (error !== null) return `failed: ${error.message}`;
  return `ended with exit code ${exitCode}`;
}

/** Threads for a task; see `openPool` for what they promise. They start when there is work, or all at once by `startAll`. */
export function startThreads<Input, Output>(
  task: Task<never, Input, Output>,
  shared: unknown,
  options: PoolOptions<Input>,
): Threads<Input, Output> {
  const data: ThreadData = { module: compiledModule(task.module), name: task.name, shared };
  // The same ending as this file's, .ts or .js.
  const script = new URL(compiledModule(import.meta.url.replace(/threads(\.[jt]s)$/, 'thread$1')));
  const threads = new Set<Thread<Input, Output>>();
  const waiting: Job<Input, Output>[] = [];
  let isClosed = false;
  let submitted = 0;

  function feed(): void {
    while (waiting.length > 0) {
      const thread = threads.size < options.jobs ? startThread() : leastLoaded();
      if (thread.held.length >= DEPTH) return;
      const job = waiting.shift()!;
      thread.held.push(job);
      thread.worker.postMessage({ id: job.id, input: job.input } satisfies Question);
    }
  }

  function leastLoaded(): Thread<Input, Output> {
    return [...threads].reduce((best, each) => (each.held.length < best.held.length ? each : best));
  }

  function startThread(): Thread<Input, Output> {
    const limits = options.heapMebibytes;
    const worker = new Worker(script, {
      workerData: data,
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_MEBIBYTES,
        ...(limits === undefined ? {} : { maxOldGenerationSizeMb: limits }),
      },
    });
    const thread: Thread<Input, Output> = { worker, held: [], lastError: null };
    threads.add(thread);
    worker.on('message', (answer: Answer) => settle(thread, answer));
    worker.on('error', (error: Error) => {
      thread.lastError = error;
    });
    worker.on('exit', (code) => bury(thread, code));
    return thread;
  }

  function settle(thread: Thread<Input, Output>, answer: Answer): void {
    const job = thread.held.shift();
    if (job === undefined || job.id !== answer.id) throw new Error('a thread answered out of turn');
    if ('output' in answer) job.resolve(answer.output as Output);
    else if ('mistake' in answer) {
      job.reject(UserError.fromSentence(answer.mistake.kind, answer.mistake.sentence));
    } else {
      const bug = new Error(answer.bug.message);
      bug.stack = answer.bug.stack;
      job.reject(bug);
    }
    feed();
  }

  function bury(thread: Thread<Input, Output>, exitCode: number): void {
    threads.delete(thread);
    if (isClosed) return;
    const cause = causeOfDeath(thread.lastError, exitCode);
    const [victim, ...bystanders] = thread.held;
    waiting.unshift(...bystanders);
    if (victim !== undefined) retryOrFail(victim, cause);
    feed();
  }

  function retryOrFail(job: Job<Input, Output>, cause: string): void {
    const name = options.describe?.(job.input) ?? `task ${job.id + 1}`;
    job.deaths += 1;
    if (job.deaths < MAX_DEATHS) {
      options.onNotice?.(`${name}: its worker thread ${cause}; it is run again in a new one.`);
      waiting.unshift(job);
      return;
    }
    const cure = 'Run with fewer --jobs, or on a machine with more memory';
    job.reject(new UserError('internal', name, `${MAX_DEATHS} worker threads ${cause}`, cure));
  }

  return {
    submit: (input) =>
      new Promise((resolve, reject) => {
        waiting.push({ id: submitted, input, resolve, reject, deaths: 0 });
        submitted += 1;
        feed();
      }),
    startAll: () => {
      while (threads.size < options.jobs) startThread();
    },
    close: async () => {
      isClosed = true;
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}
