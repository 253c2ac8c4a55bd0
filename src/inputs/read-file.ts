import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { UserError } from '../util/user-error.ts';

const PIECE_BYTES = 1_048_576;
const STANDARD_INPUT = 0;

/** The most that a JSON file of ours may hold: a plan of a million cells has 20 MB. */
export const JSON_LIMIT_BYTES = 67_108_864;

/** How long to wait for somebody who opens a pipe for writing. */
export const WRITER_PATIENCE_MILLISECONDS = 5000;
export const WAIT_MILLISECONDS = 5;

/** A file that is open for reading, known to be one that ends or a pipe. */
export interface OpenedFile {
  readonly descriptor: number;
  readonly isPipe: boolean;
}

/**
 * Opens a file for reading, without waiting for a writer of a pipe. Throws the system's error, and
 * `UserError` for what never ends or is no file: devices and sockets.
 */
export function openForReading(path: string, shownAs = path): OpenedFile {
  // Reading only, which is 0 and needs no flag.
  const descriptor = openSync(path, constants.O_NONBLOCK);
  try {
    const isPipe = checkedKind(shownAs, fstatSync(descriptor)) === 'pipe';
    return { descriptor, isPipe };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function checkedKind(path: string, stats: Stats): 'file' | 'pipe' {
  if (stats.isFile()) return 'file';
  if (stats.isFIFO()) return 'pipe';
  if (stats.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  const cause = `it is a ${stats.isCharacterDevice() || stats.isBlockDevice() ? 'device' : 'socket'}`;
  throw new UserError('input', path, cause, 'Name a file or a pipe, or - for standard input');
}

/**
 * Reads what is there now; null while a pipe is empty and still has a writer. 0 is the end, or a
 * pipe that nobody has opened for writing.
 */
export function readNow(descriptor: number, into: Uint8Array): number | null {
  try {
    return readSync(descriptor, into);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return null;
    throw error;
  }
}

/** The sentence for a pipe whose other end stays closed. */
export function nobodyWrites(path: string): UserError {
  const cause = `nobody writes to this pipe (after ${WRITER_PATIENCE_MILLISECONDS / 1000} s)`;
  return new UserError('input', path, cause, 'Start what writes to it first');
}

/**
 * The whole content of a regular file, a pipe or standard input (`-`), of at most `limitBytes`: what
 * is larger is refused as soon as so much was read, so that a file without an end does no harm.
 * Throws the system's error, and `UserError` with `shownAs` for the rest.
 */
export function readWhole(path: string, limitBytes: number, shownAs = path): Buffer {
  if (path === '-')
    return wholeOf({ descriptor: STANDARD_INPUT, isPipe: false }, shownAs, limitBytes);
  const file = openForReading(path, shownAs);
  try {
    return wholeOf(file, shownAs, limitBytes);
  } finally {
    closeSync(file.descriptor);
  }
}

function wholeOf({ descriptor, isPipe }: OpenedFile, path: string, limitBytes: number): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  let waited = 0;
  // A new pipe may be read before its writer comes.
  let hasWriter = !isPipe;
  for (;;) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, limitBytes + 1));
    const count = readNow(descriptor, piece);
    if (count === 0 && hasWriter) return Buffer.concat(pieces);
    if (count !== null && count > 0) {
      length += count;
      if (length > limitBytes) throw tooLarge(path, limitBytes);
      pieces.push(piece.subarray(0, count));
    } else {
      if (count === 0 && waited >= WRITER_PATIENCE_MILLISECONDS) throw nobodyWrites(path);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MILLISECONDS);
      waited += WAIT_MILLISECONDS;
    }
    if (count !== 0) hasWriter = true;
  }
}

function tooLarge(path: string, limitBytes: number): UserError {
  const cause = `it is larger than ${inMebibytes(limitBytes)}, the most that such a file may hold`;
  return new UserError('input', path, cause, 'Check that it is the file that you mean');
}

/** `64 MiB`. */
export function inMebibytes(bytes: number): string {
  return `${bytes / 1_048_576} MiB`;
}
