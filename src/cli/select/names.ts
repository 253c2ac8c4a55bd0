import { suggest } from '../../util/suggest.ts';
import { UserError } from '../../util/user-error.ts';
import { INVOCATION } from '../output/invocation.ts';

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

/** The thing of this id. Throws UserError('usage') with the closest id. */
export function named<Thing extends { readonly id: string }>(
  kind: string,
  word: string,
  things: readonly Thing[],
  listedBy?: string,
): Thing {
  const found = things.find(({ id }) => id === word);
  if (found !== undefined) return found;
  throw unknownName(
    kind,
    word,
    things.map(({ id }) => id),
    listedBy,
  );
}
