import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../util/user-error.ts';

/** How a recorded program ended; one of the two is null. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that runs under Valgrind. */
export interface TracedProgram {
  /**
   * Lackey's text as it is printed, through a named pipe: Valgrind waits while nobody reads. A
   * piece is valid until the next one is asked for.
   */
  readonly text: AsyncIterable<Uint8Array>;
  readonly ended: Promise<ProgramEnd>;
  /** Asks the program to stop; kills it where it does not. */
  readonly stop: (signal: NodeJS.Signals) => void;
}

const LACKEY = [
  // Options of ~/.valgrindrc or VALGRIND_OPTS could change what is printed.
  '--command-line-only=yes',
  '--tool=lackey',
  '--trace-mem=yes',
  '--basic-counts=no',
  // A forked child would print into the middle of its parent's lines.
  '--child-silent-after-fork=yes',
  '--vgdb=no',
];
/**
 * Lackey writes line by line. A reader that is woken by each of them takes three times as long as
 * Valgrind itself; this one lets them gather in the pipe, which holds 64 KiB.
 */
const PIECE_BYTES = 65_536;
const GATHERED_BYTES = 32_768;
const GATHER_MILLISECONDS = 1;
/** A program that is asked to stop gets this long. */
const PATIENCE_MILLISECONDS = 3000;

/**
 * Runs a command under Valgrind's lackey. Throws UserError('usage') where Valgrind is not installed
 * or can't be run.
 */
export async function startLackey(command: readonly string[]): Promise<TracedProgram> {
  const { error } = spawnSync('valgrind', ['--version'], { stdio: 'ignore' });
  if (error !== undefined) throw notStarted(error);
  const pipe = openPipe();
  // A percent sign has a meaning in the name of Valgrind's log.
  const log = `--log-file=${pipe.path.replaceAll('%', '%%')}`;
  const child = spawn('valgrind', [...LACKEY, log, '--', ...command], { stdio: 'inherit' });
  let isOver = false;
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('close', (status, signal) => {
      isOver = true;
      resolve({ status, signal });
    });
  });
  try {
    await started(child);
  } catch (error) {
    pipe.remove();
    throw error;
  }
  const text = readPipe(pipe, () => isOver);
  return { text, ended, stop: (signal) => stopChild(child, ended, signal) };
}

interface NamedPipe {
  readonly path: string;
  readonly file: number;
  readonly remove: () => void;
}

function openPipe(): NamedPipe {
  const folder = mkdtempSync(join(tmpdir(), 'asidbench-record-'));
  const path = join(folder, 'lackey');
  const made = spawnSync('/usr/bin/env', ['mkfifo', '-m', '600', path], { encoding: 'utf8' });
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    const cause = `no named pipe can be made there (${made.stderr?.trim() || 'mkfifo is missing'})`;
    throw new UserError('output', folder, cause, 'Set TMPDIR to a folder of a local disk');
  }
  // Without waiting: nobody has opened the other end yet.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const remove = (): void => {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  };
  return { path, file, remove };
}

/** What is written until the program is over and the pipe empty; a child that lives on is not awaited. */
async function* readPipe(pipe: NamedPipe, isOver: () => boolean): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  try {
    for (;;) {
      const wasOver = isOver();
      const bytes = readNow(pipe.file, buffer);
      if (bytes > 0) yield buffer.subarray(0, bytes);
      else if (wasOver) return;
      if (bytes < GATHERED_BYTES) await sleep(GATHER_MILLISECONDS);
    }
  } finally {
    pipe.remove();
  }
}

/** Bytes that are there now; 0 while there are none, or nobody to write them. */
function readNow(file: number, buffer: Buffer): number {
  try {
    return readSync(file, buffer);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    throw error;
  }
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
