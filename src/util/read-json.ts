import { UserError } from './user-error.ts';

/** A text as JSON of unknown shape. Throws UserError('input') with the place and what to do. */
export function readJson(text: string, place: string, cure: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError('input', place, 'this is not JSON, perhaps because it was cut off', cure);
  }
}
