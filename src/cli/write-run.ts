import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { CellResult, Manifest } from '../experiment/results.ts';
import { UserError } from '../util/user-error.ts';
import { fileSystemCause } from './errors.ts';

/** An open folder of a run. Cells are on disk when `appendCell` returns. */
export interface RunFolder {
  readonly path: string;
  readonly appendCell: (cell: CellResult) => void;
  /** Writes the other files; the manifest comes last and marks the run as finished. */
  readonly finish: (files: FinishedFiles) => void;
  /** Closes the file, and removes what was made if no cell was written. */
  readonly abandon: () => void;
}

export interface FinishedFiles {
  readonly manifest: Manifest;
  readonly markdown: string;
  readonly html: string;
}

/**
 * Makes and opens the folder of a run before anything is computed.
 * With `out` it is that folder, which may not hold a finished run; without, it is a new one,
 * `<parent>/<name>`, or `<name>-2` and so on where that exists.
 * Throws UserError('output') when it can't be written.
 */
export function openRunFolder(parent: string, name: string, out: string | null): RunFolder {
  const made = out === null ? makeNumberedFolder(parent, name) : makeNamedFolder(out);
  const resultsPath = join(made.path, 'results.jsonl');
  const results = attempt(resultsPath, () => openSync(resultsPath, 'w'));
  let cells = 0;
  return {
    path: made.path,
    appendCell: (cell) => {
      attempt(resultsPath, () => {
        writeSync(results, `${JSON.stringify(cell)}\n`);
        fsyncSync(results);
      });
      cells += 1;
    },
    finish: (files) => {
      closeSync(results);
      write(made.path, 'report.md', files.markdown);
      write(made.path, 'report.html', files.html);
      write(made.path, 'manifest.json', `${JSON.stringify(files.manifest, null, 2)}\n`);
    },
    abandon: () => {
      closeSync(results);
      if (cells > 0) return;
      rmSync(resultsPath, { force: true });
      if (made.isNew) rmdirSync(made.path);
    },
  };
}

interface MadeFolder {
  readonly path: string;
  readonly isNew: boolean;
}

/**
 * Makes a folder and those above it, one by one: Node's own recursive form never returns where the
 * file system answers "no such file" for a folder that is there (/proc). True if it was not there.
 */
function makeFolders(path: string): boolean {
  if (existsSync(path)) return false;
  const parent = dirname(path);
  if (parent !== path) makeFolders(parent);
  mkdirSync(path);
  return true;
}

/** Making the folder is also claiming it: two runs at once never share one. */
function makeNumberedFolder(parent: string, name: string): MadeFolder {
  attempt(parent, () => makeFolders(parent));
  for (let number = 1; ; number++) {
    const path = join(parent, number === 1 ? name : `${name}-${number}`);
    if (existsSync(path)) continue;
    try {
      mkdirSync(path);
      return { path, isNew: true };
    } catch (error) {
      // Another run took the name between the two calls: try the next one.
      if (!existsSync(path)) throw outputError(path, error);
    }
  }
}

function makeNamedFolder(path: string): MadeFolder {
  const isNew = attempt(path, () => makeFolders(path));
  if (existsSync(join(path, 'manifest.json'))) {
    throw new UserError(
      'output',
      path,
      'the folder holds a finished run',
      'Give --out another folder, or leave it away',
    );
  }
  return { path, isNew };
}

function write(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  attempt(path, () => writeFileSync(path, text));
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw outputError(path, error);
  }
}

function outputError(path: string, error: unknown): UserError {
  return new UserError(
    'output',
    path,
    `can't be written: ${fileSystemCause(error)}`,
    'Give a folder that you may write to with --out',
  );
}
