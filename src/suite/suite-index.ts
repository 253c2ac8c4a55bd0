import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../util/user-error.ts';
import type { Suite } from './suite.ts';

/** What of a suite is listed: enough to name it and to choose it. */
export type ListedSuite = Pick<
  Suite,
  'id' | 'group' | 'family' | 'question' | 'machines' | 'strategies' | 'baseline'
>;

/** One file of suites/ in its index. */
export interface IndexedFile {
  /** Below suites/, with slashes. */
  readonly file: string;
  /** Of the bytes that these suites were read from; other bytes make the entry void. */
  readonly sha256: string;
  /** The suite in it, or each point of the sweep in it. */
  readonly suites: readonly ListedSuite[];
}

/** A shipped suite with the file that it stands in. */
export interface ShippedSuite extends ListedSuite {
  /** Below suites/, with slashes. */
  readonly inFile: string;
}

/** From src/suite and from dist/src/suite; the README marks the real folder. */
const SHIPPED = ['../../suites/', '../../../suites/'];
const INDEX = 'index.json';

/** The folder of the suites that come with the program. Throws UserError('input'). */
export function shippedFolder(): string {
  const folders = SHIPPED.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const folder = folders.find((path) => existsSync(join(path, 'README.md')));
  if (folder !== undefined) return folder;
  const cure = 'Install the package again, with its suites folder';
  throw new UserError('input', 'suites/', 'the folder is not beside this program', cure);
}

/** Every YAML file below a folder. */
function listYamlFiles(folder: string): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...listYamlFiles(path));
    else if (/\.ya?ml$/.test(entry.name)) files.push(path);
  }
  return files;
}

/**
 * The shipped suites by name, in the order of `shippedSuites`. To parse some fifty files of YAML takes
 * most of the time of `list`, so suites/index.json keeps what they say; an entry counts only while its
 * file has the very bytes that it was made from. Null when any file has no such entry, or the index
 * can't be read or has another form: parse the files.
 */
export function listedSuites(folder: string = shippedFolder()): readonly ShippedSuite[] | null {
  try {
    const text = readFileSync(join(folder, INDEX), 'utf8');
    const index = new Map(
      (JSON.parse(text) as readonly IndexedFile[]).map((entry) => [entry.file, entry]),
    );
    const entries = filesIn(folder).map((file) => ({
      entry: index.get(file),
      sha256: hashOf(readFileSync(join(folder, file))),
    }));
    if (entries.some(({ entry, sha256 }) => entry?.sha256 !== sha256)) return null;
    if (!entries.every(({ entry }) => entry!.suites.every(isListed))) return null;
    return entries.flatMap(({ entry }) =>
      entry!.suites.map((suite) => ({ ...suite, inFile: entry!.file })),
    );
  } catch {
    return null;
  }
}

/** By hand: to load a checker of schemas takes longer than to list. */
function isListed(suite: ListedSuite): boolean {
  const { id, group, family = '', question, machines, strategies, baseline } = suite;
  const texts: unknown[] = [id, group, family, question, baseline, ...machines, ...strategies];
  return (
    Array.isArray(machines) &&
    Array.isArray(strategies) &&
    texts.every((text) => typeof text === 'string')
  );
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Suite files below a folder, in the order in which they are listed and run. */
export function filesIn(folder: string): string[] {
  const files = listYamlFiles(folder).map((path) => relative(folder, path).split(sep).join('/'));
  // By code unit, not by locale: the order decides the order of results.
  return files.sort((a, b) => (a < b ? -1 : 1));
}

/** What a suite can be called on the command line. */
export function namesOf({ id, group, family }: ListedSuite): string[] {
  return family === undefined ? [id, group] : [id, group, family];
}
