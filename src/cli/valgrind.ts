import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { UserError } from '../util/user-error.ts';

/** How a recorded program ended; one of the two is null. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that runs under Valgrind. */
export interface TracedProgram {
  /** Lackey's text as it is printed. It is a pipe: Valgrind waits while nobody reads. */
  readonly text: Readable;
  readonly ended: Promise<ProgramEnd>;
  /** Asks the program to stop; kills it where it does not. */
  readonly stop: (signal: NodeJS.Signals) => void;
}

/** Where the child finds the pipe; 0 to 2 are the program's own. */
const LOG_FD = 3;
const LACKEY = [
  // Options of ~/.valgrindrc or VALGRIND_OPTS could change what is printed.
  '--command-line-only=yes',
  '--tool=lackey',
  '--trace-mem=yes',
  '--basic-counts=no',
  // A forked child would print into the middle of its parent's lines.
  '--child-silent-after-fork=yes',
  '--vgdb=no',
  `--log-fd=${LOG_FD}`,
];
/** A program that is asked to stop gets this long. */
const PATIENCE_MILLISECONDS = 3000;

/**
 * Runs a command under Valgrind's lackey. Throws UserError('usage') where Valgrind is not installed
 * or can't be run.
 */
export async function startLackey(command: readonly string[]): Promise<TracedProgram> {
  const child = spawn('valgrind', [...LACKEY, '--', ...command], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
  await started(child);
  const text = child.stdio[LOG_FD];
  if (text === null || text === undefined || !('read' in text)) throw new Error('no log pipe');
  return { text, ended, stop: (signal) => stopChild(child, ended, signal) };
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) => reject(notStarted(error)));
  });
}

function notStarted(error: NodeJS.ErrnoException): UserError {
  if (error.code !== 'ENOENT') {
    const cause = `it can't be run (${error.code ?? error.message})`;
    return new UserError('usage', 'valgrind', cause, 'Check the program of this name on PATH');
  }
  return new UserError(
    'usage',
    'valgrind',
    "it is not installed, and nothing else here can see a program's accesses of memory",
    'Install it (Debian: apt install valgrind; Fedora: dnf install valgrind), or record on another ' +
      'machine with valgrind --tool=lackey --trace-mem=yes --log-file=FILE COMMAND and import FILE',
  );
}

function stopChild(child: ChildProcess, ended: Promise<ProgramEnd>, signal: NodeJS.Signals): void {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MILLISECONDS);
  void ended.then(() => clearTimeout(timer));
}
