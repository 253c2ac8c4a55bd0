import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Course } from '../../run/course.ts';
import type { PlannedCell } from '../../run/executed-cell.ts';
import type { CellResult, Manifest } from '../../run/results.ts';
import { parsePlan, planDifference, planName, planText, type RunPlan } from '../../run/run-plan.ts';
import { harmless } from '../../util/harmless.ts';
import { UserError } from '../../util/user-error.ts';
import { readText } from '../files/read-text.ts';
import { attempt, makeFolders, NEW_FOLDER, outputError, writeWhole } from '../files/write-file.ts';
import { CHECKSUM_LINE_BYTES, CHECKSUMS_FILE, checksumOf } from './checksums.ts';
import { openResultsFile, type ResultsFile } from './results-file.ts';
import { readStoredCells, type StoredCell } from './stored-cells.ts';

/** The folder of a run that is under way. Cells are in it when `append` returns. */
export interface RunFolder {
  readonly path: string;
  /** Cells that an earlier, stopped run has left, in the order of the plan. */
  readonly stored: number;
  readonly append: (cell: CellResult) => void;
  /** The same with the bytes of a cell as they stood in another run's results. */
  readonly appendLine: (line: Uint8Array) => void;
  /** Writes the reports of what there is of a run that was stopped, and closes. */
  readonly finishPart: (texts: Omit<FinishedFiles, 'manifest'>) => void;
  /** Writes the other files; the manifest comes last and marks the run as finished. */
  readonly finish: (files: FinishedFiles) => void;
  /** Ends a shard: it has no report, and its plan stays for `run --merge`. */
  readonly finishShard: () => void;
  /** Closes the file, and removes what was made if no cell was written. */
  readonly abandon: () => void;
}

export interface FinishedFiles {
  readonly manifest: Manifest;
  readonly markdown: string;
  readonly html: string;
}

export const FILES = {
  plan: 'plan.json',
  results: 'results.jsonl',
  checksums: CHECKSUMS_FILE,
  manifest: 'manifest.json',
  markdown: 'report.md',
  html: 'report.html',
} as const;

/**
 * Makes and opens the folder of a run before anything is computed.
 * With `out` it is that folder, which may hold no run; without, it is a new one,
 * `<parent>/<name>`, or `<name>-2` and so on where that exists.
 * Throws UserError('output') when it can't be written.
 */
export function openRunFolder(
  parent: string,
  name: string,
  out: string | null,
  plan: RunPlan,
): RunFolder {
  const made = out === null ? makeNumberedFolder(parent, name) : makeNamedFolder(out);
  writeWhole(join(made.path, FILES.plan), planText(plan));
  return folderWith(made, 0, 0);
}

/** A resumed run refuses --out. */
const STAYS = 'Allow writing there and resume again; what was finished is kept';

export interface ResumeHooks {
  /** Of the whole plan: stored names and seeds must be theirs. */
  readonly cells: readonly PlannedCell[];
  readonly course: Course;
  readonly onStored: (stored: StoredCell) => void;
  readonly onNotice: (sentence: string) => void;
}

/**
 * Opens the folder of a run that was stopped, and gives each cell in it to `onStored`. A last line
 * that was cut off is dropped: `onNotice` is told. A folder without a run is opened as a new one.
 * Throws UserError when the run in it is another one or is damaged; nothing is changed then.
 */
export function resumeRunFolder(path: string, plan: RunPlan, hooks: ResumeHooks): RunFolder {
  const results = join(path, FILES.results);
  if (!existsSync(join(path, FILES.plan))) {
    if (existsSync(results)) throw notResumable(path);
    return openRunFolder('', '', path, plan);
  }
  const before = readPlan(path);
  const difference =
    planName(before) === planName(plan)
      ? planDifference(before, plan)
      : `is ${planName(before)} and not ${planName(plan)}`;
  if (difference !== null) {
    throw new UserError(
      'input',
      path,
      `the run in it ${difference}`,
      'Nothing was changed. Take the difference back, or run again in another folder',
    );
  }
  const checksums: string[] = [];
  const known = { plan: before, cells: hooks.cells, course: hooks.course };
  const stored = readStoredCells(results, known, (each) => {
    checksums.push(`${checksumOf(each.line.bytes)}\n`);
    hooks.onStored(each);
  });
  if (stored.isTorn) {
    hooks.onNotice(`${results}: the last line was cut off; its cell is computed again.`);
  }
  writeWhole(join(path, FILES.checksums), checksums.join(''), STAYS);
  return folderWith({ path, isNew: false, cure: STAYS }, stored.count, stored.bytes);
}

/** The plan in the folder of a run that is not finished, or of a shard. */
export function readPlan(path: string): RunPlan {
  const file = join(path, FILES.plan);
  return parsePlan(readText(file, 'Name the folder of a run that was stopped'), file);
}

/** Whether the run in a folder is finished. */
export function isFinished(path: string): boolean {
  return existsSync(join(path, FILES.manifest));
}

/** Whether nothing of a run is in a folder. */
export function isUnstarted(path: string): boolean {
  return [FILES.plan, FILES.results, FILES.manifest].every((name) => !existsSync(join(path, name)));
}

/** A run that was killed after its manifest was written has left its plan beside it. */
export function removePlan(path: string): void {
  attempt(path, () => rmSync(join(path, FILES.plan), { force: true }));
}

function folderWith(made: MadeFolder, stored: number, bytes: number): RunFolder {
  const { path, cure } = made;
  const opened = (name: string, length: number): ResultsFile =>
    openResultsFile(join(path, name), length, undefined, cure);
  const write = (name: string, text: string): void => writeWhole(join(path, name), text, cure);
  const results = opened(FILES.results, bytes);
  const checksums = opened(FILES.checksums, stored * CHECKSUM_LINE_BYTES);
  let cells = stored;
  const appendLine = (line: Uint8Array): void => {
    // First: a line without its checksum counts as cut off.
    checksums.append(Buffer.from(checksumOf(line)));
    results.append(line);
    cells += 1;
  };
  const finishResults = (): void => {
    checksums.finish();
    results.finish();
  };
  return {
    path,
    stored,
    append: (cell) => appendLine(Buffer.from(JSON.stringify(cell))),
    appendLine,
    finish: (files) => {
      finishResults();
      write(FILES.markdown, harmless(files.markdown));
      write(FILES.html, harmless(files.html));
      write(FILES.manifest, `${JSON.stringify(files.manifest, null, 2)}\n`);
      removePlan(path);
    },
    finishPart: (texts) => {
      finishResults();
      write(FILES.markdown, harmless(texts.markdown));
      write(FILES.html, harmless(texts.html));
    },
    finishShard: finishResults,
    abandon: () => {
      results.close();
      checksums.close();
      if (cells > 0) return;
      for (const name of [FILES.results, FILES.checksums, FILES.plan]) {
        rmSync(join(path, name), { force: true });
      }
      if (made.isNew) rmdirSync(path);
    },
  };
}

/**
 * Writes files, by name, into a folder made in the same way, and returns its path.
 * Throws UserError('output') when one can't be written.
 */
export function writeNewFolder(
  parent: string,
  name: string,
  out: string | null,
  files: Readonly<Record<string, string>>,
): string {
  const made = out === null ? makeNumberedFolder(parent, name) : makeNamedFolder(out);
  for (const [file, text] of Object.entries(files)) writeWhole(join(made.path, file), text);
  return made.path;
}

interface MadeFolder {
  readonly path: string;
  readonly isNew: boolean;
  /** What to do where it can't be written. */
  readonly cure: string;
}

/** Making the folder is also claiming it: two runs at once never share one. */
function makeNumberedFolder(parent: string, name: string): MadeFolder {
  attempt(parent, () => makeFolders(parent));
  for (let number = 1; ; number++) {
    const path = join(parent, number === 1 ? name : `${name}-${number}`);
    if (existsSync(path)) continue;
    try {
      mkdirSync(path);
      return { path, isNew: true, cure: NEW_FOLDER };
    } catch (error) {
      // Another run took the name between the two calls: try the next one.
      if (!existsSync(path)) throw outputError(path, error);
    }
  }
}

function makeNamedFolder(path: string): MadeFolder {
  const isNew = attempt(path, () => makeFolders(path));
  refuseRunIn(path);
  return { path, isNew, cure: NEW_FOLDER };
}

/** Throws UserError('output') for a folder that holds a run, which another one would overwrite. */
export function refuseRunIn(path: string): void {
  const another = 'give --out another folder, or leave it away';
  if (isFinished(path)) {
    const cure = `${another[0]?.toUpperCase()}${another.slice(1)}`;
    throw new UserError('output', path, 'the folder holds a finished run', cure);
  }
  if (existsSync(join(path, FILES.results))) {
    const cause = 'the folder is in use: it holds a run that goes on or was stopped';
    const cure = `If it was stopped, go on with --resume ${path}; else ${another}`;
    throw new UserError('output', path, cause, cure);
  }
}

function notResumable(path: string): UserError {
  return new UserError(
    'input',
    path,
    `the run in it has no ${FILES.plan}, so that nothing says what is missing`,
    'Nothing was changed. Run again in another folder',
  );
}
