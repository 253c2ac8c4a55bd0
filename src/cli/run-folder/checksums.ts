import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../util/user-error.ts';
import { readLines } from '../files/read-lines.ts';

/** Beside results.jsonl: a line for each of its lines. docs/reference/formats.md describes it. */
export const CHECKSUMS_FILE = 'checksums.txt';

const DIGITS = 16;
export const CHECKSUM_LINE_BYTES = DIGITS + 1;

/** The first 16 hexadecimal digits of the SHA-256 of a line without its end. */
export function checksumOf(line: Uint8Array): string {
  return createHash('sha256').update(line).digest('hex').slice(0, DIGITS);
}

/** Compares lines of a results.jsonl with what was written. */
export interface ChecksumTest {
  /** `missing`: the line was written after the last checksum that reached the disk. */
  readonly of: (line: Uint8Array, number: number) => 'as written' | 'changed' | 'missing';
}

/** The checksums in the folder of a run. A run that is older than them has none: nothing is compared. */
export function checksumsIn(folder: string): ChecksumTest {
  const path = join(folder, CHECKSUMS_FILE);
  if (!existsSync(path)) return { of: () => 'as written' };
  const sums: string[] = [];
  for (const { bytes, number, isWhole } of readLines(path)) {
    if (!isWhole) break;
    const sum = bytes.toString('latin1');
    if (!/^[0-9a-f]{16}$/.test(sum)) {
      const cure = 'Remove the file: the results are then read without checksums';
      throw new UserError('input', `${path}:${number}`, 'this is no checksum', cure);
    }
    sums.push(sum);
  }
  return {
    of: (line, number) => {
      const sum = sums[number - 1];
      if (sum === undefined) return 'missing';
      return sum === checksumOf(line) ? 'as written' : 'changed';
    },
  };
}

/** The cause for a line that was changed after it was written. */
export const CHANGED_LINE = 'the line is not the one that was written: its checksum differs';
