import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { inOrder } from '../../src/parallel/in-order.ts';
import { openPool, type PoolOptions } from '../../src/parallel/pool.ts';
import type { Task } from '../../src/parallel/task.ts';
import {
  buggy,
  type Deadly,
  deadly,
  look,
  refuseOdd,
  slowFirst,
  square,
  whoDoes,
} from './tasks.ts';

const folder = mkdtempSync(join(tmpdir(), 'asidbench-pool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function outputsOf<S, I, O>(
  task: Task<S, I, O>,
  shared: S,
  inputs: Iterable<I | Promise<I>>,
  options: PoolOptions<I>,
): Promise<O[]> {
  const outputs: O[] = [];
  const pool = openPool(task, shared, options);
  try {
    await pool.run(inputs, (output, index) => {
      expect(index).toBe(outputs.length);
      outputs.push(output);
    });
  } finally {
    await pool.close();
  }
  return outputs;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a pool', () => {
  test.each([1, 2, 5])('of %i threads gives outputs in the order of the inputs', async (jobs) => {
    expect(await outputsOf(square, 3, upTo(40), { jobs })).toEqual(upTo(40).map((n) => 3 + n * n));
    expect(await outputsOf(slowFirst, null, upTo(100), { jobs })).toEqual(upTo(100));
  });

  test('does nothing for no input', async () => {
    expect(await outputsOf(square, 0, [], { jobs: 2 })).toEqual([]);
  });

  test('does several runs and single inputs at once', async () => {
    const pool = openPool(square, 0, { jobs: 2 });
    const seen: number[][] = [[], []];
    await Promise.all([
      pool.run(upTo(20), (output) => seen[0]?.push(output)),
      pool.run([7, 8], (output) => seen[1]?.push(output)),
    ]);
    expect(await pool.submit(9)).toBe(81);
    await pool.close();
    expect(seen).toEqual([upTo(20).map((n) => n * n), [49, 64]]);
  });

  test.each([1, 2])('of %i threads waits for promised inputs', async (jobs) => {
    const late = new Promise<number>((resolve) => setTimeout(resolve, 20, 2));
    expect(await outputsOf(square, 0, [late, 3, Promise.resolve(4)], { jobs })).toEqual([4, 9, 16]);
  });

  test('lets a thread go on with the kin of what it is at, and hands out in the order of the inputs', async () => {
    const inputs = ['a', 'b'].flatMap((family) => upTo(4).map((n) => `${family}${n}`));
    const kinOf = (input: string) => ({ family: input[0]!, siblings: input });
    const threads = await outputsOf(whoDoes, null, inputs, { jobs: 2, kinOf });
    const [ofA, ofB] = [threads.slice(0, 4), threads.slice(4)].map((each) => new Set(each));
    expect([ofA!.size, ofB!.size]).toEqual([1, 1]);
    expect(ofA).not.toEqual(ofB);
    // Whoever has no kin of its own helps.
    const alone = await outputsOf(whoDoes, null, inputs.slice(4), { jobs: 2, kinOf });
    expect(new Set(alone).size).toBe(2);
  });

  test('takes siblings one after another', async () => {
    const inputs = ['a1', 'a2', 'b1', 'a3', 'a2', 'a1', 'a3'];
    const order: string[] = [];
    const kinOf = (input: string) => ({ family: input[0]!, siblings: input });
    const pool = openPool(whoDoes, null, { jobs: 1, alwaysThreads: true, kinOf });
    await Promise.all(inputs.map((input) => pool.submit(input).then(() => order.push(input))));
    await pool.close();
    expect(order).toEqual(['a1', 'a1', 'a2', 'a2', 'a3', 'a3', 'b1']);
  });

  test('gives the failure of a promised input in its turn', async () => {
    const pool = openPool(square, 0, { jobs: 2 });
    const seen: number[] = [];
    const failed = Promise.reject(new RangeError('no input'));
    const run = pool.run([1, failed, 3], (output) => seen.push(output));
    await expect(run).rejects.toThrow('no input');
    expect(seen).toEqual([1]);
    await pool.close();
  });

  test('prepares by another task of the same threads, before what waits', async () => {
    for (const jobs of [1, 2]) {
      const pool = openPool(slowFirst, null, { jobs });
      const order: string[] = [];
      const inputs = [0, 7, 14, 21, 28, 35, 42].map((input) =>
        pool.submit(input).then(() => order.push('input')),
      );
      const need = pool.prepare(refuseOdd, 4, 'what all need').then((made) => {
        order.push('need');
        return made;
      });
      expect(await need).toBe(4);
      await Promise.all(inputs);
      expect(order.length).toBe(8);
      expect(order.at(-1)).toBe('input');
      await expect(pool.prepare(refuseOdd, 3, 'what none needs')).rejects.toThrow('it is odd');
      await pool.close();
    }
  });

  test('stays in this thread with one job, unless it is told not to', async () => {
    const array = Int32Array.of(5);
    const here = openPool(look, { array }, { jobs: 1 });
    expect(await here.submit(0)).toEqual({ value: 5, thread: threadId });
    const there = openPool(look, { array }, { jobs: 1, alwaysThreads: true });
    expect((await there.submit(0)).thread).not.toBe(threadId);
    await there.close();
  });

  test('hands out what comes before a mistake, then gives the mistake as it was made', async () => {
    for (const jobs of [1, 2]) {
      const pool = openPool(refuseOdd, null, { jobs });
      const seen: number[] = [];
      const failure = pool.run([4, 2, 1, 6, 3], (output) => seen.push(output));
      await expect(failure).rejects.toMatchObject({
        name: 'UserError',
        kind: 'input',
        message: 'input 1: it is odd. Add one.',
      });
      expect(seen).toEqual([4, 2]);
      await pool.close();
    }
  });

  test('that works in this thread takes up nothing more once it is closed', async () => {
    const pool = openPool(refuseOdd, null, { jobs: 1 });
    const seen: number[] = [];
    const run = pool.run([4, 2, 6], (output) => {
      seen.push(output);
      void pool.close();
    });
    await expect(run).rejects.toThrow('closed');
    expect(seen).toEqual([4]);
  });

  test('gives a bug of the task with the stack of where it is', async () => {
    const pool = openPool(buggy, null, { jobs: 2 });
    const failure = await pool.submit(1).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'no such row' });
    expect((failure as Error).stack).toContain('tasks.');
    await pool.close();
  });
});

describe('a thread that dies', () => {
  const inputs = (how: Deadly['how'], once: string | null): Deadly[] =>
    upTo(12).map((value) => ({ value, how: value === 5 ? how : 'live', once }));

  test.each([
    ['exit', 'ended with exit code 7'],
    ['memory', 'ran out of memory'],
  ] as const)('by %s is replaced, and its input done again', async (how, cause) => {
    const notices: string[] = [];
    const outputs = await outputsOf(deadly, null, inputs(how, join(folder, how)), {
      jobs: 2,
      heapMebibytes: 48,
      describe: ({ value }) => `input ${value}`,
      onNotice: (sentence) => notices.push(sentence),
    });
    expect(outputs).toEqual(upTo(12));
    expect(notices).toEqual([`input 5: its worker thread ${cause}; it is run again in a new one.`]);
  });

  test('twice of the same input is a mistake that names the input', async () => {
    const failure = outputsOf(deadly, null, inputs('exit', null), {
      jobs: 2,
      describe: ({ value }) => `input ${value}`,
    });
    await expect(failure).rejects.toMatchObject({
      kind: 'internal',
      message:
        'input 5: 2 worker threads ended with exit code 7. ' +
        'Run with fewer --jobs, or on a machine with more memory.',
    });
  });
});

describe('shared arrays', () => {
  test('are seen by a thread without a copy', async () => {
    const array = new Int32Array(new SharedArrayBuffer(12));
    array.set([1, 2, 3]);
    const record = { array, name: 'x' };
    const pool = openPool(look, record, { jobs: 1, alwaysThreads: true });
    expect((await pool.submit(1)).value).toBe(2);
    // Only a test writes to one: what the thread then sees is the same memory.
    record.array[1] = 77;
    expect((await pool.submit(1)).value).toBe(77);
    await pool.close();
  });
});

describe('inputs on their way', () => {
  test('are never more than the window, however many there are', async () => {
    let out = 0;
    let most = 0;
    let drawn = 0;
    function* inputs() {
      for (; drawn < 500; drawn += 1) yield drawn;
    }
    const submit = async (input: number): Promise<number> => {
      out += 1;
      most = Math.max(most, out);
      // The first is the last to finish.
      for (let turn = 0; turn < (input === 0 ? 2000 : 1); turn += 1) await Promise.resolve();
      out -= 1;
      return input;
    };
    const seen: number[] = [];
    await inOrder(inputs(), 8, submit, (output) => seen.push(output));
    expect(seen).toEqual(upTo(500));
    expect(most).toBeLessThanOrEqual(8);
  });
});
