import { CAUSES } from '../cost/causes.ts';
import type { CellResult, Manifest } from '../run/results.ts';

/** A column of the table of cells, as CSV and Parquet have it. */
export interface CellColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'real';
  /** Of the numbers; empty for names. */
  readonly unit: string;
  readonly what: string;
  readonly value: (cell: CellResult, manifest: Manifest) => string | number;
}

const CYCLES_SUFFIX = 'CyclesPerTrip';

/** One row is one suite on one machine under one strategy with one seed. Times are modelled. */
export const CELL_COLUMNS: readonly CellColumn[] = [
  text('scenario', 'id of the suite', (cell) => cell.scenario),
  text(
    'suiteGroup',
    'group of the suite',
    (cell, manifest) => scenarioOf(cell, manifest)?.group ?? '',
  ),
  text('machine', 'id of the machine', (cell) => cell.machine),
  text('strategy', 'id of the strategy', (cell) => cell.strategy),
  text(
    'baseline',
    'id of the strategy that the suite compares with',
    (cell, manifest) => scenarioOf(cell, manifest)?.baseline ?? manifest.baseline,
  ),
  integer('seed', '', 'seed of all random streams', (cell) => cell.seed),
  integer('roundTrips', 'count', 'measured round trips', (cell) => cell.roundTrips),
  real('frequencyGhz', 'GHz', 'clock of the machine: cycles over it are ns', frequencyGhz),
  real('meanNs', 'ns', 'mean time of a round trip', (cell) => cell.meanNs),
  real('p50Ns', 'ns', 'median time of a round trip', (cell) => cell.p50Ns),
  real('p99Ns', 'ns', '99th percentile of the time of a round trip', (cell) => cell.p99Ns),
  real(
    'hardwareFlushesPerTrip',
    'count',
    'VMRUNs with TLB_CONTROL other than 0, mean per trip',
    (cell) => cell.hardwareFlushesPerTrip,
  ),
  real('walksPerTrip', 'count', 'page walks, mean per trip', (cell) => cell.walksPerTrip),
  integer(
    'staleHitsHost',
    'count',
    'uses of stale translations to memory that the host took back',
    (cell) => cell.staleHits.host,
  ),
  integer(
    'staleHitsCrossVm',
    'count',
    'uses of translations of another VM',
    (cell) => cell.staleHits.crossVm,
  ),
  integer(
    'staleHitsGuest',
    'count',
    'uses of stale translations inside one L1',
    (cell) => cell.staleHits.guest,
  ),
  ...CAUSES.map(({ id, label }) =>
    real(
      `${id}${CYCLES_SUFFIX}`,
      'cycles',
      `${label}, mean per trip`,
      (cell) => cell.cyclesPerTrip[id],
    ),
  ),
  text('cellId', 'hash of everything that decides the cell', (cell) => cell.cellId),
];

type Value<T> = (cell: CellResult, manifest: Manifest) => T;

function text(name: string, what: string, value: Value<string>): CellColumn {
  return { name, type: 'text', unit: '', what, value };
}

function integer(name: string, unit: string, what: string, value: Value<number>): CellColumn {
  return { name, type: 'integer', unit, what, value };
}

function real(name: string, unit: string, what: string, value: Value<number>): CellColumn {
  return { name, type: 'real', unit, what, value };
}

function scenarioOf(cell: CellResult, manifest: Manifest) {
  return manifest.scenarios.find((each) => each.id === cell.scenario);
}

/** NaN where the manifest doesn't say. */
function frequencyGhz(cell: CellResult, manifest: Manifest): number {
  const machine = manifest.machines.find((each) => each.id === cell.machine);
  const clock = machine?.parameters.find((each) => each.path === 'frequencyGhz');
  return clock?.value ?? Number.NaN;
}
