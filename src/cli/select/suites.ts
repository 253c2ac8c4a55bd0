import {
  findSuites,
  loadSuites,
  shippedSuites,
  shippedSuitesNamed,
} from '../../suite/load-suite.ts';
import type { Suite } from '../../suite/suite.ts';
import { listedSuites, namesOf } from '../../suite/suite-index.ts';
import { UserError } from '../../util/user-error.ts';
import { COMMANDS } from '../commands.ts';
import { unknownName } from './names.ts';

/**
 * Suites by id, group or path of a YAML file, each once, in the order of the words.
 * An unknown word may be a mistyped command as well, since `run` can be left out.
 */
export function chooseSuites(words: readonly string[]): readonly Suite[] {
  const names = [...new Set((listedSuites() ?? shippedSuites()).flatMap(namesOf))];
  const shipped = shippedSuitesNamed(words);
  const chosen = words.flatMap((word) => {
    if (isPath(word)) return loadSuites(word);
    if (!names.includes(word)) {
      throw unknownName('suite', word, [...names, ...COMMANDS.map(({ name }) => name)]);
    }
    return findSuites(shipped, [word]);
  });
  const once = chosen.filter((suite, index) => chosen.findIndex(isSameText(suite)) === index);
  const twin = once.find((suite, index) => once.findIndex((one) => one.id === suite.id) !== index);
  if (twin === undefined) return once;
  throw new UserError(
    'usage',
    twin.file,
    `another suite of this run has the id "${twin.id}" as well`,
    'Run them one after the other, or give this one an id of its own',
  );
}

/** The same bytes are the same suite, wherever they are read from. */
function isSameText(suite: Suite): (other: Suite) => boolean {
  return (other) => other.sha256 === suite.sha256;
}

function isPath(word: string): boolean {
  return word.endsWith('.yaml') || word.endsWith('.yml');
}
