import { closeSync, readSync } from 'node:fs';
import { openForReading } from '../../inputs/read-file.ts';
import { UserError } from '../../util/user-error.ts';
import { orExplain } from './read-text.ts';

/** A cell with a million trips has some 10 MB. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;
const CURE = 'Check the folder of the run';

export interface Line {
  /** Without its line end. */
  readonly bytes: Buffer;
  /** Counted from 1. */
  readonly number: number;
  /** Offset of what follows the line. */
  readonly end: number;
  /** False for a last line without a line end. */
  readonly isWhole: boolean;
}

/**
 * The lines of a file, one after another, in memory for one of them. Throws UserError('input') if
 * the file can't be read or has a line of more than 64 MiB.
 */
export function* readLines(path: string): Generator<Line> {
  const { descriptor: file, isPipe } = orExplain(path, CURE, () => openForReading(path));
  try {
    if (isPipe) throw noFile(path);
    let rest: Buffer = Buffer.alloc(0);
    let number = 0;
    let end = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = orExplain(path, CURE, () => readSync(file, chunk, 0, CHUNK_BYTES, null));
      if (count === 0) break;
      let block = Buffer.concat([rest, chunk.subarray(0, count)]);
      for (let at = block.indexOf(LINE_FEED); at >= 0; at = block.indexOf(LINE_FEED)) {
        number += 1;
        end += at + 1;
        yield { bytes: block.subarray(0, at), number, end, isWhole: true };
        block = block.subarray(at + 1);
      }
      if (block.length > MAX_LINE_BYTES) throw tooLong(path, number + 1);
      rest = block;
    }
    if (rest.length > 0) {
      yield { bytes: rest, number: number + 1, end: end + rest.length, isWhole: false };
    }
  } finally {
    closeSync(file);
  }
}

function tooLong(path: string, line: number): UserError {
  const cause = 'the line is longer than 64 MiB';
  return new UserError('input', `${path}:${line}`, cause, 'Check that this is a results.jsonl');
}

function noFile(path: string): UserError {
  return new UserError('input', path, 'it is a pipe', 'Name a folder with a file of this name');
}
