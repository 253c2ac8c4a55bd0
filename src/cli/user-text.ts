import { readFileSync } from 'node:fs';
import { UserError } from '../util/user-error.ts';
import { fileSystemCause } from './errors.ts';

/** The text of a file that the user named. Throws UserError('input') where it can't be read. */
export function readUserText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(
      'input',
      path,
      `can't be read: ${fileSystemCause(error)}`,
      'Check the path of the file',
    );
  }
}
