import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../util/user-error.ts';
import type { Answer, Question, TaskAddress, ThreadData } from './messages.ts';
import type { Task } from './task.ts';

/** A worker thread: answers one question after another. */
const { module, shared } = workerData as ThreadData;
const port = parentPort;
if (port === null) throw new Error('thread.ts runs as a worker thread only');

await import(module);

async function taskAt({ module, name }: TaskAddress) {
  const exported = (await import(module)) as Record<string, Task<unknown, unknown, unknown>>;
  const task = exported[name];
  if (task === undefined) throw new Error(`${module} exports no ${name}`);
  return task;
}

async function answer({ id, task, input }: Question): Promise<Answer> {
  try {
    const { run } = await taskAt(task);
    return { id, output: await run(input, shared) };
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
