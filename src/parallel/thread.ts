import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../util/user-error.ts';
import type { Answer, Question, ThreadData } from './messages.ts';
import type { Task } from './task.ts';

/** A worker thread: imports its task once, then answers one question after another. */
const { module, name, shared } = workerData as ThreadData;
const port = parentPort;
if (port === null) throw new Error('thread.ts runs as a worker thread only');

const exported = (await import(module)) as Record<string, Task<unknown, unknown, unknown>>;
const task = exported[name];
if (task === undefined) throw new Error(`${module} exports no ${name}`);

async function answer({ id, input }: Question): Promise<Answer> {
  try {
    return { id, output: await task!.run(input, shared) };
  } catch (error) {
    // A class does not survive the way between threads; a user's mistake must stay one.
    if (error instanceof UserError) {
      return { id, mistake: { kind: error.kind, sentence: error.message } };
    }
    const bug = error instanceof Error ? error : new Error(String(error));
    return { id, bug: { message: bug.message, stack: bug.stack ?? '' } };
  }
}

let last: Promise<void> = Promise.resolve();
port.on('message', (question: Question) => {
  // One at a time: questions wait here only so that a thread never waits for the next one.
  last = last.then(async () => port.postMessage(await answer(question)));
});
