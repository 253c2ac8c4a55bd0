import { writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import type { Task } from '../../src/parallel/task.ts';
import { UserError } from '../../src/util/user-error.ts';

/** Work for the tests of the pool, in a module of its own so that threads can load it. */

export const square: Task<number, number, number> = {
  module: import.meta.url,
  name: 'square',
  run: (input, shared) => shared + input * input,
};

/** Counts first, so that later inputs overtake earlier ones. */
export const slowFirst: Task<null, number, number> = {
  module: import.meta.url,
  name: 'slowFirst',
  run: (input) => {
    let sum = 0;
    for (let step = 0; step < (input % 7 === 0 ? 3_000_000 : 10); step += 1) sum += step % 3;
    return input + sum * 0;
  },
};

/** Says which thread did it, after some time, so that every thread gets some. */
export const whoDoes: Task<null, string, number> = {
  module: import.meta.url,
  name: 'whoDoes',
  run: async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return threadId;
  },
};

export const refuseOdd: Task<null, number, number> = {
  module: import.meta.url,
  name: 'refuseOdd',
  run: (input) => {
    if (input % 2 === 1) throw new UserError('input', `input ${input}`, 'it is odd', 'Add one');
    return input;
  },
};

export const buggy: Task<null, number, number> = {
  module: import.meta.url,
  name: 'buggy',
  run: () => {
    throw new RangeError('no such row');
  },
};

export interface Deadly {
  readonly value: number;
  readonly how: 'live' | 'exit' | 'memory';
  /** A file that is made by the first death; later ones then live. Null: die each time. */
  readonly once: string | null;
}

export const deadly: Task<null, Deadly, number> = {
  module: import.meta.url,
  name: 'deadly',
  run: ({ value, how, once }) => {
    if (how === 'live' || (once !== null && !isFirst(once))) return value;
    if (how === 'exit') process.exit(7);
    const hoard: number[][] = [];
    for (;;) hoard.push(new Array<number>(100_000).fill(value));
  },
};

function isFirst(path: string): boolean {
  try {
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** First number of a shared array, and who looked. */
export const look: Task<{ array: Int32Array }, number, { value: number; thread: number }> = {
  module: import.meta.url,
  name: 'look',
  run: (input, shared) => ({ value: shared.array[input] ?? 0, thread: threadId }),
};
