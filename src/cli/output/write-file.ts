import { writeFileSync } from 'node:fs';
import { harmless } from '../../util/harmless.ts';
import { UserError } from '../../util/user-error.ts';
import { fileSystemCause } from './errors.ts';

/** Writes the page of `--html`. Throws UserError('output') where it can't. */
export function writePage(path: string, page: string): void {
  try {
    writeFileSync(path, harmless(page));
  } catch (error) {
    const cause = `it can't be written: ${fileSystemCause(error)}`;
    throw new UserError('output', path, cause, 'Give --html a file that you may write');
  }
}
