import { JSON_LIMIT_BYTES, readWhole } from '../../inputs/read-file.ts';
import { UserError } from '../../util/user-error.ts';
import { fileSystemCause } from '../output/errors.ts';

/** The text of a file that the user named. Throws UserError('input') where it can't be read. */
export function readUserText(path: string): string {
  try {
    return readWhole(path, JSON_LIMIT_BYTES).toString();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      'input',
      path,
      `can't be read: ${fileSystemCause(error)}`,
      'Check the path of the file',
    );
  }
}
