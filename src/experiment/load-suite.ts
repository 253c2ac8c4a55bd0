import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { suggest } from '../util/suggest.ts';
import { UserError } from '../util/user-error.ts';
import { parseSuite } from './parse-suite.ts';
import type { Suite } from './suite.ts';

const MAX_BYTES = 1_048_576;

function listYamlFiles(folder: string): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...listYamlFiles(path));
    else if (/\.ya?ml$/.test(entry.name)) files.push(path);
  }
  return files;
}

function readSuite(path: string, shownAs: string): Suite {
  if (statSync(path).size > MAX_BYTES) {
    throw new UserError(
      'input',
      shownAs,
      'the file is larger than 1 MiB',
      'A suite is a page of YAML; check that this is one',
    );
  }
  const bytes = readFileSync(path);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError('input', shownAs, 'the file is not UTF-8 text', 'Save it as UTF-8');
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ...parseSuite(text, shownAs), file: shownAs, sha256 };
}

function statOrExplain(root: string): ReturnType<typeof statSync> {
  try {
    return statSync(root);
  } catch {
    throw new UserError('input', root, 'there is no such file or folder', 'Check the path');
  }
}

function readOrExplain<T>(shownAs: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error) || !('code' in error)) throw error;
    const cause = `the file or folder can't be read (${String(error.code)})`;
    throw new UserError('input', shownAs, cause, 'Check its permissions');
  }
}

function refuseDuplicates(suites: readonly Suite[]): void {
  const fileOf = new Map<string, string>();
  for (const suite of suites) {
    const earlier = fileOf.get(suite.id);
    if (earlier !== undefined) {
      throw new UserError(
        'input',
        `${suite.file} id`,
        `"${suite.id}" is already the id of ${earlier}`,
        'Give each suite an id of its own',
      );
    }
    fileOf.set(suite.id, suite.file);
  }
}

/**
 * Reads every `.yaml` file under `root`, sorted by path, or `root` itself when it is a file.
 * Throws UserError('input') with file, line, column and key for the first thing that is wrong.
 */
export function loadSuites(root: string): Suite[] {
  if (!statOrExplain(root)?.isDirectory()) {
    return [readOrExplain(root, () => readSuite(root, root.split(sep).join('/')))];
  }
  const found = readOrExplain(root, () => listYamlFiles(root)).map((path) => ({
    path,
    shownAs: [basename(root), ...relative(root, path).split(sep)].join('/'),
  }));
  // By code unit, not by locale: the order decides the order of results.
  found.sort((a, b) => (a.shownAs < b.shownAs ? -1 : 1));
  const suites = found.map(({ path, shownAs }) =>
    readOrExplain(shownAs, () => readSuite(path, shownAs)),
  );
  refuseDuplicates(suites);
  return suites;
}

/**
 * The suites that `words` name, in the order of `all`, each once. A word is the id of a suite or the
 * name of a group; no words name every suite. Throws UserError('usage') for a word that names none.
 */
export function findSuites(all: readonly Suite[], words: readonly string[]): Suite[] {
  const names = [...new Set(all.flatMap((suite) => [suite.id, suite.group]))];
  for (const word of words) {
    if (names.includes(word)) continue;
    const near = suggest(word, names);
    const groups = [...new Set(all.map((suite) => suite.group))].join(', ');
    throw new UserError(
      'usage',
      `suite "${word}"`,
      'no suite or group has this name',
      near === undefined
        ? `The groups are: ${groups || 'none'}`
        : `The nearest name is "${near}"; the groups are: ${groups}`,
    );
  }
  if (words.length === 0) return [...all];
  return all.filter((suite) => words.includes(suite.id) || words.includes(suite.group));
}
