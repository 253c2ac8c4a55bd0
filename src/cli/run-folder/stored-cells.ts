import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { expectedOf } from '../../run/check-cell.ts';
import type { Course } from '../../run/course.ts';
import type { PlannedCell } from '../../run/executed-cell.ts';
import { parseCell } from '../../run/parse-run.ts';
import type { CellResult } from '../../run/results.ts';
import { planName, positionsOf, type RunPlan } from '../../run/run-plan.ts';
import { UserError } from '../../util/user-error.ts';
import { type Line, readLines } from '../files/read-lines.ts';
import { CHANGED_LINE, checksumsIn } from './checksums.ts';

/** What a results file holds of its plan. */
export interface StoredCells {
  readonly count: number;
  /** Length of its whole lines. */
  readonly bytes: number;
  /** Whether a part of a line, or a line without its checksum, follows them. */
  readonly isTorn: boolean;
}

/** A plan with its cells, as far as they are known: names and seeds are compared with them. */
export interface StoredPlan {
  readonly plan: RunPlan;
  /** Of the whole plan; null for a run whose suites are not at hand. */
  readonly cells: readonly PlannedCell[] | null;
  /** Of the plan; takes each cell that is read. */
  readonly course: Course;
}

/** A cell of a results file with its line. */
export interface StoredCell {
  readonly cell: CellResult;
  readonly line: Line;
  /** Whether its scenario is complete on its machine. */
  readonly isComplete: boolean;
}

/**
 * Reads the cells of a run that may have been stopped, checks that they are the first ones of its
 * plan, in order, and gives each with its bytes to `onCell`. No file is no cell. Throws
 * UserError('input') at the first line that is damaged or out of place.
 */
export function readStoredCells(
  path: string,
  known: StoredPlan,
  onCell: (stored: StoredCell) => void,
): StoredCells {
  let count = 0;
  let bytes = 0;
  for (const stored of storedCells(path, known)) {
    if (stored.cell === null) return { count, bytes, isTorn: true };
    onCell(stored);
    count += 1;
    bytes = stored.line.end;
  }
  return { count, bytes, isTorn: false };
}

/** The same, one at a time; a last line that was cut off has no cell. */
export function* storedCells(
  path: string,
  { plan, cells, course }: StoredPlan,
): Generator<StoredCell | { cell: null; line: Line }> {
  if (!existsSync(path)) return;
  const expected = expectedOf(plan.manifest);
  const checksums = checksumsIn(dirname(path));
  for (const line of readLines(path)) {
    const checksum = line.isWhole ? checksums.of(line.bytes, line.number) : 'missing';
    if (checksum === 'missing') {
      yield { cell: null, line };
      return;
    }
    const place = `${path}:${line.number}`;
    const cure = cutBefore(line.number);
    if (checksum === 'changed') throw new UserError('input', place, CHANGED_LINE, cure);
    const cell = parseCell(line.bytes.toString(), place, { expected, cure });
    if (!line.bytes.equals(Buffer.from(JSON.stringify(cell)))) {
      const cause = 'the line is not as this program writes it';
      throw new UserError('input', place, cause, cure);
    }
    const position = course.next();
    const due = position === undefined ? undefined : plan.cellIds[position];
    if (cell.cellId !== due) throw outOfPlace(line.number, place, cell, due, plan);
    const planned = cells?.[position!];
    if (planned !== undefined && !isOf(planned, cell)) {
      const cause = `its names are not those of cell ${cell.cellId} in the plan: ${nameOf(cell)}`;
      throw new UserError('input', place, cause, cure);
    }
    yield { cell, line, isComplete: course.add(cell) };
  }
}

function isOf({ suite, machineId, strategy, seed }: PlannedCell, cell: CellResult): boolean {
  return (
    cell.scenario === suite.id &&
    cell.machine === machineId &&
    cell.strategy === strategy.id &&
    cell.seed === seed
  );
}

function nameOf({ scenario, machine, strategy, seed }: CellResult): string {
  return `${scenario} on ${machine}, ${strategy}, seed ${seed}`;
}

function cutBefore(line: number): string {
  const kept =
    line === 1 ? 'remove the file' : `keep its first ${line - 1} lines (head -n ${line - 1})`;
  return `Nothing was changed. Cut the file before line ${line}: ${kept}; the rest is computed again`;
}

function outOfPlace(
  line: number,
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
  return new UserError('input', place, cause, cutBefore(line));
}
