import { writeFileSync } from 'node:fs';
import { harmless } from '../../util/harmless.ts';
import { UserError } from '../../util/user-error.ts';
import { fileSystemCause } from './errors.ts';

/** Writes what a flag has asked for to the file that it names. Throws UserError('output') where it can't. */
export function writeOut(flag: string, path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, typeof content === 'string' ? harmless(content) : content);
  } catch (error) {
    const cause = `it can't be written: ${fileSystemCause(error)}`;
    throw new UserError('output', path, cause, `Give ${flag} a file that you may write`);
  }
}
