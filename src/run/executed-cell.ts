import { ExecutedWindow } from '../executed/executed-window.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import type { Cell } from '../suite/cell.ts';
import type { Suite } from '../suite/suite.ts';
import { type CapturedWindow, cutWindowOf } from '../suite/window-content.ts';
import { sizesByRegion } from '../workloads/mapped-sizes.ts';
import { measureCell } from './measure-cell.ts';
import type { CellResult } from './results.ts';

/** A captured kernel in the place of a strategy: it decides nothing anew. */
export interface ExecutedKernel {
  readonly id: string;
  readonly summary: string;
  readonly source: string;
}

/** One result to be made of what a captured kernel did, on a machine with a seed. */
export interface ExecutedCell {
  readonly cellId: string;
  readonly suite: Suite;
  readonly machineId: string;
  readonly config: MachineConfig;
  readonly strategy: ExecutedKernel;
  readonly seed: number;
  /** The kernel's own window, which may be another capture's than the suite's. */
  readonly executed: CapturedWindow;
  /** Seeds choose among so many iterations of it. */
  readonly chosenFrom: number;
}

/** A result to be made in either way. */
export type PlannedCell = Cell | ExecutedCell;

export function isExecuted(cell: PlannedCell): cell is ExecutedCell {
  return 'executed' in cell;
}

/** Prices what a captured kernel did. Pure: same cell, same result. */
export function runExecutedCell(cell: ExecutedCell): CellResult {
  const { suite, config, seed, chosenFrom } = cell;
  const window = new ExecutedWindow(cutWindowOf(cell.executed), {
    config,
    paging: suite.paging,
    otherwise: sizesByRegion(suite.paging, suite.pageSizes),
    seed,
    chosenFrom,
  });
  return measureCell(cell, window, () => window.next());
}
