import { machineConfig } from '../hardware/machine-config.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import type { CellResult } from '../run/results.ts';
import { runCell } from '../run/run-cell.ts';
import { runMachine } from '../suite/run-machine.ts';
import type { Suite } from '../suite/suite.ts';

/** Results of one suite on one machine under one strategy, for so many seeds from the suite's first on. */
export function cellsOf(
  suite: Suite,
  machine: string,
  strategy: Strategy,
  seeds: number,
): readonly CellResult[] {
  const config = machineConfig(runMachine(machine));
  return Array.from({ length: seeds }, (_, index) =>
    runCell({
      cellId: 'validation',
      suite,
      machineId: machine,
      config,
      strategy,
      seed: suite.seeds.first + index,
    }),
  );
}

/** Mean with the least and the most of the seeds as bounds. */
export function spreadOf(values: readonly number[]): { point: number; low: number; high: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { point: mean, low: Math.min(...values), high: Math.max(...values) };
}

export function suiteNamed(suites: readonly Suite[], id: string): Suite {
  const found = suites.find((suite) => suite.id === id);
  if (found === undefined) throw new RangeError(`validation needs the suite ${id}`);
  return found;
}
