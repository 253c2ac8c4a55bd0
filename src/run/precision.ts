import { mean, sampleStandardDeviation } from 'simple-statistics';
import { INTERVAL_LEVEL } from '../statistics/paired-saving.ts';
import { seedsForPrecision } from '../statistics/required-seeds.ts';
import type { Engine } from './execute.ts';
import type { PlannedCell } from './executed-cell.ts';
import type { CellResult } from './results.ts';

/** How many seeds a run needs, and the comparison that needs so many. */
export interface NeededSeeds {
  readonly count: number;
  readonly scenario: string;
  readonly machine: string;
  readonly strategy: string;
}

/** Means of one scenario on one machine under one strategy, in the order of seeds. */
interface Sample {
  readonly cell: PlannedCell;
  readonly meansNs: number[];
}

/**
 * Seeds that every comparison of a pilot needs so that the interval of its saving is about
 * ± `precisionRatio` of the time before (0.005: half a per cent), never fewer than the pilot's.
 * `results` are those of `cells`, in their order. Null when there is nothing to compare. This is
 * the first stage of `seedsForPrecision`: its promise holds if it is asked once, before the run.
 */
export function neededSeeds(
  cells: readonly PlannedCell[],
  results: readonly CellResult[],
  precisionRatio: number,
): NeededSeeds | null {
  const samples = samplesOf(cells, results);
  let most: NeededSeeds | null = null;
  for (const { cell, meansNs } of samples.values()) {
    const { suite, machineId, strategy } = cell;
    const before = samples.get(keyOf(suite.id, machineId, suite.baseline))?.meansNs;
    if (before === undefined || strategy.id === suite.baseline) continue;
    const differences = before.map((value, index) => value - meansNs[index]!);
    const count = seedsForPrecision(
      { deviation: sampleStandardDeviation(differences), count: differences.length },
      precisionRatio * mean(before),
      INTERVAL_LEVEL,
    );
    if (most === null || count > most.count) {
      most = { count, scenario: suite.id, machine: machineId, strategy: strategy.id };
    }
  }
  return most;
}

function keyOf(suite: string, machine: string, strategy: string): string {
  return JSON.stringify([suite, machine, strategy]);
}

function samplesOf(
  cells: readonly PlannedCell[],
  results: readonly CellResult[],
): Map<string, Sample> {
  const samples = new Map<string, Sample>();
  for (const [index, cell] of cells.entries()) {
    const key = keyOf(cell.suite.id, cell.machineId, cell.strategy.id);
    const sample = samples.get(key) ?? { cell, meansNs: [] };
    sample.meansNs.push(results[index]!.meanNs);
    samples.set(key, sample);
  }
  return samples;
}

/** An engine that hands out results that are known already, by cell id, and computes the others. */
export function withKnown(engine: Engine, known: ReadonlyMap<string, CellResult>): Engine {
  return async (cells, onResult, stop) => {
    let next = 0;
    const handOutKnown = (): void => {
      for (; next < cells.length; next += 1) {
        const result = known.get(cells[next]!.cellId);
        if (result === undefined) return;
        onResult(result, next, null);
      }
    };
    handOutKnown();
    const unknown = cells.filter((cell) => !known.has(cell.cellId));
    if (unknown.length === 0) return;
    await engine(
      unknown,
      (result, _index, contents) => {
        onResult(result, next, contents);
        next += 1;
        handOutKnown();
      },
      stop,
    );
  };
}
