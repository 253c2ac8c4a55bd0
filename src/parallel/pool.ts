import { inOrder } from './in-order.ts';
import type { Task } from './task.ts';
import { type Kin, startThreads, type ThreadOptions } from './threads.ts';

/** With one job the work is done in this thread unless `alwaysThreads`. */
export interface PoolOptions<Input> extends ThreadOptions {
  /** Keep this thread free even with one job, for those who have something to answer meanwhile. */
  readonly alwaysThreads?: boolean;
  /** Names an input in messages. */
  readonly describe?: (input: Input) => string;
  /** A thread goes on with the kin of what it is at. Absent: no inputs are kin. */
  readonly kinOf?: (input: Input) => Kin;
}

/** Threads for one kind of work. Several `run` and `submit` may be under way at once. */
export interface Pool<Shared, Input, Output> {
  /**
   * Does all inputs and hands each output out in the order of the inputs, as soon as those before
   * it are there: nothing downstream depends on the number of threads. An input may be promised; those
   * after it do not wait for it. Rejects with the failure of the first input that fails.
   */
  readonly run: (
    inputs: Iterable<Input | Promise<Input>>,
    onResult: (output: Output, index: number) => void,
  ) => Promise<void>;
  /** Does one input on the next free thread. */
  readonly submit: (input: Input) => Promise<Output>;
  /** Does what an input will need, by another task, before the inputs that wait; `name` is for messages. */
  readonly prepare: <Need, Made>(
    task: Task<Shared, Need, Made>,
    need: Need,
    name: string,
  ) => Promise<Made>;
  /** Ends the threads, whatever they are doing. */
  readonly close: () => Promise<void>;
}

/** Inputs that are out at a time per thread: enough that one long one holds nobody up, and that threads have kin to choose from. */
const WINDOW_PER_THREAD = 32;

/**
 * Opens a pool for `task`; every call of it gets `shared`. A thread that dies (out of memory,
 * `process.exit`) is replaced and its input done once more; if that one dies too, the input fails
 * with a UserError. An exception of the task is not repeated: it would come again.
 */
export function openPool<Shared, Input, Output>(
  task: Task<Shared, Input, Output>,
  shared: Shared,
  options: PoolOptions<Input>,
): Pool<Shared, Input, Output> {
  if (options.jobs === 1 && options.alwaysThreads !== true) return poolOfThisThread(task, shared);
  const threads = startThreads(task, shared, options);
  let submitted = 0;
  const submit = async (input: Input): Promise<Output> => {
    submitted += 1;
    const name = options.describe?.(input) ?? `task ${submitted}`;
    // The task that it names is the one that threads find there.
    const kin = options.kinOf?.(input);
    return (await threads.submit({ task, input, name, kin })) as Output;
  };
  return {
    submit,
    run: (inputs, onResult) => {
      // To make the first input may take as long as it takes threads to start.
      threads.startAll();
      const window = options.jobs * WINDOW_PER_THREAD;
      return inOrder(inputs, window, async (input) => submit(await input), onResult);
    },
    prepare: async <Need, Made>(other: Task<Shared, Need, Made>, need: Need, name: string) =>
      (await threads.submitFirst({ task: other, input: need, name })) as Made,
    close: () => threads.close(),
  };
}

function poolOfThisThread<Shared, Input, Output>(
  task: Task<Shared, Input, Output>,
  shared: Shared,
): Pool<Shared, Input, Output> {
  let isClosed = false;
  const submit = async (input: Input): Promise<Output> => {
    // Lets a Ctrl-C and timers in between two inputs.
    await new Promise((resolve) => setImmediate(resolve));
    if (isClosed) throw new Error('the pool was closed');
    return task.run(input, shared);
  };
  return {
    submit,
    run: (inputs, onResult) => inOrder(inputs, 1, async (input) => submit(await input), onResult),
    prepare: async (other, need) => other.run(need, shared),
    close: async () => {
      isClosed = true;
    },
  };
}
