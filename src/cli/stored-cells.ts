import { existsSync } from 'node:fs';
import { parseCell } from '../experiment/parse-run.ts';
import type { CellResult } from '../experiment/results.ts';
import { planName, positionsOf, type RunPlan } from '../experiment/run-plan.ts';
import { UserError } from '../util/user-error.ts';
import { type Line, readLines } from './read-lines.ts';

/** What a results file holds of its plan. */
export interface StoredCells {
  readonly count: number;
  /** Length of its whole lines. */
  readonly bytes: number;
  /** Whether a part of a line follows them. */
  readonly isTorn: boolean;
}

/**
 * Reads the cells of a run that may have been stopped, checks that they are the first ones of its
 * plan, in order, and gives each with its bytes to `onCell`. No file is no cell. Throws
 * UserError('input') at the first line that is damaged or out of place.
 */
export function readStoredCells(
  path: string,
  plan: RunPlan,
  onCell: (cell: CellResult, bytes: Uint8Array) => void,
): StoredCells {
  let count = 0;
  let bytes = 0;
  for (const { cell, line } of storedCells(path, plan)) {
    if (cell === null) return { count, bytes, isTorn: true };
    onCell(cell, line.bytes);
    count += 1;
    bytes = line.end;
  }
  return { count, bytes, isTorn: false };
}

/** The same, one at a time; a last line that was cut off has no cell. */
export function* storedCells(
  path: string,
  plan: RunPlan,
): Generator<{ cell: CellResult | null; line: Line }> {
  if (!existsSync(path)) return;
  const positions = positionsOf(plan);
  for (const line of readLines(path)) {
    if (!line.isWhole) {
      yield { cell: null, line };
      return;
    }
    const place = `${path}:${line.number}`;
    const cell = parseCell(line.bytes.toString(), place);
    const position = positions[line.number - 1];
    const due = position === undefined ? undefined : plan.cellIds[position];
    if (cell.cellId !== due) throw outOfPlace(place, cell, due, plan);
    yield { cell, line };
  }
}

function outOfPlace(
  place: string,
  cell: CellResult,
  due: string | undefined,
  plan: RunPlan,
): UserError {
  const name = `cell ${cell.cellId} (${cell.scenario}, ${cell.strategy}, seed ${cell.seed})`;
  const own = positionsOf(plan).map((position) => plan.cellIds[position]);
  const where = own.indexOf(cell.cellId);
  const expected = due === undefined ? 'and no cell is due any more' : `where ${due} is due`;
  const cause =
    where >= 0
      ? `${name} stands here ${expected}; its own line is ${where + 1}`
      : `${name} does not belong to ${planName(plan)}`;
  const cure = 'Nothing was changed. Cut the file before this line: what follows is computed again';
  return new UserError('input', place, cause, cure);
}
