import type { Side } from '../../src/compare/match-cells.ts';
import { CAUSE_IDS, type CyclesByCause } from '../../src/cost/causes.ts';
import type { CellResult } from '../../src/run/results.ts';
import { RESULTS_SCHEMA_VERSION } from '../../src/suite/version.ts';
import { makeSummary } from '../report/make-summary.ts';

interface CellShape {
  readonly scenario?: string;
  readonly machine?: string;
  readonly strategy?: string;
  readonly seed: number;
  readonly ns: number;
  readonly stale?: number;
}

const NO_CYCLES = Object.fromEntries(CAUSE_IDS.map((id) => [id, 0])) as CyclesByCause;

export function makeCell(shape: CellShape): CellResult {
  const { scenario = 's', machine = 'm', strategy = 'old', seed, ns, stale = 0 } = shape;
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    cellId: `${scenario}-${strategy}-${seed}`,
    scenario,
    machine,
    strategy,
    seed,
    roundTrips: 1,
    meanNs: ns,
    p50Ns: ns,
    p99Ns: ns,
    tripNs: [ns],
    cyclesPerTrip: NO_CYCLES,
    hardwareFlushesPerTrip: 0,
    walksPerTrip: 0,
    staleHits: { host: 0, crossVm: 0, guest: stale },
  };
}

/** One cell per time, with seeds from 1. */
export function makeCells(
  times: readonly number[],
  shape: Omit<CellShape, 'seed' | 'ns'> = {},
): CellResult[] {
  return times.map((ns, index) => makeCell({ ...shape, seed: index + 1, ns }));
}

export function makeSide(
  label: string,
  cells: readonly CellResult[],
  only: readonly string[] = [],
): Side {
  return { label, manifest: makeSummary().manifest, cells, only };
}
