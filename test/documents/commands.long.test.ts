import { afterAll, beforeAll, describe, test } from 'vitest';
import { temporaryFolder } from '../cli/command-line.ts';
import { documentLines } from './lines.ts';
import { clonesByPage, perform } from './perform-lines.ts';
import { timeOf } from './tables.ts';

const clones = clonesByPage();
const cache = temporaryFolder();
const before = { ...process.env };

beforeAll(() => {
  // As for a reader: several pages run the headline, and it is computed once.
  process.env.ASIDBENCH_FRESH = '';
  process.env.XDG_CACHE_HOME = cache.path;
});
afterAll(() => {
  process.env = before;
  clones.remove();
  cache.remove();
});

const lines = documentLines().flatMap(({ page, text, words }) =>
  words !== null && timeOf(words) === 'long' ? [[page, text, words] as const] : [],
);

describe('the slow command lines of the documents', () => {
  test.each(lines)('%s: %s does what it says', (page, _, words) => {
    clones.enter(page);
    return perform(words);
  });
});
