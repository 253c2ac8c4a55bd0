import { Worker } from 'node:worker_threads';
import { UserError } from '../util/user-error.ts';
import type { Answer, Question, TaskAddress, ThreadData } from './messages.ts';
import { compiledModule } from './task.ts';

/** Questions that a thread holds: the one it works on and some that wait, so that it waits for nobody who is busy. */
const DEPTH = 4;
/** Work on typed arrays makes little garbage; Node's own limit would cost each thread 40 MB. */
const YOUNG_MEBIBYTES = 8;
/** Threads that may die of one input before it counts as the cause. */
const MAX_DEATHS = 2;

/** What a thread is asked to do. */
export interface Errand {
  readonly task: TaskAddress;
  readonly input: unknown;
  /** Of the input, for messages. */
  readonly name: string;
  /** Absent: any thread will do. */
  readonly kin?: Kin | undefined;
}

/** Errands alike in this need much in common, which each thread reads or makes for itself. */
export interface Kin {
  readonly family: string;
  /** Closer: what a thread has of the one before serves the next. */
  readonly siblings: string;
}

/** An errand on its way to an output. */
interface Job extends Errand {
  readonly id: number;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  deaths: number;
}

interface Thread {
  readonly worker: Worker;
  /** Oldest first: that one is being worked on. */
  readonly held: Job[];
  /** Why it is ending, if it said so. */
  lastError: Error | null;
  /** Of the errand that it was given last. */
  kin: Kin | null;
}

export interface ThreadOptions {
  readonly jobs: number;
  /** Told in one sentence when a thread has died and its errand is tried again. */
  readonly onNotice?: (sentence: string) => void;
  /** Largest heap of a thread in MiB; absent: Node's own limit. */
  readonly heapMebibytes?: number;
}

export interface Threads {
  /** Resolves with what the task makes of the input. */
  readonly submit: (errand: Errand) => Promise<unknown>;
  /** The same, before everything that waits. */
  readonly submitFirst: (errand: Errand) => Promise<unknown>;
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

/** `startThreads` gives one; see there. */
class WorkingThreads implements Threads {
  private readonly script: URL;
  private readonly data: ThreadData;
  private readonly options: ThreadOptions;
  private readonly threads = new Set<Thread>();
  private readonly waiting: Job[] = [];
  private isClosed = false;
  private isFeeding = false;
  private submitted = 0;

  constructor(data: ThreadData, options: ThreadOptions) {
    // The same ending as this file's, .ts or .js.
    const own = import.meta.url.replace(/threads(\.[jt]s)$/, 'thread$1');
    this.script = new URL(compiledModule(own));
    this.data = data;
    this.options = options;
  }

  submit(errand: Errand): Promise<unknown> {
    return this.enqueue(errand, (job) => this.waiting.push(job));
  }

  submitFirst(errand: Errand): Promise<unknown> {
    return this.enqueue(errand, (job) => this.waiting.unshift(job));
  }

  startAll(): void {
    while (this.threads.size < this.options.jobs) this.startThread();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.threads].map(({ worker }) => worker.terminate()));
  }

  private enqueue(errand: Errand, put: (job: Job) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      put({ ...errand, id: this.submitted, resolve, reject, deaths: 0 });
      this.submitted += 1;
      // After all that is submitted now, so that there is a choice.
      if (!this.isFeeding) setImmediate(() => this.feed());
      this.isFeeding = true;
    });
  }

  private feed(): void {
    this.isFeeding = false;
    while (this.waiting.length > 0 && !this.isClosed) {
      const isFull = this.threads.size >= this.options.jobs;
      const thread = isFull ? this.leastLoaded() : this.startThread();
      if (thread.held.length >= DEPTH) return;
      const job = this.takeFor(thread);
      thread.held.push(job);
      const { id, input } = job;
      const task = { module: compiledModule(job.task.module), name: job.task.name };
      thread.worker.postMessage({ id, task, input } satisfies Question);
    }
  }

  /** The next job for a thread: of the kin that it is at, else of one that no other is at, else the first. */
  private takeFor(thread: Thread): Job {
    const { waiting } = this;
    const others = [...this.threads].filter((each) => each !== thread);
    const choices: readonly ((job: Job) => boolean)[] = [
      ({ kin }) => kin === undefined || kin.siblings === thread.kin?.siblings,
      ({ kin }) => kin?.family === thread.kin?.family,
      ({ kin }) => others.every((other) => other.kin?.family !== kin?.family),
      () => true,
    ];
    const at = choices.map((fits) => waiting.findIndex(fits)).find((index) => index >= 0);
    const [job] = waiting.splice(at!, 1);
    thread.kin = job!.kin ?? thread.kin;
    return job!;
  }

  private leastLoaded(): Thread {
    const fewer = (best: Thread, each: Thread) =>
      each.held.length < best.held.length ? each : best;
    return [...this.threads].reduce(fewer);
  }

  private startThread(): Thread {
    const limits = this.options.heapMebibytes;
    const worker = new Worker(this.script, {
      workerData: this.data,
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_MEBIBYTES,
        ...(limits === undefined ? {} : { maxOldGenerationSizeMb: limits }),
      },
    });
    const thread: Thread = { worker, held: [], lastError: null, kin: null };
    this.threads.add(thread);
    worker.on('message', (answer: Answer) => this.settle(thread, answer));
    worker.on('error', (error: Error) => {
      thread.lastError = error;
    });
    worker.on('exit', (code) => this.bury(thread, code));
    return thread;
  }

  private settle(thread: Thread, answer: Answer): void {
    const job = thread.held.shift();
    if (job === undefined || job.id !== answer.id) throw new Error('a thread answered out of turn');
    if ('output' in answer) job.resolve(answer.output);
    else if ('mistake' in answer) {
      job.reject(UserError.fromSentence(answer.mistake.kind, answer.mistake.sentence));
    } else {
      const bug = new Error(answer.bug.message);
      bug.stack = answer.bug.stack;
      job.reject(bug);
    }
    this.feed();
  }

  private bury(thread: Thread, exitCode: number): void {
    this.threads.delete(thread);
    if (this.isClosed) return;
    const cause = causeOfDeath(thread.lastError, exitCode);
    const [victim, ...bystanders] = thread.held;
    this.waiting.unshift(...bystanders);
    if (victim !== undefined) this.retryOrFail(victim, cause);
    this.feed();
  }

  private retryOrFail(job: Job, cause: string): void {
    const { name } = job;
    job.deaths += 1;
    if (job.deaths < MAX_DEATHS) {
      this.options.onNotice?.(`${name}: its worker thread ${cause}; it is run again in a new one.`);
      this.waiting.unshift(job);
      return;
    }
    const cure = 'Run with fewer --jobs, or on a machine with more memory';
    job.reject(new UserError('internal', name, `${MAX_DEATHS} worker threads ${cause}`, cure));
  }
}

/**
 * Threads; see `openPool` for what they promise. They start when there is work, or all at once by
 * `startAll`, and load the module of `task` before they have any.
 */
export function startThreads(task: TaskAddress, shared: unknown, options: ThreadOptions): Threads {
  return new WorkingThreads({ module: compiledModule(task.module), shared }, options);
}
