import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cellReader, parseManifest } from '../../run/parse-run.ts';
import type { CellResult, Manifest } from '../../run/results.ts';
import { UserError } from '../../util/user-error.ts';
import { readLines } from '../files/read-lines.ts';
import { readText } from '../files/read-text.ts';
import { INVOCATION } from '../output/invocation.ts';
import { CHANGED_LINE, checksumsIn } from './checksums.ts';

/** A finished run as its folder holds it. */
export interface StoredRun {
  /** The folder, as the user wrote it. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly cells: readonly CellResult[];
}

/**
 * Reads the folder of a finished run. Throws UserError('input') when it is none, or is damaged;
 * an unfinished run has no manifest.json.
 */
export function readRun(folder: string): StoredRun {
  const manifestPath = join(folder, 'manifest.json');
  const resultsPath = join(folder, 'results.jsonl');
  if (!existsSync(manifestPath)) throw noRun(folder, existsSync(resultsPath));
  const manifest = parseManifest(
    readText(manifestPath, 'Check the folder of the run'),
    manifestPath,
  );
  const cells = [...finishedCells(manifest, resultsPath)];
  if (cells.length > 0) return { folder, manifest, cells };
  throw new UserError('input', resultsPath, 'it holds no cell', 'Run it again');
}

/**
 * The cells in the results.jsonl of a finished run, one at a time. Throws UserError('input') at the first
 * line that is damaged or out of order, and where the last ones are missing.
 */
export function* finishedCells(manifest: Manifest, path: string): Generator<CellResult> {
  const checksums = checksumsIn(dirname(path));
  const reader = cellReader(manifest);
  for (const { bytes, number } of readLines(path)) {
    if (bytes.length === 0) continue;
    const place = `${path}:${number}`;
    if (checksums.of(bytes, number) !== 'as written') {
      const cure = 'Take the file of the run again, or run it again';
      throw new UserError('input', place, CHANGED_LINE, cure);
    }
    yield reader.read(bytes.toString(), place);
  }
  reader.end(path);
}

function noRun(folder: string, isUnfinished: boolean): UserError {
  if (isUnfinished) {
    return new UserError(
      'input',
      folder,
      'the run in it did not finish: it has cells and no manifest.json',
      `Go on with "${INVOCATION} run --resume ${folder}"`,
    );
  }
  const cause = existsSync(folder) ? 'there is no run in it' : 'there is no such folder';
  const cure = `Name a folder that "${INVOCATION} run" has written, such as reports/example`;
  return new UserError('input', folder, cause, cure);
}
