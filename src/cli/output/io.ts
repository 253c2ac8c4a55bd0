import { AsyncLocalStorage } from 'node:async_hooks';
import { harmless } from '../../util/harmless.ts';

/** Where a run of the program prints to. */
export interface Io {
  readonly out: (chunk: string | Uint8Array) => void;
  readonly err: (text: string) => void;
}

interface Running {
  readonly io: Io;
  exitCode: number;
}

const PROCESS: Io = {
  out: (chunk) => void process.stdout.write(chunk),
  err: (text) => void process.stderr.write(text),
};

/** Several runs of the program in one process keep their texts apart. */
const running = new AsyncLocalStorage<Running>();

/** Calls `body` with its own output and returns the exit code that it set by `endWith`, or 0. */
export async function withIo(io: Io | undefined, body: () => Promise<void>): Promise<number> {
  const run: Running = { io: io ?? PROCESS, exitCode: 0 };
  await running.run(run, body);
  return run.exitCode;
}

/**
 * To standard output: what was asked for. Files, logs and queues of other people are quoted in many places,
 * so every text is made harmless here; bytes (Parquet) pass as they are.
 */
export function print(chunk: string | Uint8Array): void {
  (running.getStore()?.io ?? PROCESS).out(typeof chunk === 'string' ? harmless(chunk) : chunk);
}

/** To standard error: notices and mistakes, made harmless too. */
export function printError(text: string): void {
  (running.getStore()?.io ?? PROCESS).err(harmless(text));
}

/** Where progress goes: nowhere, for a run of the program whose output somebody else receives. */
export function progressStream(): NodeJS.WriteStream | null {
  const io = running.getStore()?.io ?? PROCESS;
  return io === PROCESS ? process.stderr : null;
}

/** Says with which code this run of the program ends. */
export function endWith(exitCode: number): void {
  const run = running.getStore();
  if (run === undefined) throw new Error('endWith() outside of a run of the program');
  run.exitCode = exitCode;
}
