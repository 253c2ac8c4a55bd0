import { inOrder } from './in-order.ts';
import type { Task } from './task.ts';
import { startThreads } from './threads.ts';

export interface PoolOptions<Input> {
  /** Threads; with 1 the work is done in this thread unless `alwaysThreads`. */
  readonly jobs: number;
  /** Keep this thread free even with one job, for those who have something to answer meanwhile. */
  readonly alwaysThreads?: boolean;
  /** Told in one sentence when a thread has died and its input is tried again. */
  readonly onNotice?: (sentence: string) => void;
  /** Names an input in such sentences. */
  readonly describe?: (input: Input) => string;
  /** Largest heap of a thread in MiB; absent: Node's own limit. */
  readonly heapMebibytes?: number;
}

/** Threads that do one kind of work. Several `run` and `submit` may be under way at once. */
export interface Pool<Input, Output> {
  /**
   * Does all inputs and hands each output out in the order of the inputs, as soon as those before
   * it are there: nothing downstream depends on the number of threads. Rejects with the failure of
   * the first input that fails.
   */
  readonly run: (
    inputs: Iterable<Input>,
    onResult: (output: Output, index: number) => void,
  ) => Promise<void>;
  /** Does one input on the next free thread. */
  readonly submit: (input: Input) => Promise<Output>;
  /** Ends the threads, whatever they are doing. */
  readonly close: () => Promise<void>;
}

/** Inputs that are out at a time per thread: enough that one long one holds nobody up. */
const WINDOW_PER_THREAD = 16;

/**
 * Opens a pool for `task`; every call of it gets `shared`. A thread that dies (out of memory,
 * `process.exit`) is replaced and its input done once more; if that one dies too, the input fails
 * with a UserError. An exception of the task is not repeated: it would come again.
 */
export function openPool<Shared, Input, Output>(
  task: Task<Shared, Input, Output>,
  shared: Shared,
  options: PoolOptions<Input>,
): Pool<Input, Output> {
  if (options.jobs === 1 && options.alwaysThreads !== true) return poolOfThisThread(task, shared);
  const threads = startThreads<Input, Output>(task, shared, options);
  return {
    submit: threads.submit,
    run: (inputs, onResult) => {
      // To make the first input may take as long as it takes threads to start.
      threads.startAll();
      return inOrder(inputs, options.jobs * WINDOW_PER_THREAD, threads.submit, onResult);
    },
    close: threads.close,
  };
}

function poolOfThisThread<Shared, Input, Output>(
  task: Task<Shared, Input, Output>,
  shared: Shared,
): Pool<Input, Output> {
  const submit = async (input: Input): Promise<Output> => {
    // Lets a Ctrl-C and timers in between two inputs.
    await new Promise((resolve) => setImmediate(resolve));
    return task.run(input, shared);
  };
  return {
    submit,
    run: (inputs, onResult) => inOrder(inputs, 1, submit, onResult),
    close: async () => undefined,
  };
}
