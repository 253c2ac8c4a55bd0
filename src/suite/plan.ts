import { createHash } from 'node:crypto';
import { machineConfig } from '../hardware/machine-config.ts';
import type { MachinePreset } from '../hardware/machine-preset.ts';
import { type Strategy, strategyById } from '../hypervisor/strategies.ts';
import { UserError } from '../util/user-error.ts';
import type { Cell } from './cell.ts';
import { configFor, runMachine } from './run-machine.ts';
import type { RunRequest } from './run-request.ts';
import type { Suite } from './suite.ts';
import { RESULTS_SCHEMA_VERSION, VERSION } from './version.ts';

const ID_LENGTH = 16;

/** Strategies of a suite under a request, the baseline first. */
export function strategiesFor(suite: Suite, request: RunRequest): Strategy[] {
  const chosen =
    request.strategies ??
    suite.strategies.map((id) => {
      const strategy = strategyById(id);
      if (strategy === undefined) {
        throw new UserError('input', suite.file, `there is no strategy "${id}"`, 'See `list`');
      }
      return strategy;
    });
  const baseline = strategyById(suite.baseline);
  if (baseline === undefined) {
    throw new UserError(
      'input',
      suite.file,
      `there is no baseline "${suite.baseline}"`,
      'See `list`',
    );
  }
  return [baseline, ...chosen.filter((strategy) => strategy.id !== baseline.id)];
}

export function machinesFor(suite: Suite, request: RunRequest): readonly string[] {
  return request.machines ?? suite.machines;
}

/** Names cells by everything that decides their results; the version stands for code and captures. */
function cellIds(
  suite: Suite,
  preset: MachinePreset,
  strategy: Strategy,
): (seed: number) => string {
  const named = JSON.stringify([
    RESULTS_SCHEMA_VERSION,
    VERSION,
    suite.sha256,
    ...(suite.traceFile === undefined ? [] : [suite.traceFile.sha256]),
    machineConfig(preset),
    strategy.behaviour,
  ]);
  const start = createHash('sha256').update(named.slice(0, -1));
  return (seed) =>
    start
      .copy()
      .update(`,${JSON.stringify(seed)}]`)
      .digest('hex')
      .slice(0, ID_LENGTH);
}

/** The same by seed; what seeds have in common is made once. */
function cellsOf(suite: Suite, machine: MachinePreset, strategy: Strategy): (seed: number) => Cell {
  const idOf = cellIds(suite, machine, strategy);
  // One object for all seeds: cells are copied to worker threads.
  const config = configFor(suite, machine);
  const machineId = machine.id;
  return (seed) => ({ cellId: idOf(seed), suite, machineId, config, strategy, seed });
}

/**
 * One suite on one machine under one strategy with one seed, for `runCell`. The machine may be one
 * that is not shipped; start from `runMachine(id)`, which has the fitted parameters.
 */
export function cellOf(
  suite: Suite,
  machine: MachinePreset,
  strategy: Strategy,
  seed: number,
): Cell {
  return cellsOf(suite, machine, strategy)(seed);
}

/** Every cell of a request, in the order in which results are written. */
export function planCells(request: RunRequest): Cell[] {
  const cells: Cell[] = [];
  for (const suite of request.suites) {
    for (const machineId of machinesFor(suite, request)) {
      const machine = runMachine(machineId, request.ownMachines);
      const count = request.seeds ?? suite.seeds.count;
      for (const strategy of strategiesFor(suite, request)) {
        const cellAt = cellsOf(suite, machine, strategy);
        for (let seed = suite.seeds.first; seed < suite.seeds.first + count; seed += 1) {
          cells.push(cellAt(seed));
        }
      }
    }
  }
  return cells;
}
