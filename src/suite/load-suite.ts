import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { DECOMPRESSED_LIMIT_BYTES } from '../inputs/decompress.ts';
import { readWhole } from '../inputs/read-file.ts';
import { suggest } from '../util/suggest.ts';
import { UserError } from '../util/user-error.ts';
import { parseSuite } from './parse-suite.ts';
import type { Suite, TraceFile, Workload } from './suite.ts';
import {
  filesIn,
  hashOf,
  type ListedSuite,
  listedSuites,
  namesOf,
  shippedFolder,
} from './suite-index.ts';
import { expandSweep } from './sweep.ts';

const MAX_BYTES = 1_048_576;
/** What a trip is called decides nothing, so it does not belong to what names a result. */
const WORDS = /^words:.*\n/m;

function readSuites(path: string, shownAs: string): Suite[] {
  const bytes = readWhole(path, MAX_BYTES, shownAs);
  let text: string;
  try {
    // A byte order mark stays, so that the text has the hash of the file.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UserError('input', shownAs, 'the file is not UTF-8 text', 'Save it as UTF-8');
  }
  const suites = suitesOfText(text, shownAs);
  // The points of a sweep run the same trace.
  const traceFile = findTraceFile(suites[0]!.workload, dirname(path), shownAs);
  return traceFile === undefined ? suites : suites.map((suite) => ({ ...suite, traceFile }));
}

/**
 * The suites of a text that came some other way than from a file, checked in the same way: one, or
 * the points of a sweep, which have one text and each a hash of its own.
 */
export function suitesOfText(text: string, shownAs: string): Suite[] {
  const bytes = Buffer.from(text);
  if (bytes.length > MAX_BYTES) throw tooLarge(shownAs);
  const document = parseSuite(text, shownAs);
  const sha256 = hashOf(Buffer.from(text.replace(WORDS, '')));
  if (document.sweep === undefined) return [{ ...document, file: shownAs, sha256, text }];
  return expandSweep(document, shownAs).map((point) => {
    const pointSha256 = hashOf(new TextEncoder().encode(`${sha256} ${point.id}`));
    return { ...point, file: shownAs, sha256: pointSha256, text, family: document.id };
  });
}

function tooLarge(shownAs: string): UserError {
  const cure = 'A suite is a page of YAML; check that this is one';
  return new UserError('input', shownAs, 'the file is larger than 1 MiB', cure);
}

/** A suite may come from anybody: it reads nothing outside its own folder, through links neither. */
function findTraceFile(workload: Workload, folder: string, shownAs: string): TraceFile | undefined {
  if (workload.kind !== 'program' || typeof workload.trace === 'string') return undefined;
  if (!('file' in workload.trace)) return undefined;
  const { file } = workload.trace;
  const place = `${shownAs} workload.trace.file`;
  let path: string;
  try {
    path = realpathSync(join(folder, file));
  } catch {
    const cause = `there is no file "${file}" in the folder of the suite`;
    throw new UserError('input', place, cause, 'Put the trace beside the suite');
  }
  const below = realpathSync(folder);
  if (!path.startsWith(below.endsWith(sep) ? below : below + sep)) {
    const cause = `"${file}" is a link that leaves the folder of the suite`;
    throw new UserError('input', place, cause, 'Copy the trace beside the suite');
  }
  if (!statSync(path).isFile()) {
    const cause = `"${file}" is not a file`;
    throw new UserError('input', place, cause, 'Name a page trace');
  }
  return { path, sha256: hashOf(readWhole(path, DECOMPRESSED_LIMIT_BYTES, place)) };
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
    return readOrExplain(root, () => readSuites(root, root.split(sep).join('/')));
  }
  return suitesIn(
    root,
    readOrExplain(root, () => filesIn(root)),
  );
}

/** The suites in these files of a folder, in the order of the files. */
function suitesIn(root: string, files: readonly string[]): Suite[] {
  const suites = files.flatMap((file) => {
    const shownAs = `${basename(root)}/${file}`;
    return readOrExplain(shownAs, () => readSuites(join(root, file), shownAs));
  });
  refuseDuplicates(suites);
  return suites;
}

/** The suites that come with the program, sorted by path. */
export function shippedSuites(): Suite[] {
  return loadSuites(shippedFolder());
}

/**
 * Some of the shipped suites, in the order of all: those whose id, group or sweep is one of `names`.
 * Other files are not parsed where the index of the suites is true.
 */
export function shippedSuitesNamed(names: readonly string[]): Suite[] {
  const isNamed = (suite: ListedSuite) => namesOf(suite).some((name) => names.includes(name));
  const folder = shippedFolder();
  const listed = listedSuites(folder);
  if (listed === null) return loadSuites(folder).filter(isNamed);
  const files = new Set(listed.filter(isNamed).map(({ inFile }) => inFile));
  return suitesIn(folder, [...files]).filter(isNamed);
}

/**
 * The suites that `words` name, in the order of `all`, each once. A word is the id of a suite or of a
 * sweep, or the name of a group; no words name every suite. Throws UserError('usage') for a word that names none.
 */
export function findSuites(all: readonly Suite[], words: readonly string[]): Suite[] {
  const names = [...new Set(all.flatMap(namesOf))];
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
  return all.filter((suite) => namesOf(suite).some((name) => words.includes(name)));
}
