/**
 * Writes data/sensitivity/SUITE.json, what reports show about the sensitivity of a scenario:
 * `npm run make -- sensitivity` for all headline suites (some two minutes on two idle cores), or
 * `npm run make -- sensitivity SUITE …`. Same code and data, same bytes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { reportError } from '../src/cli/output/errors.ts';
import { machineById } from '../src/hardware/presets/index.ts';
import { strategyById } from '../src/hypervisor/strategies.ts';
import { localEngine } from '../src/run/execute.ts';
import type { CellResult } from '../src/run/results.ts';
import { analyseSensitivity } from '../src/sensitivity/analyse.ts';
import { analysedCells, sensitivityText } from '../src/sensitivity/stored.ts';
import type { Cell } from '../src/suite/cell.ts';
import { findSuites, shippedSuites } from '../src/suite/load-suite.ts';
import type { Suite } from '../src/suite/suite.ts';

const FOLDER = 'data/sensitivity';

async function runCells(cells: readonly Cell[]): Promise<CellResult[]> {
  const results: CellResult[] = [];
  await localEngine(availableParallelism())(cells, (cell) => results.push(cell));
  return results;
}

/** The file of one suite; `suites` are all, since one of them was measured. */
async function writeAnalysis(suite: Suite, suites: readonly Suite[]): Promise<void> {
  const machine = machineById(suite.machines[0] ?? '');
  const before = strategyById(suite.baseline);
  const after = strategyById(suite.strategies.find((id) => id !== suite.baseline) ?? '');
  if (machine === undefined || before === undefined || after === undefined) {
    throw new Error(`${suite.id} has nothing to compare`);
  }
  const sides = { before, after };
  const result = await analyseSensitivity({ suite, machine, ...sides, suites }, runCells);
  if (result === undefined) throw new Error(`${suite.id}: no draw meets the calibration`);
  const cellIds = analysedCells(suite, machine.id, sides);
  const path = `${FOLDER}/${suite.id}.json`;
  writeFileSync(path, sensitivityText({ suiteSha256: suite.sha256, cellIds, result }));
  process.stdout.write(`${path}: ${result.cells} cells\n`);
}

try {
  const suites = shippedSuites();
  const words = process.argv.slice(2);
  const chosen = findSuites(suites, words.length === 0 ? ['headline'] : words);
  mkdirSync(FOLDER, { recursive: true });
  for (const suite of chosen) await writeAnalysis(suite, suites);
} catch (error) {
  process.exitCode = reportError(error);
}
