import type { Cell } from '../suite/cell.ts';
import type { Suite } from '../suite/suite.ts';
import { cutWindowOf } from '../suite/window-content.ts';
import { capturedSizes, sizesByRegion } from '../workloads/mapped-sizes.ts';
import { World, type WorldOptions } from '../workloads/world.ts';
import { WorldMemory } from '../workloads/world-memory.ts';
import { measureCell } from './measure-cell.ts';
import { prepareWorkload, sizesOfCaptures } from './prepare-workload.ts';
import type { CellResult } from './results.ts';

/** Sizes as a window, or the captures of a suite, have them; nothing for a suite that states its own. */
function sizesOf(suite: Suite): Pick<WorldOptions, 'sizeOf'> {
  const { window, paging, pageSizes } = suite;
  if (window === undefined) {
    return pageSizes.captured === true ? { sizeOf: sizesOfCaptures(suite) } : {};
  }
  return { sizeOf: capturedSizes(cutWindowOf(window), sizesByRegion(paging, pageSizes)) };
}

/** The world of a cell, before anything runs in it. */
export function worldOptions({ suite, config, strategy, seed }: Cell): WorldOptions {
  return {
    config,
    behaviour: strategy.behaviour,
    paging: suite.paging,
    pageSizes: suite.pageSizes,
    ...sizesOf(suite),
    l2Cr4Pge: suite.l2Cr4Pge,
    seed,
    ...(suite.fleet === undefined ? {} : { fleet: suite.fleet }),
  };
}

let last: { readonly guests: string; readonly memory: WorldMemory } | null = null;

/**
 * The world of a cell that is run to its end before another one is made: with the memory of the cell before,
 * where that had the same guests. Cells of a seed differ in the strategy alone.
 */
export function worldOf(cell: Cell, watch?: WorldOptions['watch']): World {
  const options = { ...worldOptions(cell), ...(watch === undefined ? {} : { watch }) };
  const { suite, seed } = cell;
  // A window of a capture that is at hand is no plain data.
  if (suite.window !== undefined) return new World(options);
  const guests = JSON.stringify([suite, seed]);
  if (last?.guests === guests) last.memory.forget();
  else last = { guests, memory: new WorldMemory(options) };
  return new World({ ...options, memory: last.memory });
}

/** The wiring: builds the world, warms it up, measures the round trips. Pure: same cell, same result. */
export function runCell(cell: Cell): CellResult {
  const world = worldOf(cell);
  return measureCell(cell, world, prepareWorkload(cell, world));
}
