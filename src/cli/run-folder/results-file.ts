import {
  closeSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { UserError } from '../../util/user-error.ts';
import { attempt, NEW_FOLDER } from '../files/write-file.ts';

/** The calls that can fail in mid-run; given, so that a test can let them fail. */
export interface FileCalls {
  readonly write: (file: number, bytes: Uint8Array, position: number) => number;
  readonly flush: (file: number, done: (error: Error | null) => void) => void;
}

const LINE_END = Buffer.from('\n');

const REAL_CALLS: FileCalls = {
  write: (file, bytes, position) => writeSync(file, bytes, 0, bytes.length, position),
  flush: (file, done) => fsync(file, done),
};

/** results.jsonl of a run that is under way. It holds whole lines only, whatever happens. */
export interface ResultsFile {
  /**
   * Appends a line, given without its end, in one step: when this returns, a killed process has not lost it. Flushing it to
   * the disk (fsync) has begun by then; a cut of the power loses what was appended since the last
   * flush that ended. Throws UserError('output'), and the file ends with the cell before.
   */
  readonly append: (line: Uint8Array) => void;
  /**
   * Waits until everything is on the disk, and closes. Throws UserError('output') if the file is no
   * longer the one of this name.
   */
  readonly finish: () => void;
  /** Closes as things are. */
  readonly close: () => void;
}

/** Opens a results file that holds `length` bytes of whole lines; what follows them is cut off. */
export function openResultsFile(
  path: string,
  length: number,
  calls: FileCalls = REAL_CALLS,
  cure: string = NEW_FOLDER,
): ResultsFile {
  const doOrExplain = <T>(action: () => T): T => attempt(path, action, cure);
  const file = doOrExplain(() => openSync(path, length === 0 ? 'w' : 'r+'));
  doOrExplain(() => ftruncateSync(file, length));
  let end = length;
  let isFlushing = false;
  let isDirty = false;
  let flushError: Error | null = null;

  // One flush at a time, off this thread: a slow disk does not hold up the computing.
  function flushSoon(): void {
    if (isFlushing) {
      isDirty = true;
      return;
    }
    isFlushing = true;
    isDirty = false;
    calls.flush(file, (error) => {
      isFlushing = false;
      // EBADF: the run has ended and closed the file meanwhile, after a flush of its own.
      if (error !== null && !('code' in error && error.code === 'EBADF')) flushError = error;
      else if (isDirty && !isClosed) flushSoon();
    });
  }

  let isClosed = false;
  function close(): void {
    if (isClosed) return;
    isClosed = true;
    closeSync(file);
  }

  return {
    append: (text) => {
      doOrExplain(() => {
        if (flushError !== null) throw flushError;
        if (fstatSync(file).size !== end) throw otherWriter(path);
        const line = Buffer.concat([text, LINE_END]);
        try {
          writeAll(calls, file, line, end);
        } catch (error) {
          ftruncateSync(file, end);
          throw error;
        }
        end += line.length;
      });
      flushSoon();
    },
    finish: () => {
      doOrExplain(() => {
        if (flushError !== null) throw flushError;
        fsyncSync(file);
        if (fstatSync(file).size !== end) throw otherWriter(path);
        if (!isStillNamed(file, path)) throw replaced(path);
      });
      close();
    },
    close,
  };
}

/** Whether a name still stands for the file that was opened by it. */
function isStillNamed(file: number, path: string): boolean {
  const named = statSync(path, { throwIfNoEntry: false });
  const opened = fstatSync(file);
  return named !== undefined && named.ino === opened.ino && named.dev === opened.dev;
}

function replaced(path: string): UserError {
  const cause = 'the file was removed or replaced while the run was writing to it';
  return new UserError('output', path, cause, 'What it held is lost: run again in another folder');
}

/** A write may stop half-way, on a disk that is nearly full, without being an error yet. */
function writeAll(calls: FileCalls, file: number, bytes: Uint8Array, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += calls.write(file, bytes.subarray(written), position + written);
  }
}

function otherWriter(path: string): UserError {
  return new UserError(
    'output',
    path,
    'another process has written to it meanwhile',
    'Let one run at a time write to a folder; go on with --resume when the other has ended',
  );
}
