import { JSON_LIMIT_BYTES, readWhole } from '../../inputs/read-file.ts';
import { UserError } from '../../util/user-error.ts';
import { fileSystemCause } from '../output/errors.ts';

/** The text of a file, which messages call `place`. Throws UserError('input') where it can't be read. */
export function readText(path: string, cure = 'Check the path of the file', place = path): string {
  return orExplain(place, cure, () => readWhole(path, JSON_LIMIT_BYTES, place).toString());
}

/** Reads something; what fails becomes a sentence. */
export function orExplain<T>(place: string, cure: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('input', place, `it can't be read: ${fileSystemCause(error)}`, cure);
  }
}
