import { suggest } from '../../util/suggest.ts';
import { UserError } from '../../util/user-error.ts';
import { INVOCATION } from '../output/messages.ts';

/** Words that are commands; any other first word is a suite's. */
export const COMMANDS = [
  'run',
  'list',
  'explain',
  'replay',
  'check',
  'capture',
  'sanitize',
  'patches',
  'report',
  'query',
  'merge',
  'compare',
  'record',
  'probe',
  'import',
  'answer',
  'fit',
  'worker',
  'sensitivity',
  'validate',
  'live',
] as const;

export function isCommand(word: string): boolean {
  return COMMANDS.some((command) => command === word);
}

/** The error for a name that nothing has, with the closest one that something has. */
export function unknownName(
  kind: string,
  word: string,
  known: readonly string[],
  listedBy = 'list',
): UserError {
  const close = suggest(word, known);
  const all = `See all of them with "${INVOCATION} ${listedBy}"`;
  const cure = close === undefined ? all : `Did you mean "${close}"? ${all}`;
  return new UserError('usage', `${kind} "${word}"`, 'there is none of this name', cure);
}
