import { CAUSE_IDS, type CyclesByCause } from '../../src/cost/causes.ts';
import type { CellResult, Manifest, ManifestScenario } from '../../src/run/results.ts';
import { RESULTS_SCHEMA_VERSION } from '../../src/suite/version.ts';

export function ledgerOf(cyclesPerTrip: number): CyclesByCause {
  const entries = CAUSE_IDS.map((id) => [id, id === 'l0Instructions' ? cyclesPerTrip : 0]);
  return Object.fromEntries(entries) as CyclesByCause;
}

/** A cell whose two trips are 10 ns around `meanNs`. */
export function makeCell(
  strategy: string,
  seed: number,
  meanNs: number,
  changes: Partial<CellResult> = {},
): CellResult {
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    cellId: `cell-${strategy}-${seed}`,
    scenario: 'cpuid-npt-npt',
    machine: 'zen3-milan',
    strategy,
    seed,
    roundTrips: 2,
    meanNs,
    p50Ns: meanNs,
    p99Ns: meanNs + 9.8,
    tripNs: [meanNs - 10, meanNs + 10],
    cyclesPerTrip: ledgerOf(meanNs * 2),
    hardwareFlushesPerTrip: 2,
    walksPerTrip: 100,
    staleHits: { host: 0, crossVm: 0, guest: 0 },
    ...changes,
  };
}

export function makeManifest(changes: Partial<ManifestScenario> = {}): Manifest {
  const strategies = ['kvm-6.14', 'rfc-2025-03', 'ideal'].map((id) => ({
    id,
    summary: id,
    behaviour: {},
    source: 'made for a test',
  }));
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    version: '0.1.0',
    command: 'asidbench run',
    seeds: { first: 1, count: 3 },
    scenarios: [
      {
        id: 'cpuid-npt-npt',
        group: 'headline',
        question: 'How much?',
        expected: 'It saves.',
        suiteFile: 'suites/headline/cpuid-npt-npt.yaml',
        suiteSha256: '0',
        parameters: [],
        ...changes,
      },
    ],
    machines: [
      {
        id: 'zen3-milan',
        name: 'Milan',
        parameters: [
          {
            path: 'frequencyGhz',
            value: 2,
            low: 2,
            high: 2,
            unit: 'gigahertz',
            confidence: 'assumed',
            source: 'made for a test',
          },
        ],
      },
    ],
    strategies,
    baseline: 'kvm-6.14',
    calibratedOn: { scenario: 'none', machine: 'none', measurement: 'none', source: 'none' },
    calibration: [],
  };
}
